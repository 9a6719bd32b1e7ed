#pragma once

#include "escalation/decide.hpp"
#include "escalation/evaluate.hpp"
#include "escalation/resolve.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Internal to escalation/: the work of one command on one incident. Events are folded into a copy
// as they are decided, so each later thought sees what the earlier ones changed.
namespace shouwang::escalation {

// What one person will be told at the end of the step: all of it in one page.
struct PendingPage {
    RoleName role;
    std::string reason;
    std::set<AskRef> asks;
    TextCode text;
    std::size_t text_rank = 0;  // position of the leading duty in the protocol
    unsigned rung = 0;
    unsigned repeat = 0;
    std::set<ChannelName> channels;
    Span late_by{};
};

class Step {
public:
    // `before` is what edges compare with; it must outlive the step.
    Step(
        const Protocol& protocol,
        const Directory& directory,
        const Incident& before,
        Instant now,
        std::vector<Event>& events
    )
        : protocol_(protocol),
          directory_(directory),
          before_(before),
          incident_(before),
          now_(now),
          events_(events)
    {}

    [[nodiscard]] const Protocol& protocol() const noexcept { return protocol_; }
    [[nodiscard]] const Directory& directory() const noexcept { return directory_; }
    [[nodiscard]] const Incident& incident() const noexcept { return incident_; }
    [[nodiscard]] const Incident& before() const noexcept { return before_; }
    [[nodiscard]] Instant now() const noexcept { return now_; }

    void emit(Event event);
    [[nodiscard]] View view() const;
    // The view a duty's conditions are judged by: its subject's lane, its person.
    [[nodiscard]] View view_of(const Duty& duty, const std::string& scope) const;
    [[nodiscard]] const Duty* definition(const DutyName& name) const;
    [[nodiscard]] const Each* entry_of(const Duty& duty, const std::string& scope) const;

    // People of several targets, nobody twice; holes are journaled and told on.
    [[nodiscard]] std::vector<Person> people_of(
        const std::vector<Target>& targets, const Duty* duty, const std::string& scope
    );

    // Puts an ask into the page its person gets at the end of the step.
    void page(
        const Person& person,
        const AskRef& ask,
        const TextCode& text,
        const std::vector<ChannelName>& channels,
        unsigned rung,
        unsigned repeat,
        Span late_by
    );
    // A message without an ask; dropped for whoever is paged in this step anyway.
    void inform(
        const Person& person,
        const InformName& inform,
        const TextCode& text,
        const std::vector<ChannelName>& channels
    );
    // Turns what was put together into `Paged` events.
    void flush_pages();

    // Renewals happen once in a step, however often it is settled.
    [[nodiscard]] bool renew_once(const DutyName& name, const std::string& scope);
    // Whoever did the newest instance of that duty that is done: of the same subject, where both
    // are about subjects. Empty when nobody has, or circumstances did.
    [[nodiscard]] StaffId doer_of(const DutyName& name, const Duty* duty, const std::string& scope)
        const;

private:
    struct PendingInform {
        Person person;
        InformName inform;
        TextCode text;
        std::vector<ChannelName> channels;
    };

    void find_hole(const Hole& hole);
    [[nodiscard]] PageId next_page_id() const;
    void add_open_asks(const StaffId& staff, std::set<AskRef>& asks) const;

    const Protocol& protocol_;
    const Directory& directory_;
    const Incident& before_;
    Incident incident_;
    Instant now_;
    std::vector<Event>& events_;
    std::map<StaffId, PendingPage> pages_;
    std::vector<PendingInform> informs_;
    std::set<std::pair<DutyName, std::string>> renewed_;
};

// Everything that follows from the present facts and the present instant: levels, duties, rungs,
// repeats, lapses, informs. Ends with the pages of the whole step.
void settle(Step& step);

// levels.cpp. Both return whether anything changed.
bool settle_rules(Step& step);
bool settle_level(Step& step);
// To a worse level: every open duty hurries, everybody asked so far is told.
void raise_to(Step& step, const LevelName& to, std::vector<RuleName> because);
// Ends what is of the last cycle and begins the next.
void begin_cycle(Step& step, const LevelName& level, const std::string& reason, const Actor& by);
[[nodiscard]] LevelName level_by_rules(const Step& step, const LevelName& at_least);

// duties.cpp
bool settle_duties(Step& step);
void settle_informs(Step& step);
void settle_check(Step& step);
// True while somebody's answer still satisfies the duty: given, not taken back, not lapsed.
[[nodiscard]] bool anybody_satisfies(const Step& step, const DutyInstance& duty);
// Takes a done duty up again where it stands, unless somebody else still satisfies it. `who` took
// their answer back, or did not come.
void reopen_unless_satisfied(Step& step, const DutyKey& key, const StaffId& who);

// ladder.cpp
bool climb(Step& step);
// Whoever came into a register that a rung names after that rung was reached is asked now.
bool ask_who_joined(Step& step);
// The next rung, or when there is none and everybody asked has declined, the next repeat: now.
void go_on_at_once(Step& step, const DutyKey& key, RungBecause because);
// A level rise: earlier rungs, missing first people, a word to those already asked.
void raise_duty(Step& step, const DutyKey& key);
[[nodiscard]] std::vector<RungState> rungs_for(
    const Duty& duty, const LevelName& level, Instant clock_start, std::optional<Instant> due
);
[[nodiscard]] bool everybody_declined(const DutyInstance& duty);
// How long until the next repeat of this duty, as things stand. Requires: it repeats.
[[nodiscard]] Span repeats_every(const Step& step, const Duty& duty, const DutyKey& key);

// answers.cpp
// May this person answer or record the duty? Whoever was asked may, whoever it is about, and whom
// the protocol names besides.
[[nodiscard]] bool may_speak_to(
    const Step& step, const DutyInstance& instance, const StaffId& staff
);
[[nodiscard]] std::optional<Refusal> answer(Step& step, const Answer& command);
// Tells everybody who was ever asked anything in `incident` this much.
void tell_asked(Step& step, const Incident& incident, const TextCode& text);
// What limits the roles of a duty of this scope, as resolve() takes it.
[[nodiscard]] std::string role_scope(const Duty& duty, const std::string& scope);
// Is this person one of these, for this incident, now? With a duty: for that instance of it.
[[nodiscard]] bool is_one_of(
    const Step& step,
    const std::vector<Target>& targets,
    const StaffId& staff,
    const Duty* duty,
    const std::string& scope
);
// What stands in the way of a record, or of an answer with fields, in the duty's own words.
[[nodiscard]] std::vector<Missing> refused_by(
    const Step& step,
    const Duty& duty,
    const DutyKey& key,
    const std::map<std::string, std::string>& fields
);
[[nodiscard]] bool in_register(
    const Incident& incident, const RegisterName& name, const StaffId& staff
);
// Where somebody stands in the register's ranking, best 0; nullopt when they may not enter.
[[nodiscard]] std::optional<std::size_t> rank_in(
    const Step& step, const Register& rules, const StaffId& staff, const RoleName& role
);

// reports.cpp
void open_incident(Step& step, OpenedBecause because, const Actor& by, const LevelName& at_least);

}  // namespace shouwang::escalation
