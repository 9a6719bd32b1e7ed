#include "daemon/rehearsal/scripted_notifier.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::rehearsal {

namespace asio = boost::asio;
using notifiers::Receipt;

asio::awaitable<Receipt> ScriptedNotifier::deliver(notifiers::Message message)
{
    deliveries_.push_back({time_.now(), std::move(message)});
    Receipt receipt = always_;
    if (!next_.empty()) {
        receipt = std::move(next_.front());
        next_.pop_front();
    }
    in_hand_max_ = std::max(in_hand_max_, ++in_hand_);
    auto rest = time_.sleep_for(takes_);
    co_await std::move(rest);
    --in_hand_;
    co_return receipt;
}

}  // namespace shouwang::rehearsal
