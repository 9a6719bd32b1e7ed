#include "tests/acceptance/house.hpp"

#include "daemon/journal/sealing.hpp"
#include "notifiers/standard_webhook_signature.hpp"
#include "tests/support/await_result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <stdexcept>
#include <utility>

namespace shouwang::test {

namespace fs = std::filesystem;
namespace js = boost::json;

namespace {

constexpr const char* roster = SHOUWANG_SOURCE_DIR "/tests/rosters/nlmu-small";
constexpr const char* secret = "whsec_c2hvdXdhbmctYWNjZXB0YW5jZS1zZWNyZXQ=";

void write(const fs::path& file, const std::string& text)
{
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string read(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// The roster of the rehearsals, whose shifts cover one term, with shifts that never end: these
// stories happen whenever they are run.
void copy_roster(const fs::path& to)
{
    fs::copy(roster, to);
    std::string duty = read(to / "duty.csv");
    duty = std::regex_replace(duty, std::regex("college_duty_counsellor,C03,[^\n]*\n"), "");
    // The rehearsals of spring have shifts of their own: one lasting shift is enough here.
    duty = std::regex_replace(duty, std::regex("[^\n]*,2026-03-01 [^\n]*\n"), "");
    duty = std::regex_replace(duty, std::regex("2026-09-01"), "2020-09-01");
    duty = std::regex_replace(duty, std::regex("2027-02-01"), "2090-02-01");
    write(to / "duty.csv", duty);
}

bool signed_by_us(const SinkRequest& request)
{
    const auto key = notifiers::WebhookSecret::parse(secret).value();
    const auto header = [&](const char* name) {
        const auto found = request.headers.find(name);
        return found == request.headers.end() ? std::string() : found->second;
    };
    const std::string timestamp = header("webhook-timestamp");
    if (timestamp.empty()) return false;
    return header("webhook-signature") ==
           notifiers::standard_webhook_signature(
               {&key, 1}, header("webhook-id"), std::stoll(timestamp), request.body
           );
}

}  // namespace

std::string Arrival::text(std::string_view name) const
{
    const js::value* value = page.if_contains(name);
    return value == nullptr || !value->is_string() ? std::string()
                                                   : std::string(value->get_string());
}

bool Arrival::asks(std::string_view duty) const
{
    for (const js::value& ask : page.at("asks").as_array())
        if (ask.at("duty").as_string() == duty || ask.at("id").as_string() == duty) return true;
    return false;
}

House::House(std::string protocol) : sink(io.get_executor())
{
    fs::create_directory(folder_ / "data");
    copy_roster(folder_ / "roster");
    write(folder_ / "protocol.toml", protocol);
    write(folder_ / "secret", secret);
    fs::permissions(folder_ / "secret", fs::perms::owner_read | fs::perms::owner_write);
    journal::MasterKey::generate(entropy_).save(folder_ / "master.key");
    desk_ =
        add_token({http::Role::DutyDesk, escalation::StaffId("hq"), {"hotline", "console"}, "", {}}
        );
    supervisor_ = add_token({http::Role::Supervisor, {}, {}, "", {}});
    public_ = add_token({http::Role::Intake, {}, {"public"}, "", {}});
    sink.fall_back_to([this](const SinkRequest& request) { return take(request); });
}

std::string House::add_token(const http::TokenGrant& grant)
{
    auto token = http::add_token(folder_ / "tokens.json", grant, entropy_, now());
    if (!token) throw std::runtime_error("no token: " + token.error().faults.front().detail);
    return token->text;
}

const std::string& House::token_of(const std::string& staff)
{
    const auto known = responders_.find(staff);
    if (known != responders_.end()) return known->second;
    std::string token = add_token({http::Role::Responder, escalation::StaffId(staff), {}, "", {}});
    return responders_.emplace(staff, std::move(token)).first->second;
}

std::string House::admin_token(const std::string& staff)
{
    return add_token({http::Role::Admin, escalation::StaffId(staff), {"hotline", "console"}, "", {}}
    );
}

void House::write_settings() const
{
    std::string text =
        "address = \"127.0.0.1\"\n"
        "port = 0\n"
        "base_url = \"http://127.0.0.1\"\n"
        "data = \"data\"\n"
        "protocol = \"protocol.toml\"\n"
        "roster = \"roster\"\n"
        "tokens = \"tokens.json\"\n"
        "master_key = \"master.key\"\n"
        "emergency_phones = [\"0000-1111110\"]\n"
        "fall_over = [\"voice\", \"sms\", \"wecom\"]\n"
        "journal_pages_max = " +
        std::to_string(journal_pages_max) + "\nballast_mib = " + std::to_string(ballast_mib) + "\n";
    for (const std::string channel : {"voice", "sms", "wecom"})
        text += "[channel." + channel + "]\nproviders = [{ " +
                (demo ? "kind = \"demo\""
                      : "kind = \"webhook\", url = \"" + sink.url("/" + channel) +
                            "\", secret_file = \"secret\"") +
                " }]\n";
    if (edit_settings) edit_settings(text);
    write(folder_ / "shouwang.toml", text);
}

fs::path House::file(const std::string& name) const
{
    return folder_ / name;
}

std::vector<std::string> House::arguments() const
{
    std::vector<std::string> out{"--config", (folder_ / "shouwang.toml").string()};
    if (demo) out.push_back("--demo");
    return out;
}

void House::launch()
{
    write_settings();
    daemon_.reset();
    daemon_ = std::make_unique<DaemonProcess>(io, arguments());
}

void House::start()
{
    launch();
    daemon_->wait_ready();
}

void House::kill()
{
    daemon_->kill_now();
    daemon_->wait_end();
    // What it had sent is still on its way here, and belongs to the life that has ended.
    io.restart();
    while (io.poll() != 0) {}
}

int House::stop()
{
    daemon_->terminate();
    return daemon_->wait_end().code;
}

HttpReply House::call(HttpCall call)
{
    return await_result(io, exchange(daemon_->port(), std::move(call)));
}

HttpReply House::get(const std::string& token, const std::string& target)
{
    return call(HttpCall("GET", target).with_token(token));
}

HttpReply House::post(
    const std::string& token,
    const std::string& target,
    const js::object& body,
    const std::string& idempotency_key
)
{
    HttpCall made = HttpCall("POST", target, js::serialize(body)).with_token(token);
    if (!idempotency_key.empty()) made.headers.emplace_back("Idempotency-Key", idempotency_key);
    return call(std::move(made));
}

std::uint64_t House::journal_sequence()
{
    return call(HttpCall("GET", "/readyz"))
        .json()
        .at("journal_sequence")
        .to_number<std::uint64_t>();
}

bool House::wait(const std::function<bool()>& done, std::chrono::milliseconds within)
{
    return wait_until(io, done, within);
}

bool House::quiet_for(std::chrono::milliseconds span)
{
    const Instant end = now() + std::chrono::seconds(30);
    while (now() < end) {
        const std::size_t before = arrivals.size();
        if (!wait([&] { return arrivals.size() != before; }, span)) return true;
    }
    return false;
}

Instant House::now()
{
    return std::chrono::floor<escalation::Span>(std::chrono::system_clock::now());
}

SinkAnswer House::take(const SinkRequest& request)
{
    Arrival arrival;
    arrival.at = now();
    arrival.target = request.target;
    const auto key = request.headers.find("webhook-id");
    if (key != request.headers.end()) arrival.key = key->second;
    arrival.signed_right = signed_by_us(request);
    arrival.page = js::parse(request.body).as_object();
    arrivals.push_back(std::move(arrival));
    if (on_arrival) on_arrival(arrivals.back());
    return SinkAnswer(200);
}

}  // namespace shouwang::test
