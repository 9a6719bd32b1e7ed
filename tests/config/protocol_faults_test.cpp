// Each kind of fault, provoked once by one small edit of a sound file, is found at its line.

#include "tests/config/protocol_slip.hpp"

using namespace shouwang;
using namespace shouwang::config;
using test::finds;
using test::Slip;

TEST_CASE("protocol: a name that nothing defines is found where it is used", "[config][protocol]")
{
    const Slip slips[] = {
        {"unknown key",
         "label = \"Blast\"",
         "lable = \"Blast\"",
         "knows no key \"lable\"",
         "lable"},
        {"unknown role",
         "else = [\"foreman\"]",
         "else = [\"formann\"]",
         "no role \"formann\"",
         "formann"},
        {"unknown level", "floor = \"smell\"", "floor = \"smel\"", "no level \"smel\"", "\"smel\""},
        {"unknown fact",
         "when = \"concentration at_least dangerous\"",
         "when = \"concentratoin at_least dangerous\"",
         "no fact \"concentratoin\"",
         "concentratoin"},
        {"unknown value",
         "when = \"concentration at_least dangerous\"",
         "when = \"concentration at_least bad\"",
         "\"bad\" is not one of its values",
         "at_least bad"},
        {"unknown duty",
         "duty.permission is done|lapsed",
         "duty.permision is done|lapsed",
         "no duty \"permision\"",
         "duty.permision"},
        {"unknown register",
         "of = \"walking\"",
         "of = \"running\"",
         "no register \"running\"",
         "\"running\""},
        {"unknown window",
         "not = \"day_shift\"",
         "not = \"dayshift\"",
         "no window \"dayshift\"",
         "\"dayshift\""},
        {"unknown text",
         "level_text = \"worse\"",
         "level_text = \"worst\"",
         "no text \"worst\"",
         "\"worst\""},
        {"unknown channel",
         "by = [\"pager\"]",
         "by = [\"phone\"]",
         "no channel \"phone\"",
         "\"phone\""},
        {"unknown answer",
         "enters = [\"coming\"]",
         "enters = [\"comming\"]",
         "no answer \"comming\"",
         "\"comming\""},
        {"unknown effect",
         "roger = \"note\"",
         "roger = \"notes\"",
         "\"notes\" is no roger",
         "\"notes\""},
        {"unknown slot",
         "slot.stand_in",
         "slot.standin",
         "no entry has a slot \"standin\"",
         "slot.standin"},
        {"unknown kind",
         "kind = \"set\"",
         "kind = \"bag\"",
         "\"bag\" is no kind of fact",
         "\"bag\""},
        {"unknown set of locks",
         "locks = \"none\"",
         "locks = \"nothing\"",
         "no set of locked rules",
         "locks = \"nothing\""},
    };
    for (const Slip& slip : slips) finds(test::gas_leak_file(), slip);
}

TEST_CASE("protocol: a value that cannot be is found at its place", "[config][protocol]")
{
    const Slip slips[] = {
        {"no TOML", "version = 3", "version = = 3", "not valid TOML", "version = = 3"},
        {"wrong kind",
         "version = 3",
         "version = \"three\"",
         "\"version\" is a text",
         "version = \"three\""},
        {"no span", "lapses = \"2m\"", "lapses = \"2 minutes\"", "is no span of time", "2 minutes"},
        {"span of nothing",
         "lapses = \"2m\"",
         "lapses = \"0s\"",
         "is no span of time",
         "lapses = \"0s\""},
        {"span over 31 days",
         "lapses = \"2m\"",
         "lapses = \"32d\"",
         "is no span of time",
         "lapses = \"32d\""},
        {"no offset",
         "utc_offset = \"+00:00\"",
         "utc_offset = \"UTC\"",
         "no offset from UTC",
         "\"UTC\""},
        {"no time of day", "from = \"06:00\"", "from = \"25:00\"", "no time of day", "25:00"},
        {"no day", "\"mon\"", "\"moon\"", "\"moon\" is no day", "\"moon\""},
        {"no order", "order = \"1..3\"", "order = \"3..1\"", "no range of orders", "3..1"},
        {"no after", "after = \"4m\"", "after = \"4min\"", "is no \"after\"", "4min"},
        {"twice",
         "[\"plant_manager\", \"gatekeeper\"]",
         "[\"gatekeeper\", \"gatekeeper\"]",
         "stands here twice",
         "last_resort"},
        {"two signers in the same word",
         "review = [\"passer_by\"]",
         "review = [\"detector\"]",
         "both trusted and under review",
         "review = "},
        {"reserved fact",
         "[fact.ignition]",
         "[fact.level]",
         "cannot be the name of a fact",
         "[fact.level]"},
        {"one value",
         "values = [\"nothing\", \"sparks\", \"flame\"]",
         "values = [\"sparks\"]",
         "fewer than two values",
         "values = [\"sparks\"]"},
        {"unknown listed",
         "\"none\", \"traces\"",
         "\"unknown\", \"traces\"",
         "\"unknown\" cannot be a value",
         "\"unknown\", \"traces\""},
        {"attempts out of order",
         "[\"45s\", \"90s\"]",
         "[\"90s\", \"45s\"]",
         "no later attempt",
         "[\"90s\", \"45s\"]"},
    };
    for (const Slip& slip : slips) finds(test::gas_leak_file(), slip);
    finds(
        test::gas_leak_file(),
        {"rungs out of order",
         "{ after = \"0s\", to = [\"fitter\", \"foreman\"]",
         "{ after = \"61s\", to = [\"fitter\", \"foreman\"]",
         "goes back in time",
         "{ after = \"60s\""}
    );
}

TEST_CASE(
    "protocol: a condition that cannot be read or makes no sense is found", "[config][protocol]"
)
{
    const std::string when = "when = \"concentration at_least dangerous\"";
    const auto slip = [&](const char* to, const char* what) {
        finds(test::gas_leak_file(), {to, when.c_str(), to, what, to});
    };
    slip("when = \"concentration\"", "cannot be read");
    slip("when = \"concentration equals dangerous\"", "cannot be read");
    slip("when = \"concentration is\"", "needs exactly one value");
    slip("when = \"concentration worse now\"", "has a value");
    slip("when = \"concentration held_for 3m\"", "cannot be read");
    slip("when = []", "is an empty list");
    slip("when = { all = [\"always\"] }", "is a table of another kind");
    slip("when = 7", "is no condition");
    slip("when = \"concentration has dangerous\"", "does not go with");
    slip("when = \"concentration at_least unknown\"", "is not one of its values");
    slip("when = \"people_inside at_least many\"", "is no number");
    slip("when = \"register.walking has self\"", "is about nobody here");
    slip("when = \"incident.mood is bad\"", "no property of the incident \"mood\"");
    slip("when = \"incident.via has nobody\"", "is not one of its values");
    slip(
        "when = { not = { not = { not = { not = { not = { not = { not = { not = { not = "
        "\"always\" } } } } } } } } }",
        "nested too deeply"
    );
}

TEST_CASE("protocol: a duty that can never open is found", "[config][protocol]")
{
    const std::string opens = "opens = \"level at_least leak\"";
    const auto unreachable = [&](const std::string& condition) {
        const std::string text = test::with(test::gas_leak_file(), opens, "opens = " + condition);
        const LoadedProtocol loaded = test::load_text(text);
        INFO(condition << "\n" << test::words(loaded.faults));
        return std::any_of(loaded.faults.begin(), loaded.faults.end(), [&](const Fault& fault) {
            return fault.line == test::line_of(text, "opens = " + condition) &&
                   fault.what == "duty.shut_valve can never open";
        });
    };
    CHECK(unreachable("\"never\""));
    CHECK(unreachable("[\"level is leak\", \"level is blast\"]"));
    CHECK(unreachable(
        "[\"level is leak\", { any = [\"never\", \"level is smell\"] }, \"level is_not leak\"]"
    ));
    CHECK(unreachable("[\"window.day_shift is yes\", \"window.day_shift is no\"]"));
    CHECK(unreachable("[\"concentration is none\", \"concentration at_least dangerous\"]"));
    CHECK(unreachable("{ not = \"always\" }"));
    CHECK(unreachable("\"duty.shut_valve is done\""));
    CHECK(unreachable("\"duty.permission is moot\"") == false);
    CHECK(unreachable("\"duty.reading is lapsed\""));
    CHECK_FALSE(unreachable("[\"level is leak\", \"ignition has flame\", \"ignition has sparks\"]")
    );
    CHECK_FALSE(unreachable("\"register.walking is held\""));

    // A level below the floor.
    const std::string low = test::with(
        test::with(test::gas_leak_file(), "floor = \"smell\"", "floor = \"leak\""),
        opens,
        "opens = \"level is smell\""
    );
    CHECK(
        test::words(test::load_text(low).faults).find("shut_valve can never open") !=
        std::string::npos
    );

    // Two duties that only open each other.
    const std::string circle = test::with(
        test::with(test::gas_leak_file(), opens, "opens = \"duty.permission is done\""),
        "opens = \"level is leak\"",
        "opens = \"duty.shut_valve is done\""
    );
    const std::string found = test::words(test::load_text(circle).faults);
    CHECK(found.find("duty.shut_valve can never open") != std::string::npos);
    CHECK(found.find("duty.permission can never open") != std::string::npos);
}

TEST_CASE("protocol: a duty of life that can fall silent is found", "[config][protocol]")
{
    const Slip slips[] = {
        {"no forever",
         "forever = { every = { blast = \"2m\"",
         "#forever = { every = { blast = \"2m\"",
         "falls silent after its last rung",
         "[duty.shut_valve]"},
        {"repeats too rarely",
         "every = { blast = \"2m\", leak = \"8m\" }",
         "every = { blast = \"3m\", leak = \"8m\" }",
         "silent between its repeats",
         "blast = \"3m\""},
        {"a gap between rungs",
         "{ after = \"4m\", to = [\"foreman\"]",
         "{ after = \"12m\", to = [\"foreman\"]",
         "silent before this rung",
         "after = \"12m\""},
        {"a late first rung",
         "{ after = \"0s\", to = [\"fitter\"], text = \"go\", again = { after = [\"2m\"], by = "
         "[\"siren\"] } },\n  { after = \"4m\"",
         "{ after = \"11m\", to = [\"fitter\"], text = \"go\" },\n  { after = \"12m\"",
         "silent before its first rung",
         "leak = ["},
        {"a rung that may be skipped",
         "{ after = \"60s\", to",
         "{ after = \"2m\", when = \"window.day_shift is yes\", to",
         "silent before its first repeat",
         "forever = { every = { blast"},
        {"handed back late",
         "lapses = \"2m\"\nlapses_max = 2",
         "lapses = \"6m\"\nlapses_max = 2",
         "silent before it is handed back",
         "ladder = [{ after = \"due\""},
    };
    for (const Slip& slip : slips) finds(test::gas_leak_file(), slip);
}

TEST_CASE("protocol: ladders that do not match up between levels are found", "[config][protocol]")
{
    finds(
        test::gas_leak_file(),
        {"fewer rungs at the higher level",
         "  { after = \"60s\", to = [\"plant_manager\"], text = \"go\" },\n",
         "",
         "has 1 rungs at level \"blast\" and 2 at \"leak\"",
         "blast = ["}
    );
}

TEST_CASE("protocol: a text that says too much or too little is found", "[config][protocol]")
{
    const Slip slips[] = {
        {"unknown variable",
         "{{code}}: clear",
         "{{codes}}: clear",
         "knows no variable {{codes}}",
         "{{codes}}"},
        {"a section", "{{code}}: clear", "{{#code}}: clear", "is no variable", "{{#code}}"},
        {"left open",
         "{{code}}: clear the halls. 1 coming 2 busy",
         "{{code: clear",
         "is no variable",
         "{{code: clear"},
        {"no signature",
         "【Plant】{{code}}: please",
         "{{code}}: please",
         "has no signature",
         "{{code}}: please"},
        {"too long",
         "is now {{level}}.",
         "is now {{level}}, so everybody please look up and leave by the nearest door.",
         "characters at its longest",
         "nearest door"},
        {"an answer nobody takes",
         "keys = { 1 = \"coming\", 2 = \"busy\" }",
         "keys = { 1 = \"coming\", 2 = \"undo\" }",
         "which this duty does not take",
         "{ after = \"0s\", to = [\"slot.role\"]"},
    };
    for (const Slip& slip : slips) finds(test::gas_leak_file(), slip);
}

TEST_CASE("protocol: parts that do not belong together are found", "[config][protocol]")
{
    const Slip slips[] = {
        {"persons of no register",
         "of = \"walking\"\n",
         "",
         "but not of which register",
         "[duty.walk]"},
        {"self without a person",
         "to = [\"fitter\"]",
         "to = [\"self\"]",
         "\"self\" is nobody here",
         "to = [\"self\"]"},
        {"a slot without entries",
         "to = [\"fitter\"]",
         "to = [\"slot.role\"]",
         "there are no slots here",
         "to = [\"slot.role\"]"},
        {"due without due",
         "due = [{ role = \"fitter\", within = \"4m\" }, { within = \"10m\" }]\n",
         "",
         "a due instant it does not have",
         "[duty.walk]"},
        {"stands in for itself",
         "[role.foreman]\nlabel = \"Foreman\"",
         "[role.foreman]\nlabel = \"Foreman\"\nelse = [\"fitter\"]",
         "in a circle",
         "[role.fitter]"},
        {"nobody at last",
         "last_resort = [\"plant_manager\", \"gatekeeper\"]",
         "last_resort = []",
         "the last resort is nobody",
         "last_resort"},
        {"review for ever",
         "on_lapse = \"open\"",
         "on_lapse = \"list\"",
         "would wait for ever",
         "review ="},
        {"a quieter level",
         "name = \"blast\"\nlabel = \"Blast\"\nmax_silence = \"2m\"\nchannels = [\"pager\", "
         "\"siren\"]",
         "name = \"blast\"\nlabel = \"Blast\"\nmax_silence = \"2m\"\nchannels = [\"siren\"]",
         "lacks the channel \"pager\"",
         "name = \"blast\""},
        {"a late first phase",
         "label = \"Calling\"\nwhen = \"always\"",
         "label = \"Calling\"\nwhen = \"level is blast\"",
         "first phase must hold always",
         "name = \"calling\""},
    };
    for (const Slip& slip : slips) {
        const std::string text = test::with(test::gas_leak_file(), slip.from, slip.to);
        const LoadedProtocol loaded = test::load_text(text);
        INFO(slip.kind << "\n" << test::words(loaded.faults));
        CHECK(loaded.protocol == nullptr);
        CHECK(test::words(loaded.faults).find(slip.what) != std::string::npos);
    }
    const std::string endless = test::with(
        test::with(
            test::gas_leak_file(),
            "answers = { roger = \"satisfy\" }",
            "answers = { roger = \"note\" }"
        ),
        "text = \"may_we\" }]\nlapses = \"3m\"",
        "text = \"may_we\" }]"
    );
    CHECK(
        test::words(test::load_text(endless).faults).find("duty.permission can never be done") !=
        std::string::npos
    );
}

TEST_CASE("protocol: all faults are reported at once, by line", "[config][protocol]")
{
    std::string text = test::with(test::gas_leak_file(), "floor = \"smell\"", "floor = \"smel\"");
    text = test::with(text, "kind = \"set\"", "kind = \"bag\"");
    text = test::with(text, "lapses = \"2m\"", "lapses = \"soon\"");
    text = test::with(text, "signers = [\"foreman|fitter\", ", "signers = [");
    const LoadedProtocol loaded = test::load_text(text);
    INFO(test::words(loaded.faults));
    for (const char* what : {"\"smel\"", "\"bag\"", "no span", "two different signers"})
        CHECK(test::words(loaded.faults).find(what) != std::string::npos);
    CHECK(std::is_sorted(
        loaded.faults.begin(),
        loaded.faults.end(),
        [](const Fault& a, const Fault& b) { return a.line < b.line; }
    ));
    CHECK(loaded.faults.size() < 20);
}

TEST_CASE(
    "protocol: one that was adopted once is still read when checks have become stricter",
    "[config][protocol]"
)
{
    const std::string text =
        test::with(test::gas_leak_file(), "signers = [\"foreman|fitter\", ", "signers = [");
    CHECK(test::load_text(text).protocol == nullptr);
    ProtocolOptions options = test::protocol_options();
    options.adopted = true;
    const LoadedProtocol loaded = load_protocol_text(text, "journal", options);
    REQUIRE(loaded.protocol != nullptr);
    CHECK(loaded.protocol->ends.begin()->second.signers.size() == 1);
    CHECK_FALSE(loaded.faults.empty());
    CHECK(load_protocol_text("= nonsense", "journal", options).protocol == nullptr);
}
