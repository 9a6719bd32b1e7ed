#include "notifiers/demo_handset.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::notifiers {

namespace asio = boost::asio;

HandsetWall::Handset& HandsetWall::handset_of(const std::string& address)
{
    Handset& handset = handsets_[address];
    by_touch_.erase(handset.touched);
    handset.touched = ++touches_;
    by_touch_.emplace(handset.touched, address);
    if (handsets_.size() > addresses_max) {
        const auto quietest = by_touch_.begin();
        handsets_.erase(quietest->second);
        by_touch_.erase(quietest);
    }
    return handset;
}

std::uint64_t HandsetWall::arrive(const std::string& channel, const Message& message)
{
    auto& entries = handset_of(message.address()).entries;
    auto entry = std::find_if(entries.begin(), entries.end(), [&](const HandsetEntry& known) {
        return known.key == message.key() && known.channel == channel;
    });
    if (entry == entries.end()) {
        if (entries.size() == entries_per_address_max) entries.pop_front();
        HandsetEntry fresh;
        fresh.serial = ++serial_;
        fresh.channel = channel;
        fresh.key = message.key();
        fresh.text = message.text();
        fresh.payload = message.payload();
        fresh.at = message.at();
        fresh.last_at = message.at();
        fresh.possible_repeat = message.possible_repeat();
        entries.push_back(std::move(fresh));
        entry = std::prev(entries.end());
    } else {
        ++entry->arrivals;
        entry->last_at = message.at();
        entry->possible_repeat = entry->possible_repeat || message.possible_repeat();
    }
    if (on_arrival_) on_arrival_(message.address(), *entry);
    return entry->serial;
}

std::vector<HandsetEntry> HandsetWall::entries(const std::string& address) const
{
    const auto found = handsets_.find(address);
    if (found == handsets_.end()) return {};
    return {found->second.entries.begin(), found->second.entries.end()};
}

std::map<std::string, std::vector<HandsetEntry>> HandsetWall::snapshot() const
{
    std::map<std::string, std::vector<HandsetEntry>> all;
    for (const auto& [address, handset] : handsets_)
        all.emplace(address, std::vector(handset.entries.begin(), handset.entries.end()));
    return all;
}

asio::awaitable<Receipt> DemoHandset::deliver(Message message)
{
    const std::uint64_t serial = wall_.arrive(channel_, message);
    co_return Receipt{Verdict::Accepted, "shown", "demo-" + std::to_string(serial), {}};
}

}  // namespace shouwang::notifiers
