#pragma once

#include "notifiers/notifier.hpp"

#include <deque>
#include <stdexcept>
#include <utility>
#include <vector>

namespace shouwang::test {

// A channel that fails as told, for tests of what stands above it. The last receipt is given for
// ever.
class ScriptedNotifier final : public notifiers::Notifier {
public:
    explicit ScriptedNotifier(std::deque<notifiers::Receipt> script) : script_(std::move(script))
    {
        if (script_.empty()) throw std::invalid_argument("an empty script");
    }

    [[nodiscard]] boost::asio::awaitable<notifiers::Receipt> deliver(notifiers::Message message
    ) override
    {
        delivered_.push_back(std::move(message));
        notifiers::Receipt receipt = script_.front();
        if (script_.size() > 1) script_.pop_front();
        co_return receipt;
    }

    [[nodiscard]] const std::vector<notifiers::Message>& delivered() const noexcept
    {
        return delivered_;
    }

private:
    std::deque<notifiers::Receipt> script_;
    std::vector<notifiers::Message> delivered_;
};

}  // namespace shouwang::test
