#pragma once

#include "config/settings.hpp"
#include "daemon/health.hpp"
#include "daemon/outbox.hpp"
#include "notifiers/demo_handset.hpp"
#include "notifiers/http_client.hpp"
#include "notifiers/notifier.hpp"

#include <memory>
#include <vector>

namespace shouwang::daemon {

// The ways out of the house, as the settings say: one notifier for each provider.
class Channels {
public:
    // Reads the secret files. A provider whose secrets cannot be used is left out and "channel NAME
    // secret" is degraded: the others work, and a page finds another channel. Everything referred
    // to but the settings outlives the channels.
    Channels(
        const config::Settings& settings,
        notifiers::HttpClient& http,
        notifiers::HandsetWall& wall,
        Health& health
    );

    // The providers that can be used. Their notifiers live as long as the channels.
    [[nodiscard]] Routes routes() const;

    // Reads the secrets again that could not be used. True when a provider has come in by that.
    bool retry();

private:
    struct Way {
        escalation::ChannelName channel;
        config::ProviderSettings provider;
        std::unique_ptr<notifiers::Notifier> notifier;  // nullptr: left out
    };

    notifiers::HttpClient& http_;
    notifiers::HandsetWall& wall_;
    Health& health_;
    std::vector<Way> ways_;
    std::vector<escalation::ChannelName> fall_over_;
};

}  // namespace shouwang::daemon
