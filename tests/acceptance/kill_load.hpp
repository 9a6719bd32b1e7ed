#pragma once

#include "tests/acceptance/house.hpp"
#include "tests/support/dice.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shouwang::test {

// An opening that the daemon answered with 201: a promise.
struct Promise {
    std::string incident;
    std::string code;
    std::string key;  // the idempotency key
    std::string body;
    std::string reply;
};

// Several clients that open incidents and answer pages for as long as the daemon lives. An opening
// whose reply was lost is sent again, under its key, to the next daemon, as a careful client does.
class KillLoad {
public:
    KillLoad(House& house, std::size_t clients);

    // Sets every client to work on the daemon that listens now; each opens at most
    // `openings_each` new incidents. `dice` is drawn from now on only.
    void begin(Dice& dice, unsigned openings_each);
    // All clients have stopped: they are through, or the daemon is gone.
    [[nodiscard]] bool over() const noexcept { return running_ == 0; }

    [[nodiscard]] const std::vector<Promise>& promises() const noexcept { return promises_; }
    // How many distinct openings were ever sent, under as many references.
    [[nodiscard]] unsigned openings() const noexcept { return openings_; }
    [[nodiscard]] std::uint64_t replies() const noexcept { return replies_; }
    // Openings that were sent again because their reply was lost, and found done already.
    [[nodiscard]] unsigned replayed() const noexcept { return replayed_; }
    // What a client was told and should not have been; empty: nothing.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

private:
    struct Opening {
        std::string key;
        std::string body;
    };
    struct Client {
        std::optional<Opening> unanswered;
    };

    [[nodiscard]] boost::asio::awaitable<void> work(std::size_t client, Dice dice, unsigned most);
    [[nodiscard]] boost::asio::awaitable<bool> open(std::size_t client);
    [[nodiscard]] boost::asio::awaitable<bool> answer(std::string incident, Dice& dice);
    [[nodiscard]] Opening next_opening();
    [[nodiscard]] HttpCall opening_call(const Opening& opening) const;

    House& house_;
    std::vector<Client> clients_;
    std::vector<Promise> promises_;
    unsigned openings_ = 0;
    unsigned replayed_ = 0;
    std::uint64_t replies_ = 0;
    std::size_t running_ = 0;
    std::string fault_;
};

}  // namespace shouwang::test
