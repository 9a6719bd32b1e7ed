#include "config/settings.hpp"

#include "config/toml_reader.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace shouwang::config {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view credential_prefix = "credential:";
constexpr const char* no_credentials = "/nonexistent";

bool is_loopback(const std::string& address)
{
    return address == "::1" || address.rfind("127.", 0) == 0;
}

bool is_address(const std::string& text)
{
    in6_addr parsed{};
    return ::inet_pton(AF_INET, text.c_str(), &parsed) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), &parsed) == 1;
}

bool is_url(const std::string& text)
{
    return text.rfind("https://", 0) == 0 || text.rfind("http://", 0) == 0;
}

class Reader {
public:
    Reader(FaultList& faults, fs::path beside, bool demo)
        : faults_(faults), beside_(std::move(beside)), demo_(demo)
    {}

    Settings read(const TomlNode& root)
    {
        TableReader top(faults_, "", root);
        listen(top);
        files(top);
        channels(top);
        for (auto& [name, where] : top.texts("fall_over")) {
            const escalation::ChannelName channel(name);
            if (!out_.channels.contains(channel))
                faults_.add(
                    where, "fall_over names a channel that is not set up: " + config::quoted(name)
                );
            out_.fall_over.push_back(channel);
        }
        for (auto& [phone, where] : top.texts("emergency_phones"))
            out_.emergency_phones.push_back(phone);
        if (out_.emergency_phones.empty())
            faults_.add(
                top.where(),
                "emergency_phones is missing",
                "the numbers a caller is told when the daemon can take nothing"
            );
        top.finish();
        return std::move(out_);
    }

private:
    void listen(TableReader& top)
    {
        out_.address = top.text_or("address", out_.address);
        out_.port = static_cast<std::uint16_t>(top.number_or("port", out_.port, 0, 65535));
        const bool v6 = out_.address.find(':') != std::string::npos;
        const std::string host = v6 ? "[" + out_.address + "]" : out_.address;
        out_.base_url = top.text_or("base_url", "http://" + host + ":" + std::to_string(out_.port));
        if (!is_url(out_.base_url))
            faults_.add(top.where("base_url"), "base_url is no http or https address");
        if (!is_address(out_.address))
            faults_.add(
                top.where("address"), "address is no IPv4 or IPv6 address", "such as 127.0.0.1"
            );
        if (demo_ && !is_loopback(out_.address))
            faults_.add(top.where("address"), "a demo listens on loopback only", "127.0.0.1");
    }

    void files(TableReader& top)
    {
        out_.data = path(top.need_text("data"));
        out_.protocol = path(top.need_text("protocol"));
        out_.roster = path(top.need_text("roster"));
        out_.tokens = path(top.text_or("tokens", (out_.data / "tokens.json").string()));
        out_.master_key = path(top.need_text("master_key"));
        out_.ballast_mib =
            static_cast<std::uint64_t>(top.number_or("ballast_mib", 64, 0, 1'000'000));
        out_.journal_pages_max =
            static_cast<std::uint64_t>(top.number_or("journal_pages_max", 0, 0, 4'000'000'000));
    }

    void channels(TableReader& top)
    {
        const TomlNode* node = top.find("channel");
        if (node == nullptr) {
            faults_.add(top.where(), "no channel is set up", "at least one [channel.NAME]");
            return;
        }
        TableReader all(faults_, "channel", *node);
        for (const TomlEntry* entry : all.rest()) {
            TableReader channel(faults_, "channel." + entry->key, entry->node);
            auto& providers = out_.channels[escalation::ChannelName(entry->key)];
            const TomlNode* list = channel.need("providers");
            if (list != nullptr && list->array() != nullptr)
                for (const TomlNode& each : *list->array())
                    providers.push_back(provider(each, entry->key, providers.size() + 1));
            if (providers.empty())
                faults_.add(entry->where, "channel." + entry->key + " has no provider");
            channel.finish();
        }
    }

    ProviderSettings provider(const TomlNode& node, const std::string& channel, std::size_t number)
    {
        TableReader table(faults_, "channel." + channel + ".providers", node);
        ProviderSettings out;
        out.kind = table.need_text("kind");
        out.name = table.text_or("name", channel + " " + out.kind + " " + std::to_string(number));
        for (const char* secret : {"secret", "key", "token", "password"})
            if (table.find(secret) != nullptr)
                faults_.add(
                    table.where(secret),
                    "a secret has no place in this file",
                    std::string(secret) + "_file names a file of mode 0600, or credential:NAME"
                );
        if (out.kind == "webhook") {
            out.url = table.text_or("url", "");
            if (!out.url.empty() && !is_url(out.url))
                faults_.add(table.where("url"), "url is no http or https address");
            for (auto& [file, where] : table.texts("secret_file"))
                out.secret_files.push_back(path(file));
            if (out.secret_files.empty())
                faults_.add(table.where(), "a webhook needs secret_file", "file with whsec_…");
        } else if (out.kind == "wecom_robot") {
            out.url_file = path(table.need_text("url_file"));
        } else if (out.kind != "demo") {
            faults_.add(
                table.where("kind"),
                "unknown kind of provider " + config::quoted(out.kind),
                "webhook, wecom_robot or demo"
            );
        }
        if (demo_ != (out.kind == "demo"))
            faults_.add(
                table.where("kind"),
                demo_ ? "a demo has no real channel" : "the demo's handset reaches nobody",
                demo_ ? "demo" : "webhook or wecom_robot; demo only with --demo"
            );
        table.finish();
        return out;
    }

    [[nodiscard]] fs::path path(const std::string& text) const
    {
        return resolve_credential(text, beside_);
    }

    FaultList& faults_;
    fs::path beside_;
    bool demo_;
    Settings out_;
};

}  // namespace

fs::path resolve_credential(const std::string& text, const fs::path& beside)
{
    if (text.empty()) return {};
    if (text.rfind(credential_prefix, 0) == 0) {
        const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
        return fs::path(folder == nullptr ? no_credentials : folder) /
               text.substr(credential_prefix.size());
    }
    const fs::path given(text);
    return given.is_absolute() ? given : (beside / given).lexically_normal();
}

LoadedSettings read_settings(std::string_view text, const fs::path& file, bool demo)
{
    FaultList faults(file.string());
    LoadedSettings out;
    if (const auto root = parse_toml(text, faults)) {
        Settings settings = Reader(faults, fs::absolute(file).parent_path(), demo).read(*root);
        if (!faults.fatal()) out.settings = std::move(settings);
    }
    out.faults = faults.take();
    return out;
}

bool is_credential_of_nobody(const fs::path& file)
{
    return file.parent_path() == no_credentials;
}

std::optional<fs::path> data_folder_in(std::string_view text, const fs::path& file)
{
    FaultList told_elsewhere(file.string());
    const auto root = parse_toml(text, told_elsewhere);
    if (!root) return std::nullopt;
    const std::string data = TableReader(told_elsewhere, "", *root).need_text("data");
    if (data.empty()) return std::nullopt;
    return resolve_credential(data, fs::absolute(file).parent_path());
}

LoadedSettings load_settings(const fs::path& file, bool demo)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return {std::nullopt, {{file.string(), 0, 0, "the file cannot be read", "", false}}};
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    return read_settings(text, file, demo);
}

}  // namespace shouwang::config
