#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/kill_history.hpp"
#include "tests/acceptance/kill_load.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

namespace {

constexpr std::size_t clients = 3;
constexpr unsigned kills_a_house = 200;  // then a fresh folder, so that replaying stays short

unsigned number_from(const char* variable, unsigned otherwise)
{
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

// A key that a provider was handed, and in which of the daemon's lives.
struct Handed {
    std::map<unsigned, unsigned> by_life;
    unsigned copies = 0;
    unsigned unmarked = 0;  // copies after the first that do not say so
};

class Lives {
public:
    explicit Lives(std::uint64_t seed)
        : dice_(seed), house_(short_ladders()), load_(house_, clients)
    {
        house_.on_arrival = [this](const Arrival& arrival) { note(arrival); };
    }

    // One life of the daemon, from its start to its SIGKILL at a moment the dice choose.
    void live_and_die()
    {
        ++life_;
        if (dice_.chance(1, 10)) return die_while_starting();
        house_.start();
        check_promises();
        const unsigned arrivals = 1 + static_cast<unsigned>(dice_.below(20));
        const unsigned replies = 1 + static_cast<unsigned>(dice_.below(8));
        const auto trigger = dice_.below(3);
        const std::uint64_t replies_before = load_.replies();
        kill_at_arrival_ = trigger == 0 ? arrivals : 0;
        load_.begin(dice_, 2);
        const auto delay = std::chrono::milliseconds(dice_.below(60));
        const auto moment = [&] {
            if (killed_ || load_.over()) return true;
            return trigger == 1 && load_.replies() - replies_before >= replies;
        };
        // A moment on the way: after so many pages at the provider, so many replies, or so long.
        static_cast<void>(house_.wait(moment, trigger == 2 ? delay : 400ms));
        die();
    }

    // The last life: whatever is unfinished is finished, and nobody dies.
    void rest()
    {
        ++life_;
        house_.start();
        check_promises();
        check_replays();
        REQUIRE(house_.quiet_for(1500ms));
        CHECK(house_.stop() == 0);
        check_history(read_history(house_));
    }

    [[nodiscard]] std::size_t promises() const noexcept { return load_.promises().size(); }
    [[nodiscard]] unsigned repeats() const noexcept { return repeats_; }
    [[nodiscard]] unsigned replayed() const noexcept { return load_.replayed(); }

private:
    void note(const Arrival& arrival)
    {
        Handed& handed = handed_[arrival.key];
        ++handed.by_life[life_];
        if (++handed.copies > 1 && !arrival.page.at("possible_repeat").as_bool()) ++handed.unmarked;
        if (kill_at_arrival_ != 0 && --kill_at_arrival_ == 0) {
            // The provider has it, and the daemon will never hear so.
            house_.daemon().kill_now();
            killed_ = true;
        }
    }

    void die()
    {
        kill_at_arrival_ = 0;
        house_.kill();
        killed_ = false;
        REQUIRE(house_.wait([&] { return load_.over(); }));
        REQUIRE(load_.fault() == "");
    }

    void die_while_starting()
    {
        house_.launch();
        const auto delay = std::chrono::milliseconds(dice_.below(120));
        static_cast<void>(house_.wait([] { return false; }, delay));
        die();
    }

    // Every incident that was answered 201 is there, and waits for the very instants it did: all
    // that were promised since the last look, and a few old ones.
    void check_promises()
    {
        const auto& all = load_.promises();
        std::set<std::size_t> some;
        for (; checked_ < all.size(); ++checked_) some.insert(checked_);
        for (int i = 0; i < 3 && !all.empty(); ++i) some.insert(dice_.below(all.size()));
        for (const std::size_t i : some) {
            const Promise& promise = all[i];
            const js::object now = view(house_, promise.incident);
            REQUIRE(text_of(now, "code") == promise.code);
            remember(js::parse(promise.reply).as_object());
            remember(now);
        }
    }

    // While a duty stands where it stood, its next instant is the one it had.
    void remember(const js::object& incident)
    {
        for (const js::value& each : incident.at("duties").as_array()) {
            const js::object& duty = each.as_object();
            const auto where = std::make_tuple(
                text_of(incident, "id") + " " + text_of(duty, "key"),
                text_of(duty, "state"),
                number_of(duty, "rung"),
                number_of(duty, "repeats"),
                number_of(duty, "epoch")
            );
            const std::string next = text_of(duty, "next_at");
            const auto known = next_at_.try_emplace(where, next);
            CAPTURE(std::get<0>(where));
            REQUIRE(known.first->second == next);
        }
    }

    // A client that has lost the reply asks again, however much later: the same answer.
    void check_replays()
    {
        const auto& all = load_.promises();
        for (std::size_t i = 0; i < all.size(); i += 1 + all.size() / 20) {
            const HttpReply again = house_.call(HttpCall("POST", "/api/v1/incidents", all[i].body)
                                                    .with_token(house_.desk())
                                                    .with_header("Idempotency-Key", all[i].key));
            REQUIRE(again.status == 201);
            CHECK(again.header("idempotency-replayed") == "true");
            CHECK(text_of(again.json(), "id") == all[i].incident);
        }
    }

    void check_history(const KillHistory& history)
    {
        CHECK(history.chain == "");
        CHECK(history.reported.size() <= load_.openings());
        for (const auto& [ref, times] : history.reported) {
            CAPTURE(ref);
            CHECK(times == 1);
        }
        for (const Promise& promise : load_.promises())
            CHECK(history.codes.at(promise.incident) == promise.code);
        check_rungs(history);
        check_sends(history);
    }

    // Never early, and late against the instant that was journaled when the duty opened: no life
    // of the daemon has moved it.
    static void check_rungs(const KillHistory& history)
    {
        std::size_t by_time = 0;
        for (const KillHistory::Rung& rung : history.rungs) {
            CAPTURE(rung.duty, rung.rung);
            const std::int64_t due =
                history.dues.at(rung.duty).at(static_cast<std::size_t>(rung.rung));
            if (!rung.by_time) continue;
            REQUIRE(rung.at - rung.late_by == due);
            REQUIRE(rung.late_by >= 0);
            ++by_time;
        }
        CHECK(by_time > 0);
    }

    void check_sends(const KillHistory& history)
    {
        for (const auto& [key, send] : history.sends) {
            const Handed handed = handed_[key];
            CAPTURE(key, send.state, send.started, handed.copies);
            // A page nobody wanted any more is dropped; every other has been handed over.
            REQUIRE((send.state == "accepted" || send.state == "dropped"));
            if (send.state == "accepted") REQUIRE(handed.copies >= 1);
            REQUIRE_FALSE(send.after_the_end);
            // At most once in each life, so at most once more for each crash; and each of them was
            // journaled before it left, and says that it may be a repeat.
            for (const auto& [life, times] : handed.by_life) REQUIRE(times == 1);
            REQUIRE(handed.copies <= send.started);
            REQUIRE(handed.unmarked == 0);
            repeats_ += handed.copies == 0 ? 0 : handed.copies - 1;
        }
        for (const auto& [key, handed] : handed_) REQUIRE(history.sends.contains(key));
    }

    using Where = std::tuple<std::string, std::string, std::int64_t, std::int64_t, std::int64_t>;

    Dice dice_;
    House house_;
    KillLoad load_;
    unsigned life_ = 0;
    unsigned kill_at_arrival_ = 0;
    bool killed_ = false;
    std::size_t checked_ = 0;
    unsigned repeats_ = 0;
    std::map<std::string, Handed> handed_;
    std::map<Where, std::string> next_at_;
};

}  // namespace

TEST_CASE(
    "acceptance: killed at any moment under load, the daemon loses nothing and repeats little",
    "[acceptance]"
)
{
    const unsigned kills = number_from("SHOUWANG_KILLS", 200);
    const unsigned seed = number_from("SHOUWANG_SEED", 1);
    std::size_t promises = 0;
    unsigned repeats = 0;
    unsigned replayed = 0;
    for (unsigned done = 0; done < kills; done += kills_a_house) {
        CAPTURE(seed, done);
        Lives lives(seed * 1000 + done);
        for (unsigned i = done; i < std::min(kills, done + kills_a_house); ++i)
            lives.live_and_die();
        lives.rest();
        promises += lives.promises();
        repeats += lives.repeats();
        replayed += lives.replayed();
    }
    WARN(
        promises << " incidents promised, " << repeats << " pages handed over twice, " << replayed
                 << " lost replies found done"
    );
    // The kills must have hurt, or this has shown nothing.
    CHECK(promises > kills);
    if (kills >= 50) {
        CHECK(repeats > 0);
        CHECK(replayed > 0);
    }
}
