#include "notifiers/wecom_robot.hpp"

#include "tests/notifiers/catch_notifiers.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace shouwang::notifiers;
using namespace std::chrono_literals;

namespace {

constexpr auto robot = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1";

Message text_message(std::string text, bool possible_repeat = false)
{
    return Message("key-1", "lin.wei", std::move(text), "{}", 1'700'000'000, 1, possible_repeat);
}

HttpResult errcode(int code, long status = 200)
{
    return HttpResponse{status, R"({"errcode":)" + std::to_string(code) + R"(,"errmsg":"x"})", ""};
}

}  // namespace

TEST_CASE("wecom robot: the text is raw UTF-8 and mentions its address", "[notifiers][wecom]")
{
    const HttpRequest request =
        wecom_robot::encode(robot, text_message("请\"立即\"到场\n7号楼\t4层\x01"));
    CHECK(request.url() == robot);
    CHECK(
        request.body() ==
        "{\"msgtype\":\"text\",\"text\":{\"content\":\"请\\\"立即\\\"到场\\n7号楼 4层 \","
        "\"mentioned_list\":[\"lin.wei\"]}}"
    );
    CHECK(request.body().find("\\u") == std::string::npos);

    const Message to_nobody("key-1", "", "请到场", "{}", 1'700'000'000);
    CHECK(
        wecom_robot::encode(robot, to_nobody).body() ==
        "{\"msgtype\":\"text\",\"text\":{\"content\":\"请到场\"}}"
    );
}

TEST_CASE("wecom robot: a long text is cut between two characters", "[notifiers][wecom]")
{
    const auto lead = GENERATE(range(0, 4));  // every way a 3-byte and a 4-byte character can fall
    const std::string_view character = GENERATE("守", "🚨");
    std::string text(static_cast<std::size_t>(lead), 'a');
    while (text.size() <= wecom_robot::content_bytes_max) text += character;
    const std::string shown = wecom_robot::content(text_message(text));

    const std::string_view mark = "…";
    REQUIRE(shown.size() <= wecom_robot::content_bytes_max);
    CHECK(shown.size() + character.size() > wecom_robot::content_bytes_max);
    CHECK(shown.ends_with(mark));
    const auto kept = shown.size() - mark.size();
    CHECK((kept - static_cast<std::size_t>(lead)) % character.size() == 0);
    CHECK(shown.substr(0, kept) == text.substr(0, kept));
}

TEST_CASE("wecom robot: a text at the bound is left alone", "[notifiers][wecom]")
{
    const std::string text(wecom_robot::content_bytes_max, 'a');
    CHECK(wecom_robot::content(text_message(text)) == text);
    CHECK(wecom_robot::content(text_message(text + "a")).size() == text.size());
    CHECK(wecom_robot::content(text_message("到场", true)) == "【可能重复】到场");
}

TEST_CASE("wecom robot: errcode judges, whatever the status", "[notifiers][wecom]")
{
    struct Row {
        int code;
        Verdict verdict;
    };
    const auto row = GENERATE(
        Row{0, Verdict::Accepted},
        Row{-1, Verdict::Retry},
        Row{6000, Verdict::Retry},
        Row{45009, Verdict::Switch},
        Row{45033, Verdict::Switch},
        Row{40003, Verdict::Switch},
        Row{60111, Verdict::Switch},
        Row{81013, Verdict::Switch},
        Row{82001, Verdict::Switch},
        Row{43004, Verdict::Switch},
        Row{45002, Verdict::Switch},
        Row{93000, Verdict::Alarm},
        Row{93004, Verdict::Alarm},
        Row{93008, Verdict::Alarm},
        Row{40001, Verdict::Alarm},
        Row{40014, Verdict::Alarm},
        Row{42001, Verdict::Alarm},
        Row{40013, Verdict::Alarm},
        Row{40033, Verdict::Alarm},
        Row{40056, Verdict::Alarm},
        Row{40058, Verdict::Alarm},
        Row{41001, Verdict::Alarm},
        Row{44004, Verdict::Alarm},
        Row{48002, Verdict::Alarm},
        Row{50001, Verdict::Alarm},
        Row{60020, Verdict::Alarm},
        Row{301002, Verdict::Alarm},
        Row{77777, Verdict::Switch}
    );
    const long status = GENERATE(200L, 500L);
    CAPTURE(row.code, status);
    const Receipt receipt = wecom_robot::judge(errcode(row.code, status));
    CHECK(receipt.verdict == row.verdict);
    CHECK(receipt.detail == "errcode " + std::to_string(row.code));
}

TEST_CASE("wecom robot: an answer without errcode is not an acceptance", "[notifiers][wecom]")
{
    struct Row {
        long status;
        std::string body;
        Verdict verdict;
    };
    const auto row = GENERATE(
        Row{200, "", Verdict::Unknown},
        Row{200, "<html>gateway</html>", Verdict::Unknown},
        Row{200, R"({"errcode":"0"})", Verdict::Unknown},
        Row{200, R"({"errcode":0)", Verdict::Unknown},
        Row{200, "[0]", Verdict::Unknown},
        Row{302, "", Verdict::Switch},
        Row{403, "", Verdict::Switch},
        Row{429, "", Verdict::Retry},
        Row{502, "<html>", Verdict::Unknown}
    );
    CAPTURE(row.status, row.body);
    const Receipt receipt = wecom_robot::judge(HttpResponse{row.status, row.body, "3"});
    CHECK(receipt.verdict == row.verdict);
    CHECK((receipt.retry_after == 3s) == (row.verdict == Verdict::Retry));
}

TEST_CASE("wecom robot: what may have gone out is unknown, not repeated", "[notifiers][wecom]")
{
    struct Row {
        HttpErrc fault;
        Verdict verdict;
    };
    const auto row = GENERATE(
        Row{HttpErrc::BadRequest, Verdict::Alarm},
        Row{HttpErrc::TlsUntrusted, Verdict::Alarm},
        Row{HttpErrc::QueueFull, Verdict::Retry},
        Row{HttpErrc::CannotResolve, Verdict::Retry},
        Row{HttpErrc::CannotConnect, Verdict::Retry},
        Row{HttpErrc::TlsFailed, Verdict::Retry},
        Row{HttpErrc::TimedOutUnsent, Verdict::Retry},
        Row{HttpErrc::CancelledUnsent, Verdict::Retry},
        Row{HttpErrc::TimedOut, Verdict::Unknown},
        Row{HttpErrc::ConnectionCut, Verdict::Unknown},
        Row{HttpErrc::BadResponse, Verdict::Unknown},
        Row{HttpErrc::Cancelled, Verdict::Unknown}
    );
    const auto fault = make_error_code(row.fault);
    CAPTURE(fault.message());
    CHECK(wecom_robot::judge(fault).verdict == row.verdict);
}
