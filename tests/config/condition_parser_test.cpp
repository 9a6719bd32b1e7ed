#include "config/condition_parser.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace shouwang::config;
using namespace shouwang::escalation;
using namespace std::chrono_literals;

namespace {

Condition parsed(const std::string& text, FaultList& faults)
{
    const auto root = parse_toml("when = " + text, faults);
    REQUIRE(root);
    std::vector<PlacedAtom> atoms;
    return parse_condition(root->table()->front().node, "x", true, faults, atoms);
}

Atom atom(const std::string& text)
{
    FaultList faults("f");
    const Condition condition = parsed("\"" + text + "\"", faults);
    INFO(text);
    REQUIRE_FALSE(faults.fatal());
    REQUIRE(std::holds_alternative<Atom>(condition.node));
    const Atom out = std::get<Atom>(condition.node);
    CHECK(atom_text(out) == text);
    return out;
}

}  // namespace

TEST_CASE("condition: an atom knows what it is about", "[config][condition]")
{
    CHECK(atom("injury at_least serious").topic == Topic::Fact);
    CHECK(atom("hazard has height|water").values == std::vector<std::string>{"height", "water"});
    CHECK(atom("level at_least yellow").topic == Topic::Level);
    CHECK(atom("duty.S05 is done|lapsed").name == "S05");
    CHECK(atom("rule.R8 fires").op == Op::Fires);
    CHECK(atom("window.after_hours is yes").topic == Topic::Window);
    CHECK(atom("register.on_scene has self").topic == Topic::Register);
    CHECK(atom("incident.stage is review").attribute == "stage");
    CHECK(atom("subject.kind is pg").topic == Topic::Subject);
    CHECK(atom("subjects at_least 2").topic == Topic::Subjects);
    CHECK(atom("place.housing is yes").attribute == "housing");
    CHECK(atom("injury worse").op == Op::Worse);
    CHECK(atom("subject.identified turns yes").op == Op::Turns);
    const Atom held = atom("located.no held_for 30m");
    CHECK(held.name == "located");
    CHECK(held.values == std::vector<std::string>{"no"});
    CHECK(held.span == Span(30min));
    CHECK(atom("level.red held_for 15m").values == std::vector<std::string>{"red"});
}

TEST_CASE("condition: lists, any, not, always and never nest", "[config][condition]")
{
    FaultList faults("f");
    const Condition condition =
        parsed("[\"a is b\", { any = [\"always\", { not = \"never\" }] }]", faults);
    REQUIRE_FALSE(faults.fatal());
    const All& all = std::get<All>(condition.node);
    REQUIRE(all.parts.size() == 2);
    const Any& any = std::get<Any>(all.parts[1].node);
    CHECK(std::holds_alternative<Always>(any.parts[0].node));
    const Not& negated = std::get<Not>(any.parts[1].node);
    CHECK(std::holds_alternative<Never>(negated.parts.front().node));
}

TEST_CASE("condition: what cannot be read never holds", "[config][condition]")
{
    for (const char* text :
         {"\"\"", "\"is\"", "\"a b c d\"", "7", "{}", "{ any = 1 }", "\"a is\""}) {
        FaultList faults("f");
        const Condition condition = parsed(text, faults);
        INFO(text);
        CHECK(faults.fatal());
        CHECK(std::holds_alternative<Never>(condition.node));
    }
}

TEST_CASE("condition: spans and times of day are read to the millisecond", "[config]")
{
    CHECK(parse_span("90s") == Span(90s));
    CHECK(parse_span("250ms") == Span(250ms));
    CHECK(parse_span("5m") == Span(5min));
    CHECK(parse_span("7d") == Span(168h));
    for (const char* text : {"", "5", "m", "-5m", "5 m", "5min", "32d", "99999999999999999999s"})
        CHECK_FALSE(parse_span(text));
    CHECK(span_text(90s) == "90s");
    CHECK(span_text(120s) == "2m");
    CHECK(span_text(2h) == "2h");
    CHECK(span_text(250ms) == "250ms");
    CHECK(span_text(0s) == "0s");
    CHECK(parse_time_of_day("08:30") == Span(510min));
    CHECK(parse_time_of_day("24:00") == Span(24h));
    for (const char* text : {"", "8:30", "24:01", "12:60", "12-30", "aa:bb"})
        CHECK_FALSE(parse_time_of_day(text));
}
