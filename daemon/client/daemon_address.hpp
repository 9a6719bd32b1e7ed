#pragma once

#include "daemon/client/program.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <variant>

// Where the daemon is, and what proves who asks.
namespace shouwang::client {

struct DaemonAddress {
    std::string url;    // without a slash at its end
    std::string token;  // empty: none
};

// Why something cannot be begun. Never quotes a secret.
struct Complaint {
    ExitCode exit = ExitCode::Failed;
    std::string detail;
};

// `url` and `token_file` as given on the command line; what is empty there comes from SHOUWANG_URL
// and SHOUWANG_TOKEN_FILE, and at last from the default, http://127.0.0.1:8110 without a token.
//
// A token is only ever read from a file that others can neither read nor change, because every
// user of a machine sees every command line; and it leaves this machine only by TLS.
[[nodiscard]] std::variant<DaemonAddress, Complaint> find_daemon(
    const std::string& url,
    const std::filesystem::path& token_file,
    const std::function<std::string(const char*)>& environment
);

}  // namespace shouwang::client
