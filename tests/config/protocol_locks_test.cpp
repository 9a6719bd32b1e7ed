// What a protocol may not switch off, and what could never work in one.

#include "tests/config/protocol_slip.hpp"

using namespace shouwang;
using namespace shouwang::config;
using test::finds;
using test::Slip;

TEST_CASE("protocol: what nobody may switch off stays on", "[config][protocol][notice-7][N7.1]")
{
    const Slip slips[] = {
        {"red waits",
         "{ after = \"0s\", to = [\"college_lead\"], text = \"S04\"",
         "{ after = \"10s\", to = [\"college_lead\"], text = \"S04\"",
         "locked: duty.S04 pages people at once at level \"red\"",
         "{ after = \"10s\", to = [\"college_lead\"]"},
        {"red waits for the lead",
         "opens = { any = [\"level is red\", \"duty.S05 is done|lapsed\"] }",
         "opens = \"duty.S05 is done|lapsed\"",
         "locked: duty.S06 opens at once at level \"red\"",
         "opens = \"duty.S05 is done|lapsed\""},
        {"no life duty",
         "class = \"life\"",
         "class = \"task\"",
         "locked: duty.S03 is a duty of life",
         "[duty.S03]"},
        {"one signer",
         "signers = [\"college_lead|college_deputies\", \"center_head|student_affairs_head\"]",
         "signers = [\"center_head|student_affairs_head\"]",
         "locked: end.close needs two different signers (N8.4)",
         "signers = [\"center_head|student_affairs_head\"]"},
        {"a drill asks for the police",
         "dial = \"110\"\nin_drills = false",
         "dial = \"110\"",
         "locked: duty.S13 is never part of a drill (N7.7)",
         "[duty.S13]"},
        {"nobody asks for the fire brigade",
         "dial = \"119\"",
         "dial = \"\"",
         "locked: a duty asks people to decide whether to dial 119 (N7.7)",
         "locks = \"notice\""},
        {"a question nobody can answer",
         "decision = \"d119\"\ndial = \"119\"",
         "dial = \"119\"",
         "locked: duty.S14 is a decision (N7.7)",
         "[duty.S14]"},
        {"done by a level",
         "clause = \"N7.3\"",
         "clause = \"N7.3\"\ndone = \"level is red\"",
         "locked: duty.S03 is done by people at level \"red\"",
         "done = \"level is red\""},
        {"a duty of life put aside",
         "clause = \"N7.3\"",
         "clause = \"N7.3\"\nwaive = { by = [\"hotline\"] }",
         "locked: duty.S03 goes on until people have answered (N7.3)",
         "[duty.S03]"},
        {"an ambulance waived",
         "dial = \"120\"",
         "dial = \"120\"\nwaive = { by = [\"hotline\"] }",
         "locked: duty.S12 is never waived (N7.6)",
         "[duty.S12]"},
        {"the police not needed after all",
         "dial = \"110\"",
         "dial = \"110\"\nmoot = \"located is yes\"",
         "locked: duty.S13 is decided by a person (N7.7)",
         "[duty.S13]"},
        {"waiting for an authorisation",
         "moot = { any = [\"life_danger is yes\", \"injury at_least serious\", ",
         "moot = { any = [\"injury at_least serious\", ",
         "locked: duty.S20 is moot while life is in danger (N7.6)",
         "moot = { any = [\"injury at_least serious\", "},
        {"a long wait for an authorisation",
         "lapses = \"10m\"\non_lapse = \"list\"            # nobody reached",
         "lapses = \"21m\"\non_lapse = \"list\"            # nobody reached",
         "locked: duty.S20 is waited for 20 minutes at the most (N7.6)",
         "[duty.S20]"},
        {"no decision when the family is not reached",
         "\"duty.S20 is done|lapsed\"",
         "\"duty.S20 is done\"",
         "locked: duty.S21 asks for a decision when duty.S20 lapses (N7.6)",
         "opens = { any = [\"duty.S20 is done\""},
        {"a false alarm that nobody looked at",
         "evidence = [\"seen\", \"kind\", \"reason\"]",
         "evidence = [\"kind\", \"reason\"]",
         "locked: end.verified_false says who saw the person, when and where (N7.3)",
         "[end.verified_false]"},
        {"no reason",
         "evidence = [\"reason\"]",
         "evidence = []",
         "locked: end.stand_down needs a reason (N7.8)",
         "[end.stand_down]"},
        {"open duties",
         "duties_ended = true",
         "duties_ended = false",
         "locked: end.close waits until every duty has ended (N8.4)",
         "[end.close]"},
        {"the police dialled",
         "[role.hotline]",
         "[role.police_110]\nlabel = \"报警\"\n\n[role.hotline]",
         "locked: role \"police_110\" is an emergency number (N7.7)",
         "[role.police_110]"},
        {"a name in a message",
         "【守望】红色警情{{code}}",
         "【守望】红色警情{{student_name}}",
         "locked: text.S01 would carry {{student_name}}",
         "{{student_name}}"},
    };
    for (const Slip& slip : slips) finds(test::notice_safe(), slip);
    const auto calm = test::load_text(
        test::with(test::notice_safe(), "fail_open = \"orange\"", "fail_open = \"yellow\"")
    );
    CHECK(test::words(calm.faults).find("opens at least \"orange\"") != std::string::npos);
}

TEST_CASE("protocol: what could never work is found", "[config][protocol]")
{
    const Slip slips[] = {
        {"a signer who is nobody",
         "signers = [\"college_lead|college_deputies\", \"center_head|student_affairs_head\"]",
         "signers = [\"done.S16\", \"center_head|student_affairs_head\"]",
         "is nobody who could sign",
         "signers = [\"done.S16\""},
        {"a word that nobody can say",
         "declined = { needs = [\"reason\"]",
         "declined = { needs = [\"witness\"]",
         "nobody can say \"witness\"",
         "[duty.S13]"},
        {"a role of a duty that is nobody's own",
         "due = [{ within = \"60s\" }]",
         "due = [{ role = [\"hotline\"], within = \"60s\" }]",
         "is nobody's own",
         "due = [{ role = [\"hotline\"]"},
        {"one student taken out, but which",
         "outcome = \"lane\"",
         "outcome = \"lane\"\nper_subject = false",
         "takes one student out and is not signed for one",
         "[end.not_at_risk]"},
        {"a roll-call without end",
         "lapses = \"25m\"",
         "forever = { every = \"5m\" }",
         "is asked by roll-calls",
         "[duty.S51]"},
        {"a register that many are in, for one person",
         "register = \"commander\"",
         "register = \"on_scene\"",
         "duty.S50: \"on_scene\" is held by more than one person",
         "[duty.S50]"},
        {"how grave it is, taken for granted",
         "[fact.life_danger]",
         "[fact.life_danger]\nassumed = [{ value = \"no\", when = \"conscious is yes\" }]",
         "only a list of what a fact of the course is taken to be",
         "assumed = [{ value = \"no\""},
        {"taken to be what it cannot be",
         "assumed = [{ value = \"not_needed\"",
         "assumed = [{ value = \"needless\"",
         "\"needless\" is not one of its values",
         "assumed = [{ value = \"needless\""},
    };
    for (const Slip& slip : slips) finds(test::notice_safe(), slip);
}

TEST_CASE("protocol: what a provider would refuse is found", "[config][protocol]")
{
    finds(
        test::gas_leak_file(),
        {"twice a minute",
         "[\"45s\", \"90s\"]",
         "[\"15s\", \"30s\"]",
         "gets 3 by \"siren\" within one minute at level \"blast\"",
         "[\"15s\", \"30s\"]"}
    );
    finds(
        test::notice_safe(),
        {"six calls an hour",
         "spare = { voice = \"20m\" }",
         "spare = { voice = \"5m\" }",
         "by \"voice\" within one hour",
         "{ after = \"0s\", to = [\"class_teacher\", \"counsellor\"], text = \"S01\""}
    );
}
