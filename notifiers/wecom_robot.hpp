#pragma once

#include "notifiers/http_client.hpp"
#include "notifiers/notifier.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace shouwang::notifiers {

// Writes each message as a text into the WeCom (企业微信) group of one robot. The message's address
// is the WeCom user id to mention; with an empty one nobody is, with "@all" everybody.
//
// The robot's whole secret is the key in its URL: anyone who has it can write into the group. It
// has no idempotency key, so an attempt of unknown outcome is Unknown and not Retry. It takes 20
// messages a minute (45009 beyond) and cannot carry an answer back.
class WecomRobotNotifier final : public Notifier {
public:
    // Requires: `http` outlives the notifier.
    WecomRobotNotifier(HttpClient& http, std::string robot_url);

    [[nodiscard]] boost::asio::awaitable<Receipt> deliver(Message message) override;

private:
    HttpClient& http_;
    std::string robot_url_;
};

// The two pure halves of deliver().
namespace wecom_robot {

// WeCom's bound for a text, in bytes of UTF-8.
inline constexpr std::size_t content_bytes_max = 2048;

// The text as it is shown: marked when it may be a repeat, without control characters (WeCom
// refuses the \u escapes that JSON would need for them), cut to the bound at a character's edge.
[[nodiscard]] std::string content(const Message& message);

[[nodiscard]] HttpRequest encode(std::string_view robot_url, const Message& message);

// WeCom answers 200 to what it refuses: the verdict is that of `errcode`, whatever the status.
[[nodiscard]] Receipt judge(const HttpResult& result);

}  // namespace wecom_robot
}  // namespace shouwang::notifiers
