#include "daemon/channels.hpp"

#include "notifiers/standard_webhook_signature.hpp"
#include "notifiers/webhook.hpp"
#include "notifiers/wecom_robot.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
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

// The first line of a file that only its owner, or a group the system put it in, may read.
std::string read_secret(const std::filesystem::path& file)
{
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        throw std::runtime_error("cannot read the secret file " + file.string());
    if ((status.st_mode & S_IRWXO) != 0)
        throw std::runtime_error(
            "everybody may use the secret file " + file.string() + ": chmod 600"
        );
    std::ifstream stream(file);
    std::string line;
    if (!std::getline(stream, line) || line.empty())
        throw std::runtime_error("the secret file " + file.string() + " is empty");
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

std::unique_ptr<notifiers::Notifier> webhook(
    const config::ProviderSettings& provider, notifiers::HttpClient& http
)
{
    std::vector<notifiers::WebhookSecret> secrets;
    for (const auto& file : provider.secret_files) {
        auto secret = notifiers::WebhookSecret::parse(read_secret(file));
        if (!secret)
            throw std::runtime_error(
                "the secret file " + file.string() + " holds no whsec_… secret of 16 to 64 bytes"
            );
        secrets.push_back(std::move(*secret));
    }
    auto notifier = std::make_unique<notifiers::WebhookNotifier>(http, std::move(secrets));
    if (provider.url.empty()) return notifier;
    return std::make_unique<FixedAddress>(std::move(notifier), provider.url);
}

std::unique_ptr<notifiers::Notifier> make(
    const config::ProviderSettings& provider,
    const escalation::ChannelName& channel,
    notifiers::HttpClient& http,
    notifiers::HandsetWall& wall
)
{
    if (provider.kind == "demo")
        return std::make_unique<notifiers::DemoHandset>(wall, channel.text());
    if (provider.kind == "wecom_robot")
        return std::make_unique<notifiers::WecomRobotNotifier>(
            http, read_secret(provider.url_file)
        );
    return webhook(provider, http);
}

}  // namespace

Channels::Channels(
    const config::Settings& settings, notifiers::HttpClient& http, notifiers::HandsetWall& wall
)
{
    std::string faults;
    for (const auto& [channel, providers] : settings.channels)
        for (const config::ProviderSettings& provider : providers) {
            try {
                notifiers_.push_back(make(provider, channel, http, wall));
                routes_.providers[channel].push_back({provider.name, notifiers_.back().get()});
            } catch (const std::exception& fault) {
                faults += (faults.empty() ? "" : "\n") + provider.name + ": " + fault.what();
            }
        }
    if (!faults.empty()) throw std::runtime_error(faults);
    routes_.fall_over = settings.fall_over;
}

}  // namespace shouwang::daemon
