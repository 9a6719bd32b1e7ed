#include "tests/acceptance/kill_load.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <exception>
#include <utility>

namespace shouwang::test {

namespace asio = boost::asio;
namespace js = boost::json;

namespace {

constexpr const char* incidents = "/api/v1/incidents";

}  // namespace

KillLoad::KillLoad(House& house, std::size_t clients) : house_(house), clients_(clients) {}

void KillLoad::begin(Dice& dice, unsigned openings_each)
{
    for (std::size_t client = 0; client < clients_.size(); ++client) {
        ++running_;
        auto working = work(client, Dice(dice.next()), openings_each);
        asio::co_spawn(house_.io, std::move(working), [this](std::exception_ptr thrown) {
            --running_;
            if (!thrown) return;
            try {
                std::rethrow_exception(thrown);
            } catch (const std::exception& what) {
                fault_ = what.what();
            }
        });
    }
}

asio::awaitable<void> KillLoad::work(std::size_t client, Dice dice, unsigned most)
{
    for (unsigned i = 0; i < most; ++i) {
        if (!clients_[client].unanswered) clients_[client].unanswered = next_opening();
        auto opening = open(client);
        const bool opened = co_await std::move(opening);
        if (!opened) co_return;
        for (auto answers = dice.below(3); answers != 0; --answers) {
            // Mostly about what it has just opened, sometimes about an old one.
            const Promise& about =
                dice.chance(3, 4) ? promises_.back() : promises_[dice.below(promises_.size())];
            std::string incident = about.incident;
            auto answering = answer(std::move(incident), dice);
            const bool answered = co_await std::move(answering);
            if (!answered) co_return;
        }
    }
}

KillLoad::Opening KillLoad::next_opening()
{
    const std::string number = std::to_string(++openings_);
    return {
        "key-" + number,
        js::serialize(js::object{
            {"via", "hotline"}, {"callback", "199-0000-0099"}, {"ref", "ref-" + number}})};
}

HttpCall KillLoad::opening_call(const Opening& opening) const
{
    return HttpCall("POST", incidents, opening.body)
        .with_token(house_.desk())
        .with_header("Idempotency-Key", opening.key);
}

asio::awaitable<bool> KillLoad::open(std::size_t client)
{
    const Opening opening = *clients_[client].unanswered;
    HttpCall call = opening_call(opening);
    auto asking = exchange(house_.daemon().port(), std::move(call));
    const HttpReply reply = co_await std::move(asking);
    if (reply.status == 0) co_return false;
    ++replies_;
    clients_[client].unanswered.reset();
    if (reply.status != 201) {
        fault_ = "an opening got " + std::to_string(reply.status) + ": " + reply.body;
        co_return false;
    }
    if (reply.header("idempotency-replayed") == "true") ++replayed_;
    const js::object body = reply.json();
    Promise promise;
    promise.incident = body.at("id").as_string();
    promise.code = body.at("code").as_string();
    promise.key = opening.key;
    promise.body = opening.body;
    promise.reply = reply.body;
    promises_.push_back(std::move(promise));
    co_return true;
}

asio::awaitable<bool> KillLoad::answer(std::string incident, Dice& dice)
{
    constexpr std::array<std::pair<const char*, const char*>, 5> people{{
        {"ch", "respond"},
        {"sd-h", "respond"},
        {"cl-h", "respond"},
        {"sa-h", "confirm"},
        {"ul", "confirm"},
    }};
    const auto& [staff, duty] = people.at(dice.below(people.size()));
    const js::object body{
        {"answer", dice.chance(1, 2) ? "going" : "cannot"},
        {"ask", duty},
        {"staff", staff},
        {"heard_by", "hq"}};
    HttpCall call(
        "POST", std::string(incidents) + "/" + incident + "/answers", js::serialize(body)
    );
    HttpCall authorized = std::move(call).with_token(house_.desk());
    auto asking = exchange(house_.daemon().port(), std::move(authorized));
    const HttpReply reply = co_await std::move(asking);
    if (reply.status == 0) co_return false;
    ++replies_;
    // 409: that person has not been asked yet.
    if (reply.status != 200 && reply.status != 409)
        fault_ = "an answer got " + std::to_string(reply.status) + ": " + reply.body;
    co_return fault_.empty();
}

}  // namespace shouwang::test
