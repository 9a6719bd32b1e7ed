#include "daemon/provider_secrets.hpp"

#include "daemon/http/token_file.hpp"
#include "daemon/journal/sealing.hpp"

#include <boost/system/result.hpp>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace shouwang::daemon {

namespace fs = std::filesystem;

namespace {

using Line = boost::system::result<std::string, config::Fault>;

config::Fault fault(const fs::path& file, std::string what, std::string hint)
{
    return {file.string(), 0, 0, std::move(what), std::move(hint), false};
}

// The first line of a file that only its owner, or a group the system put it in, may read.
Line first_line(const fs::path& file)
{
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return fault(
            file,
            "the secret file cannot be read: " + std::generic_category().message(errno),
            "put it there, closed to others"
        );
    if ((status.st_mode & S_IRWXO) != 0)
        return fault(file, "everybody may use the secret file", "chmod 600, and change the secret");
    std::ifstream stream(file);
    if (!stream)
        return fault(file, "the secret file cannot be read", "let the daemon's user read it");
    std::string line;
    std::getline(stream, line);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) return fault(file, "the secret file is empty", "one line with the secret");
    return Line(boost::system::in_place_value, std::move(line));
}

void read_signing(const fs::path& file, ProviderSecrets& out)
{
    const Line line = first_line(file);
    if (!line) {
        out.faults.push_back(line.error());
        return;
    }
    auto secret = notifiers::WebhookSecret::parse(*line);
    if (secret)
        out.signing.push_back(std::move(*secret));
    else
        out.faults.push_back(
            fault(file, "the secret file holds no signing secret", "whsec_… of 16 to 64 bytes")
        );
}

void read_robot(const fs::path& file, ProviderSecrets& out)
{
    Line line = first_line(file);
    if (!line)
        out.faults.push_back(line.error());
    else if (line->rfind("https://", 0) != 0 && line->rfind("http://", 0) != 0)
        out.faults.push_back(
            fault(file, "the secret file holds no address", "the robot's https://… URL")
        );
    else
        out.robot_url = std::move(*line);
}

void check_master_key(const fs::path& file, std::vector<config::Fault>& faults)
{
    try {
        static_cast<void>(journal::MasterKey::load(file));
    } catch (const std::exception& error) {
        faults.push_back(fault(file, error.what(), ""));
    }
}

void check_tokens(const fs::path& file, std::vector<config::Fault>& faults)
{
    const auto tokens = http::load_tokens(file);
    if (tokens) return;
    for (const http::TokenFault& each : tokens.error().faults)
        faults.push_back(
            fault(file, (each.pointer.empty() ? "" : each.pointer + ": ") + each.detail, "")
        );
}

}  // namespace

ProviderSecrets read_secrets(const config::ProviderSettings& provider)
{
    ProviderSecrets out;
    for (const fs::path& file : provider.secret_files) read_signing(file, out);
    if (!provider.url_file.empty()) read_robot(provider.url_file, out);
    return out;
}

std::vector<config::Fault> check_secrets(const config::Settings& settings, bool demo)
{
    std::vector<config::Fault> out;
    for (const auto& [channel, providers] : settings.channels)
        for (const config::ProviderSettings& provider : providers)
            for (config::Fault& each : read_secrets(provider).faults)
                out.push_back(std::move(each));
    if (!demo || fs::exists(settings.master_key)) check_master_key(settings.master_key, out);
    check_tokens(settings.tokens, out);
    for (config::Fault& each : out)
        if (config::is_credential_of_nobody(each.file)) {
            each.what = "this credential is handed over by systemd: it is not checked here";
            each.hint.clear();
            each.warning = true;
        }
    return out;
}

}  // namespace shouwang::daemon
