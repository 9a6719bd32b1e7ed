// Any bytes as the body of POST /api/v1/incidents: read by the API itself and decided by the core,
// with the product's own protocol. A body is refused with faults or opens an incident, whose
// ladder then climbs without anybody answering.

#include "config/protocol_loader.hpp"
#include "config/roster.hpp"
#include "daemon/event_codec.hpp"
#include "daemon/http/api.hpp"
#include "daemon/http/body_reader.hpp"
#include "daemon/journal/memory_journal.hpp"
#include "daemon/rehearsal/seeded_entropy.hpp"
#include "daemon/rehearsal/virtual_time.hpp"
#include "tests/fuzz/require.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace shouwang;
using shouwang::test::require;

constexpr const char* protocol_file = SHOUWANG_SOURCE_DIR "/config/protocol/notice-safe.toml";
constexpr const char* roster_folder = SHOUWANG_SOURCE_DIR "/tests/rosters/nlmu-small";
constexpr escalation::Instant night{std::chrono::milliseconds{1'791'569'860'000}};
constexpr int ticks = 8;

std::string fixed_hash(std::string_view)
{
    return "fixed";
}

// An API as the daemon wires it, whose engine is never asked anything: reading a body needs its
// clock alone.
struct Desk {
    boost::asio::io_context io;
    rehearsal::VirtualTime time{io, night};
    rehearsal::SeededEntropy entropy{1};
    journal::MemoryJournal journal{io.get_executor()};
    journal::KeyRing keys{journal::MasterKey::generate(entropy), entropy};
    daemon::Health health;
    daemon::Metrics metrics;
    daemon::Engine engine{
        io.get_executor(), time, journal, keys, health, metrics, [](const std::string&) {}};
    http::TokenStore tokens;
    http::SessionStore sessions{time, entropy};
    http::Authenticator authenticator{tokens, sessions, time, http::Origin()};
    http::Timeline timeline{journal, keys};
    http::EventStream live{io.get_executor(), time, 0, [](std::uint64_t, std::size_t) {
                               return std::vector<http::LiveEvent>();
                           }};
    http::Api api{http::ApiParts{
        engine,
        entropy,
        health,
        metrics,
        [] { return daemon::Gauges(); },
        authenticator,
        live,
        timeline,
        {},
        false}};

    escalation::Rules rules;
    std::shared_ptr<const escalation::Directory> directory;
    http::Identity identity;

    Desk()
    {
        const auto protocol = config::load_protocol(protocol_file, {&fixed_hash});
        config::RosterOptions options;
        options.hash = &fixed_hash;
        directory = config::load_roster(roster_folder, std::chrono::hours(8), options).directory;
        require(protocol.protocol != nullptr && directory != nullptr, "the files are good");
        rules.protocols[protocol.protocol->hash] = protocol.protocol;
        rules.current = protocol.protocol->hash;
        identity.token_id = "desk";
        identity.role = http::Role::DutyDesk;
        identity.staff = escalation::StaffId("hq");
    }
};

// Folds what was decided, each event as it would come back from the journal.
bool take(escalation::Board& board, const escalation::Decision& decision)
{
    const auto* events = std::get_if<std::vector<escalation::Event>>(&decision);
    if (events == nullptr) {
        const auto& refusal = std::get<escalation::Refusal>(decision);
        require(!refusal.missing.empty(), "a refusal says what is missing");
        return false;
    }
    for (const escalation::Event& event : *events) {
        const daemon::EncodedEvent written = daemon::encode(event);
        const auto read = daemon::decode(
            written.type,
            written.open,
            written.sealed.empty() ? std::string_view("{}") : std::string_view(written.sealed)
        );
        require(read.has_value(), "every event can be read back");
        require(daemon::encode(*read).open == written.open, "and is the same then");
        escalation::evolve(board, *read);
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static Desk desk;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::vector<http::InputFault> faults;
    const auto body = http::parse_object(bytes, faults);
    require(body.has_value() == faults.empty(), "what is no object is a fault");
    if (!body) return 0;
    const escalation::Report report = desk.api.report_from(*body, desk.identity, faults);
    if (!faults.empty()) return 0;

    escalation::Board board;
    escalation::Instant now = night;
    if (!take(board, decide(desk.rules, *desk.directory, board, report, now))) return 0;
    require(board.incidents.size() == 1, "one report is one incident");
    for (int i = 0; i < ticks; ++i) {
        const auto deadline = board.deadline();
        require(deadline.has_value(), "an incident that nobody has answered waits for something");
        now = std::max(now, *deadline);
        require(
            take(board, decide(desk.rules, *desk.directory, board, escalation::Tick(), now)),
            "time is never refused"
        );
    }
    return 0;
}
