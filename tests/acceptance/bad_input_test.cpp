#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;
namespace asio = boost::asio;
using asio::ip::tcp;
using Strings = std::vector<std::string>;

namespace {

const std::string incidents = "/api/v1/incidents";

HttpReply send(House& house, const std::string& token, const std::string& body)
{
    return house.call(HttpCall("POST", incidents, body).with_token(token));
}

// One clear error, in the form that every client reads.
void check_problem(const HttpReply& reply, int status)
{
    INFO(reply.body);
    CHECK(reply.status == status);
    CHECK(reply.header("content-type") == "application/problem+json");
    if (reply.status == 0) return;
    const js::object problem = reply.json();
    CHECK(problem.at("status").to_number<int>() == status);
    CHECK_FALSE(text_of(problem, "title").empty());
    CHECK_FALSE(text_of(problem, "detail").empty());
}

// A client that begins a request and never goes on. What it was told, and when.
struct Slow {
    std::string told;
    std::optional<Instant> cut_at;
};

asio::awaitable<void> dawdle(std::uint16_t port, std::string beginning, Slow& slow)
{
    constexpr auto told = asio::as_tuple(asio::use_awaitable);
    auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    const tcp::endpoint there(asio::ip::address_v4::loopback(), port);
    auto connecting = socket.async_connect(there, asio::use_awaitable);
    co_await std::move(connecting);
    auto writing = asio::async_write(socket, asio::buffer(beginning), asio::use_awaitable);
    co_await std::move(writing);
    auto reading = asio::async_read(socket, asio::dynamic_buffer(slow.told), told);
    const std::tuple<boost::system::error_code, std::size_t> read = co_await std::move(reading);
    static_cast<void>(read);
    slow.cut_at = House::now();
}

}  // namespace

TEST_CASE("acceptance: bad input gets one clear error and changes nothing", "[acceptance]")
{
    House house(notice_safe(1));
    house.start();
    const std::uint64_t before = house.journal_sequence();

    SECTION("what is no JSON")
    {
        for (const std::string body :
             {R"({"via":"hotline","callback":"199-0000)",
              R"({"via":"hotline",)",
              "",
              "null",
              "[1,2]",
              "\"via\"",
              "{\"via\":\"hotline\"}}",
              "{\"via\":\"\xC3\x28\"}",
              "{\"text\":\"\xED\xA0\x80\"}",
              "{\"text\":\"\xF0\x82\x82\xAC\"}"}) {
            CAPTURE(body);
            check_problem(send(house, house.desk(), body), 400);
        }
        check_problem(send(house, house.desk(), std::string(20'000, '[')), 400);
    }
    SECTION("every fault of a body is listed at once")
    {
        const HttpReply reply = house.post(
            house.desk(),
            incidents,
            {{"via", 7},
             {"subjects", js::array{js::object{{"student_id", "s2"}, {"name", "x"}}, "s7"}},
             {"place", js::object{{"campus", 1}, {"house", "12"}}},
             {"facts", js::object{{"alone", js::object{}}}},
             {"colour", "red"}}
        );
        check_problem(reply, 400);
        Strings pointers = error_pointers(reply);
        std::sort(pointers.begin(), pointers.end());
        CHECK(
            pointers ==
            Strings{
                "/colour",
                "/facts/alone",
                "/place/campus",
                "/place/house",
                "/subjects/0/name",
                "/subjects/1",
                "/via"}
        );
    }
    SECTION("a student, a fact or a source that nobody knows")
    {
        const HttpReply student = house.post(
            house.desk(),
            incidents,
            {{"via", "hotline"}, {"subjects", js::array{js::object{{"student_id", "s999"}}}}}
        );
        check_problem(student, 400);
        CHECK(error_pointers(student) == Strings{"/subjects/0/student_id"});

        const HttpReply fact = house.post(
            house.desk(),
            incidents,
            {{"via", "hotline"},
             {"callback", "199-0000-0099"},
             {"facts", js::object{{"mood", "low"}}}}
        );
        check_problem(fact, 400);
        CHECK(error_pointers(fact) == Strings{"/facts/mood"});

        const HttpReply nothing = house.post(house.desk(), incidents, {{"via", "hotline"}});
        check_problem(nothing, 400);
    }
    SECTION("a body of ten megabytes")
    {
        const HttpReply reply =
            send(house, house.desk(), R"({"text":")" + std::string(10U << 20U, 'x') + "\"}");
        check_problem(reply, 413);
    }
    SECTION("who may not")
    {
        const std::string good = R"({"via":"hotline","callback":"199-0000-0099"})";
        check_problem(house.call(HttpCall("POST", incidents, good)), 401);
        std::string forged = house.desk();
        forged.back() = forged.back() == 'A' ? 'B' : 'A';
        check_problem(send(house, forged, good), 401);
        check_problem(send(house, "sw_", good), 401);
        // A token that may report via "public" and nothing else.
        check_problem(send(house, house.public_intake(), good), 403);
        check_problem(
            house.post(
                house.public_intake(),
                incidents,
                {{"via", "public"}, {"callback", "199-0000-0099"}, {"kind", "drill"}}
            ),
            403
        );
        check_problem(send(house, house.supervisor(), good), 403);
    }
    SECTION("places and methods that do not exist")
    {
        check_problem(house.get(house.desk(), incidents + "/01HZXNONE"), 404);
        check_problem(house.get(house.desk(), "/api/v1/nothing"), 404);
        check_problem(house.call(HttpCall("DELETE", incidents).with_token(house.desk())), 405);
        check_problem(answer_for(house, "01HZXNONE", "ct-05", "going", ""), 404);
    }

    // Nothing was written, and the next caller is served.
    CHECK(house.journal_sequence() == before);
    CHECK(house.get(house.desk(), incidents).json().at("incidents").as_array().empty());
    open_alarm(house, red_alarm());
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: a slow client holds up nobody and is cut off in time", "[acceptance]")
{
    House house(notice_safe(1));
    house.start();
    const Instant began = House::now();
    const std::string post = "POST /api/v1/incidents HTTP/1.1\r\nHost: x\r\n";
    const std::vector<std::string> beginnings{
        "", "G", post + "Authoriz", post + "Content-Length: 9\r\n\r\n{\"via"};
    std::vector<Slow> slow(beginnings.size());
    std::exception_ptr fault;
    for (std::size_t i = 0; i < slow.size(); ++i) {
        auto dawdling = dawdle(house.daemon().port(), beginnings[i], slow[i]);
        asio::co_spawn(house.io, std::move(dawdling), [&fault](std::exception_ptr thrown) {
            if (thrown) fault = thrown;
        });
    }
    for (int i = 0; i < 10; ++i) CHECK(house.get(house.desk(), incidents).status == 200);
    open_alarm(house, red_alarm());
    CHECK(House::now() - began < 8s);

    const auto all_cut = [&] {
        return std::all_of(slow.begin(), slow.end(), [](const Slow& each) {
            return each.cut_at.has_value();
        });
    };
    REQUIRE(house.wait(all_cut, 30s));
    CHECK(fault == nullptr);
    for (const Slow& each : slow) {
        CHECK(*each.cut_at - began >= 9s);
        CHECK(*each.cut_at - began <= 22s);
    }
    CHECK(parse_reply_head(slow[2].told).status == 408);
    CHECK(parse_reply_head(slow[3].told).status == 408);
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: what the state does not allow is refused whole", "[acceptance]")
{
    House house(notice_safe(1));
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    REQUIRE(house.quiet_for(700ms));
    const js::object was = view(house, id);
    const std::uint64_t before = house.journal_sequence();

    // A close with everything missing names all of it.
    const HttpReply close = house.post(house.desk(), incidents + "/" + id + "/close", {});
    check_problem(close, 409);
    const Strings codes = missing_codes(close);
    for (const char* code : {"duty_open", "life_danger", "evidence", "signer_not_entitled"}) {
        CAPTURE(code);
        CHECK(std::find(codes.begin(), codes.end(), code) != codes.end());
    }

    // Somebody who was never paged answers nothing.
    check_problem(answer_for(house, id, "io", "going", "S03@C05"), 409);
    check_problem(answer_for(house, id, "ga", "received", "S04@C05"), 409);
    check_problem(answer_for(house, id, "ct-05", "going", "S99"), 409);
    check_problem(answer_for(house, id, "ct-05", "sleeping", "S03@C05"), 409);
    // A record without what it must say.
    check_problem(
        house.post(
            house.desk(),
            incidents + "/" + id + "/duties/S03@C05/records",
            {{"fields", js::object{}}}
        ),
        409
    );

    CHECK(house.journal_sequence() == before);
    CHECK(view(house, id) == was);
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: the same key with another body is refused", "[acceptance]")
{
    House house(notice_safe(1));
    house.start();
    const js::object first{{"via", "hotline"}, {"callback", "199-0000-0099"}, {"ref", "one"}};
    const js::object other{{"via", "hotline"}, {"callback", "199-0000-0098"}, {"ref", "two"}};
    const HttpReply opened = house.post(house.desk(), incidents, first, "key-1");
    REQUIRE(opened.status == 201);
    const HttpReply again = house.post(house.desk(), incidents, first, "key-1");
    CHECK(again.status == 201);
    CHECK(again.header("idempotency-replayed") == "true");
    CHECK(again.body == opened.body);
    check_problem(house.post(house.desk(), incidents, other, "key-1"), 422);
    CHECK(house.get(house.desk(), incidents).json().at("incidents").as_array().size() == 1);
    CHECK(house.stop() == 0);
}
