#pragma once

#include "config/fault.hpp"
#include "config/settings.hpp"
#include "notifiers/standard_webhook_signature.hpp"

#include <string>
#include <vector>

namespace shouwang::daemon {

// What one provider needs to be believed, from its secret files.
struct ProviderSecrets {
    std::vector<notifiers::WebhookSecret> signing;  // webhook: newest first
    std::string robot_url;                          // wecom_robot
    std::vector<config::Fault> faults;  // of any of its files: it cannot be used. Nothing secret
};
[[nodiscard]] ProviderSecrets read_secrets(const config::ProviderSettings& provider);

// Everything wrong with the files that the settings name and that hold something secret: the
// providers', the master key, the tokens. A credential that only the service manager hands over is
// a warning outside of its unit. A demo makes master key and tokens itself.
[[nodiscard]] std::vector<config::Fault> check_secrets(const config::Settings& settings, bool demo);

}  // namespace shouwang::daemon
