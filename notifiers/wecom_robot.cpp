#include "notifiers/wecom_robot.hpp"

#include "notifiers/retry_after.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace shouwang::notifiers {

namespace asio = boost::asio;
namespace json = boost::json;

WecomRobotNotifier::WecomRobotNotifier(HttpClient& http, std::string robot_url)
    : http_(http), robot_url_(std::move(robot_url))
{}

asio::awaitable<Receipt> WecomRobotNotifier::deliver(Message message)
{
    HttpRequest request = wecom_robot::encode(robot_url_, message);
    const HttpResult result = co_await http_.post(std::move(request));
    co_return wecom_robot::judge(result);
}

namespace wecom_robot {

namespace {

constexpr std::string_view repeat_mark = "【可能重复】";
constexpr std::string_view cut_mark = "…";

bool continues_a_character(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::string without_controls(std::string text)
{
    for (char& byte : text)
        if (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') byte = ' ';
    return text;
}

std::string cut(std::string text)
{
    if (text.size() <= content_bytes_max) return text;
    std::size_t end = content_bytes_max - cut_mark.size();
    while (end > 0 && continues_a_character(text[end])) --end;
    text.resize(end);
    text += cut_mark;
    return text;
}

// Nothing when the body is not a JSON object with a whole-number `errcode`.
std::optional<std::int64_t> errcode(const std::string& body)
{
    boost::system::error_code fault;
    const json::value answer = json::parse(body, fault);
    if (fault || !answer.is_object()) return std::nullopt;
    const json::value* const code = answer.get_object().if_contains("errcode");
    if (code == nullptr || !code->is_int64()) return std::nullopt;
    return code->get_int64();
}

// The numbers are from WeCom's list of global error codes. What is not named there can be repeated
// with no better luck: Switch.
Verdict verdict_of(std::int64_t code)
{
    switch (code) {
        case 0: return Verdict::Accepted;

        case -1:    // system busy
        case 6000:  // written at the same time as another
            return Verdict::Retry;

        case 40001:
        case 40014:
        case 42001:  // the key is taken for a token, and refused
        case 40013:
        case 40056:
        case 40058:  // bad corporation, agent or parameter
        case 40033:  // \u escapes or another body WeCom cannot read
        case 41001:
        case 44004:  // no key, no content
        case 48002:
        case 50001:
        case 50002:
        case 50003:
        case 60011:   // not permitted
        case 60020:   // our address is not on the list
        case 301002:  // the application is not ours
        case 93000:
        case 93004:
        case 93008:  // this robot is gone, disabled, or not in the group
            return Verdict::Alarm;

        // 45009 and 45033 throttled, 45002 too long, 40003 60111 81013 82001 43004 this recipient
        default: return Verdict::Switch;
    }
}

// An answer without an errcode is a gateway's, not WeCom's.
Verdict verdict_of_status(long status)
{
    if (status == 429) return Verdict::Retry;
    if (status >= 300 && status < 500) return Verdict::Switch;
    return Verdict::Unknown;
}

}  // namespace

std::string content(const Message& message)
{
    std::string text(message.possible_repeat() ? repeat_mark : std::string_view());
    text += message.text();
    return cut(without_controls(std::move(text)));
}

HttpRequest encode(std::string_view robot_url, const Message& message)
{
    json::object text{{"content", content(message)}};
    if (!message.address().empty()) text["mentioned_list"] = json::array{message.address()};
    const json::object body{{"msgtype", "text"}, {"text", std::move(text)}};
    return HttpRequest(
        std::string(robot_url),
        {{"Content-Type", "application/json; charset=utf-8"}},
        json::serialize(body)
    );
}

Receipt judge(const HttpResult& result)
{
    if (!result) {
        const auto fault = result.error();
        Verdict verdict = may_have_been_sent(fault) ? Verdict::Unknown : Verdict::Retry;
        if (is_misconfigured(fault)) verdict = Verdict::Alarm;
        return {verdict, fault.message(), {}, {}};
    }

    if (const auto code = errcode(result->body))
        return {verdict_of(*code), "errcode " + std::to_string(*code), {}, {}};

    const Verdict verdict = verdict_of_status(result->status);
    Receipt receipt{verdict, "HTTP " + std::to_string(result->status) + " without errcode", {}, {}};
    if (verdict == Verdict::Retry) receipt.retry_after = parse_retry_after(result->retry_after);
    return receipt;
}

}  // namespace wecom_robot
}  // namespace shouwang::notifiers
