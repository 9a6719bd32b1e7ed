#pragma once

#include "config/settings.hpp"
#include "daemon/outbox.hpp"
#include "notifiers/demo_handset.hpp"
#include "notifiers/http_client.hpp"
#include "notifiers/notifier.hpp"

#include <memory>
#include <string>
#include <vector>

namespace shouwang::daemon {

// The ways out of the house, as the settings say: one notifier for each provider.
class Channels {
public:
    // Reads the secret files. Throws std::runtime_error, in words and naming every file that
    // cannot be used. `http` and `wall` outlive the channels.
    Channels(
        const config::Settings& settings, notifiers::HttpClient& http, notifiers::HandsetWall& wall
    );

    [[nodiscard]] const Routes& routes() const noexcept { return routes_; }

private:
    std::vector<std::unique_ptr<notifiers::Notifier>> notifiers_;
    Routes routes_;
};

}  // namespace shouwang::daemon
