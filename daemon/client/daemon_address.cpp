#include "daemon/client/daemon_address.hpp"

#include "daemon/http/tokens.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <cerrno>
#include <fstream>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace shouwang::client {

namespace {

constexpr std::string_view default_url = "http://127.0.0.1:8110";
constexpr std::size_t token_file_bytes_max = 1024;

struct Base {
    std::string url;
    bool stays_here = false;  // a loopback address
    bool tls = false;
};

std::optional<Base> parse_base(const std::string& text)
{
    const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed || parsed->has_query() || parsed->has_fragment() || parsed->has_userinfo())
        return std::nullopt;
    Base base;
    const auto scheme = parsed->scheme();
    base.tls = scheme == "https";
    if ((!base.tls && scheme != "http") || parsed->encoded_host().empty()) return std::nullopt;
    const auto host_text = parsed->encoded_host();
    const std::string_view host(host_text.data(), host_text.size());
    base.stays_here = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    base.url = text;
    while (base.url.ends_with('/')) base.url.pop_back();
    return base;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::variant<std::string, Complaint> read_token(const std::filesystem::path& file)
{
    const auto complain = [&](const std::string& why) {
        return Complaint{ExitCode::BadConfiguration, "token file " + file.string() + ": " + why};
    };
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return complain(std::generic_category().message(errno));
    if (!S_ISREG(status.st_mode)) return complain("not a regular file");
    // systemd shows the access list of a credential as group read.
    if ((status.st_mode & (S_IWGRP | S_IRWXO)) != 0)
        return complain("others can read or change it; chmod 600 mends that");
    std::ifstream in(file, std::ios::binary);
    std::string text(token_file_bytes_max, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || !in.eof())
        return complain(in.bad() ? "cannot be read" : "holds more than a token");
    text.resize(static_cast<std::size_t>(in.gcount()));
    const std::string_view token = trimmed(text);
    if (!http::token_id_of(token)) return complain("holds no token of the shape sw_<id>_<secret>");
    return std::string(token);
}

}  // namespace

std::variant<DaemonAddress, Complaint> find_daemon(
    const std::string& url,
    const std::filesystem::path& token_file,
    const std::function<std::string(const char*)>& environment
)
{
    std::string wanted = url.empty() ? environment("SHOUWANG_URL") : url;
    if (wanted.empty()) wanted = default_url;
    const auto base = parse_base(wanted);
    if (!base)
        return Complaint{
            url.empty() ? ExitCode::BadConfiguration : ExitCode::Usage,
            "the daemon's address is http:// or https:// with a host, and perhaps a path"};

    std::filesystem::path file = token_file;
    if (file.empty()) file = environment("SHOUWANG_TOKEN_FILE");
    DaemonAddress address{base->url, {}};
    if (file.empty()) return address;
    auto token = read_token(file);
    if (auto* complaint = std::get_if<Complaint>(&token)) return std::move(*complaint);
    if (!base->tls && !base->stays_here)
        return Complaint{
            ExitCode::BadConfiguration,
            "a token leaves this machine only by https, and the daemon's address is plain http"};
    address.token = std::get<std::string>(std::move(token));
    return address;
}

}  // namespace shouwang::client
