#include "daemon/event_codec.hpp"

#include "tests/daemon/random_events.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

using namespace shouwang;
using namespace shouwang::escalation;
using shouwang::daemon::decode;
using shouwang::daemon::describe;
using shouwang::daemon::encode;
using shouwang::daemon::EncodedEvent;
using shouwang::daemon::event_types;
using shouwang::test::Dice;
using shouwang::test::difference;
using shouwang::test::random_events;
namespace json = boost::json;

namespace {

const std::string golden_path = SHOUWANG_SOURCE_DIR "/tests/daemon/golden/events-v1.jsonl";

// Every byte of an event belongs to a described field or is padding in front of one.
struct Undescribed {
    template <class T>
    std::size_t operator()(const T& event) const
    {
        test::FieldMap map;
        describe(map, event);
        std::sort(map.fields.begin(), map.fields.end(), [](const auto& a, const auto& b) {
            return a.at < b.at;
        });
        std::size_t gaps = 0;
        const char* end = reinterpret_cast<const char*>(&event);
        for (const auto& field : map.fields) {
            const auto gap = static_cast<std::size_t>(static_cast<const char*>(field.at) - end);
            if (gap >= field.alignment) ++gaps;
            end = static_cast<const char*>(field.at) + field.size;
        }
        const char* last = reinterpret_cast<const char*>(&event) + sizeof(T);
        if (static_cast<std::size_t>(last - end) >= alignof(T)) ++gaps;
        return gaps;
    }
};

// `older` says nothing that `newer` does not say as well.
bool contains(const json::value& newer, const json::value& older)
{
    if (older.is_array() && newer.is_array())
        return std::equal(
            newer.get_array().begin(),
            newer.get_array().end(),
            older.get_array().begin(),
            older.get_array().end(),
            [](const json::value& a, const json::value& b) { return contains(a, b); }
        );
    if (!older.is_object()) return newer == older;
    if (!newer.is_object()) return false;
    return std::all_of(
        older.get_object().begin(),
        older.get_object().end(),
        [&](const auto& member) {
            const json::value* there = newer.get_object().if_contains(member.key());
            return there != nullptr && contains(*there, member.value());
        }
    );
}

}  // namespace

TEST_CASE("event codec: every event of every kind comes back as it was", "[daemon][codec]")
{
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Dice dice(seed);
        for (const Event& event : random_events(dice)) {
            const EncodedEvent encoded = encode(event);
            CAPTURE(seed, encoded.type, encoded.open, encoded.sealed);
            const auto decoded = decode(encoded.type, encoded.open, encoded.sealed);
            REQUIRE(decoded);
            REQUIRE(difference(event, *decoded) == "");
            const EncodedEvent again = encode(*decoded);
            REQUIRE(again.open == encoded.open);
            REQUIRE(again.sealed == encoded.sealed);
        }
    }
}

TEST_CASE("event codec: no field of an event is left out", "[daemon][codec]")
{
    Dice dice(1);
    for (const Event& event : random_events(dice)) {
        INFO(encode(event).type);
        CHECK(std::visit(Undescribed{}, event) == 0);
    }
}

TEST_CASE("event codec: what is personal never stands in the open part", "[daemon][codec]")
{
    const std::string canary = "CANARY";
    const IncidentId incident("01H");
    Reported reported;
    reported.incident = incident;
    reported.place.room = reported.place.detail = canary;
    reported.callback = reported.text = canary;
    Subject subject;
    subject.student = StudentId(canary);
    subject.description = canary;
    subject.class_unit = UnitId(canary);
    reported.subjects = {subject};
    Attached attached;
    attached.incident = incident;
    attached.callback = attached.text = canary;
    Dismissed dismissed;
    dismissed.incident = incident;
    dismissed.reason = canary;
    Answered answered;
    answered.incident = incident;
    answered.reason = canary;
    Recorded recorded;
    recorded.incident = incident;
    recorded.fields = {{"who", canary}, {canary, "x"}};
    EndSigned signature;
    signature.incident = incident;
    signature.evidence = {{"seen", canary}};
    HoleFound hole;
    hole.incident = incident;
    hole.unit = UnitId(canary);
    Adopted roster;
    roster.what = "roster";
    roster.text = canary;

    const std::vector<Event> events{
        reported, attached, dismissed, answered, recorded, signature, hole, roster};
    for (const Event& event : events) {
        const EncodedEvent encoded = encode(event);
        INFO(encoded.type);
        CHECK(encoded.open.find(canary) == std::string::npos);
        CHECK(encoded.sealed.find(canary) != std::string::npos);
    }
}

TEST_CASE("event codec: the text of a protocol is open, for anybody to audit", "[daemon][codec]")
{
    Adopted adopted;
    adopted.what = "protocol";
    adopted.text = "title = 1";
    const EncodedEvent encoded = encode(adopted);
    CHECK(encoded.open.find("title = 1") != std::string::npos);
    CHECK(encoded.sealed.empty());
}

TEST_CASE("event codec: an event folds without its personal part", "[daemon][codec]")
{
    Reported reported;
    reported.incident = IncidentId("01H");
    reported.callback = "199-0000-0001";
    Subject known;
    known.id = SubjectId("s1");
    known.student = StudentId("s-1");
    known.college = UnitId("C05");
    Subject unknown;
    unknown.id = SubjectId("s2");
    unknown.description = "somebody";
    reported.subjects = {known, unknown};

    const EncodedEvent encoded = encode(reported);
    const auto decoded = decode(encoded.type, encoded.open, std::nullopt);
    REQUIRE(decoded);
    const auto& back = std::get<Reported>(*decoded);
    CHECK(back.callback.empty());
    REQUIRE(back.subjects.size() == 2);
    CHECK(back.subjects[0].student == StudentId(daemon::erased));
    CHECK(back.subjects[0].identified());
    CHECK(back.subjects[0].college == UnitId("C05"));
    CHECK_FALSE(back.subjects[1].identified());
    CHECK(back.subjects[1].description.empty());
}

TEST_CASE("event codec: a field added later takes its default", "[daemon][codec]")
{
    const auto event = decode("send_started", R"({"incident":"01H","page":"01H.1"})", "");
    REQUIRE(event);
    CHECK(std::get<SendStarted>(*event).attempt == 1);
    CHECK_FALSE(std::get<SendStarted>(*event).possible_repeat);
    CHECK(std::get<SendStarted>(*event).page == PageId("01H.1"));
}

TEST_CASE("event codec: what it does not know or cannot read is no accident", "[daemon][codec]")
{
    CHECK(decode("ended", R"({"incident":"01H","colour":"blue","end":"e"})", ""));
    CHECK_FALSE(decode("evicted", R"({"incident":"01H"})", ""));
    CHECK_FALSE(decode("ended", R"([1])", ""));
    CHECK_FALSE(decode("ended", "", ""));
    CHECK_FALSE(decode("ended", R"({"incident":"01H")", ""));
    CHECK_FALSE(decode("ended", R"({"end":"e"})", ""));
    const auto odd = decode(
        "rung_reached", R"({"incident":"01H","rung":-1,"at":"noon","because":"whim","duty":7})", "{"
    );
    REQUIRE(odd);
    CHECK(std::get<RungReached>(*odd).rung == 0);
    CHECK(std::get<RungReached>(*odd).because == RungBecause::Due);
}

TEST_CASE("event codec: cut or changed bytes never harm the reader", "[daemon][codec]")
{
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Dice dice(seed);
        for (const Event& event : random_events(dice)) {
            const EncodedEvent encoded = encode(event);
            std::string open = encoded.open;
            if (dice.chance(1, 2)) open.resize(dice.below(open.size() + 1));
            for (auto left = dice.below(4); left != 0 && !open.empty(); --left)
                open[dice.below(open.size())] = static_cast<char>(dice.below(256));
            const auto decoded = decode(encoded.type, open, open);
            if (decoded) CHECK(decode(encoded.type, encode(*decoded).open, std::nullopt));
        }
    }
}

TEST_CASE("event codec: the golden file of the first release decodes for ever", "[daemon][codec]")
{
    std::ifstream file(golden_path);
    REQUIRE(file);
    std::set<std::string> seen;
    for (std::string line; std::getline(file, line);) {
        CAPTURE(line);
        const json::object golden = json::parse(line).as_object();
        const std::string type(golden.at("type").as_string());
        const std::string open = json::serialize(golden.at("open"));
        const std::string sealed =
            golden.contains("sealed") ? json::serialize(golden.at("sealed")) : "";
        const auto event = decode(type, open, sealed);
        REQUIRE(event);
        const EncodedEvent again = encode(*event);
        CHECK(contains(json::parse(again.open), golden.at("open")));
        if (!sealed.empty()) CHECK(contains(json::parse(again.sealed), golden.at("sealed")));
        seen.insert(type);
    }
    for (const std::string_view type : event_types()) {
        INFO("add a line for the new event " << type);
        CHECK(seen.contains(std::string(type)));
    }
}

// Prints one line for every event, to add what a new one needs to the golden file. Lines that are
// there already are never changed.
TEST_CASE("event codec: prints golden lines", "[.golden]")
{
    Dice dice(20261010);
    for (const Event& event : random_events(dice, true)) {
        const EncodedEvent encoded = encode(event);
        std::string line =
            R"({"type":")" + std::string(encoded.type) + R"(","open":)" + encoded.open;
        if (!encoded.sealed.empty()) line += R"(,"sealed":)" + encoded.sealed;
        std::puts((line + "}").c_str());
    }
}
