#include "daemon/channels.hpp"

#include "daemon/provider_secrets.hpp"
#include "notifiers/webhook.hpp"
#include "notifiers/wecom_robot.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>
#include <utility>

namespace shouwang::daemon {

namespace {

using boost::asio::awaitable;

// A webhook for everybody: what differs from person to person is in the message, not the address.
class FixedAddress final : public notifiers::Notifier {
public:
    FixedAddress(std::unique_ptr<notifiers::Notifier> inner, std::string address)
        : inner_(std::move(inner)), address_(std::move(address))
    {}

    awaitable<notifiers::Receipt> deliver(notifiers::Message message) override
    {
        notifiers::Message readdressed(
            message.key(),
            address_,
            message.text(),
            message.payload(),
            message.at(),
            message.attempt(),
            message.possible_repeat()
        );
        return inner_->deliver(std::move(readdressed));
    }

private:
    std::unique_ptr<notifiers::Notifier> inner_;
    std::string address_;
};

// Requires: `secrets` has no faults.
std::unique_ptr<notifiers::Notifier> make(
    const config::ProviderSettings& provider,
    const escalation::ChannelName& channel,
    ProviderSecrets secrets,
    notifiers::HttpClient& http,
    notifiers::HandsetWall& wall
)
{
    if (provider.kind == "demo")
        return std::make_unique<notifiers::DemoHandset>(wall, channel.text());
    if (provider.kind == "wecom_robot")
        return std::make_unique<notifiers::WecomRobotNotifier>(http, std::move(secrets.robot_url));
    auto notifier = std::make_unique<notifiers::WebhookNotifier>(http, std::move(secrets.signing));
    if (provider.url.empty()) return notifier;
    return std::make_unique<FixedAddress>(std::move(notifier), provider.url);
}

std::string why_left_out(
    const config::ProviderSettings& provider, const std::vector<config::Fault>& faults
)
{
    std::string out = provider.name + " is left out until its secret is put right";
    for (const config::Fault& fault : faults)
        out += "; " + fault.file + ": " + fault.what + " (" + fault.hint + ")";
    return out;
}

}  // namespace

Channels::Channels(
    const config::Settings& settings,
    notifiers::HttpClient& http,
    notifiers::HandsetWall& wall,
    Health& health
)
    : http_(http), wall_(wall), health_(health), fall_over_(settings.fall_over)
{
    for (const auto& [channel, providers] : settings.channels)
        for (const config::ProviderSettings& provider : providers)
            ways_.push_back({channel, provider, nullptr});
    retry();
}

Routes Channels::routes() const
{
    Routes out;
    for (const Way& way : ways_)
        if (way.notifier != nullptr)
            out.providers[way.channel].push_back({way.provider.name, way.notifier.get()});
    out.fall_over = fall_over_;
    return out;
}

bool Channels::retry()
{
    bool came_in = false;
    std::map<escalation::ChannelName, std::string> left_out;
    for (Way& way : ways_) {
        std::string& why = left_out[way.channel];
        if (way.notifier != nullptr) continue;
        ProviderSecrets secrets = read_secrets(way.provider);
        if (!secrets.faults.empty()) {
            why += (why.empty() ? "" : "; ") + why_left_out(way.provider, secrets.faults);
            continue;
        }
        way.notifier = make(way.provider, way.channel, std::move(secrets), http_, wall_);
        came_in = true;
    }
    // Beside "channel NAME", which the outbox lets recover when another provider of it works.
    for (const auto& [channel, why] : left_out) {
        const std::string name = "channel " + channel.text() + " secret";
        if (why.empty())
            health_.recover(name);
        else
            health_.degrade(name, why);
    }
    return came_in;
}

}  // namespace shouwang::daemon
