#pragma once

#include "escalation/event.hpp"

#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

// Events as text, every field that a decision computed: what a failing test shows, and what two
// runs are compared by.
namespace shouwang::test {

class EventPrinter {
public:
    explicit EventPrinter(std::ostringstream& out) : out_(out) {}

    void operator()(const escalation::Reported& e)
    {
        line("reported", e.at, e.code, e.year, e.number, e.via, e.protocol, e.directory);
        line(" at", e.place.campus, e.place.building, e.place.label, e.place.detail);
        for (const auto& s : e.subjects)
            line(" of", s.id, s.student, s.class_unit, s.college, s.building, s.kind, s.minor);
    }
    void operator()(const escalation::Opened& e) { line("opened", e.at, e.because, e.level); }
    void operator()(const escalation::Dismissed& e) { line("dismissed", e.at, e.reason); }
    void operator()(const escalation::Attached& e) { line("attached", e.at, e.into, e.via); }
    void operator()(const escalation::FactsSet& e)
    {
        line("facts", e.at, e.subject, e.source, e.known_at);
        for (const auto& [name, value] : e.facts) line(" ", name, value);
    }
    void operator()(const escalation::RulesChanged& e) { line("rules", e.at, e.holding); }
    void operator()(const escalation::LevelRaised& e)
    {
        line("raised", e.at, e.from, e.to, e.because);
    }
    void operator()(const escalation::DutyOpened& e)
    {
        line("opens", e.at, e.duty, e.life, e.level, e.clock_start, e.due, e.lapses_at, e.parent);
        rungs(e.rungs);
    }
    void operator()(const escalation::DutyRaised& e)
    {
        line("duty raised", e.at, e.duty, e.level, e.lapses_at);
        rungs(e.rungs);
        for (const auto& [staff, attempts] : e.attempts) line(" again", staff, attempts);
    }
    void operator()(const escalation::RungReached& e)
    {
        line("rung", e.at, e.duty, e.rung, e.because, e.late_by, e.skipped, e.empty);
    }
    void operator()(const escalation::RepeatReached& e)
    {
        line("repeat", e.at, e.duty, e.repeat, e.next, e.late_by);
    }
    void operator()(const escalation::RepeatArmed& e) { line("armed", e.at, e.duty, e.next); }
    void operator()(const escalation::Asked& e)
    {
        line("asked", e.at, e.duty, e.staff, e.role, e.rung, e.text, e.reason);
        line(" again", e.attempts, e.attempts_by);
    }
    void operator()(const escalation::Paged& e)
    {
        line("paged", e.at, e.page, e.staff, e.role, e.inform, e.text, e.level, e.rung, e.repeat);
        line(" by", e.channels, e.reason, e.late_by);
        for (const auto& ask : e.asks) line(" asks", ask.duty, ask.attempt);
    }
    void operator()(const escalation::Answered& e)
    {
        line("answered", e.at, e.duty, e.staff, e.answer, e.eta, e.satisfies, e.cannot, e.late);
    }
    void operator()(const escalation::DutyDone& e) { line("done", e.at, e.duty, e.by, e.decided); }
    void operator()(const escalation::DutyReopened& e) { line("reopened", e.at, e.duty, e.by); }
    void operator()(const escalation::DutyRenewed& e)
    {
        line("renewed", e.at, e.duty, e.due, e.lapses_at);
        rungs(e.rungs);
    }
    void operator()(const escalation::DutyLapsed& e)
    {
        line("lapsed", e.at, e.duty, e.final, e.lapses_at);
    }
    void operator()(const escalation::DutyMoot& e) { line("moot", e.at, e.duty); }
    void operator()(const escalation::RegisterEntered& e)
    {
        line("enters", e.at, e.name, e.staff, e.role);
    }
    void operator()(const escalation::RegisterLeft& e) { line("leaves", e.at, e.name, e.staff); }
    void operator()(const escalation::HoleFound& e) { line("hole", e.at, e.role, e.unit); }
    void operator()(const escalation::Recorded& e) { line("recorded", e.at, e.duty); }
    void operator()(const escalation::CheckArmed& e)
    {
        line("check", e.at, e.check_at, e.turns_at);
    }
    void operator()(const escalation::EndSigned& e) { line("signed", e.at, e.end, e.staff); }
    void operator()(const escalation::Ended& e)
    {
        line("ended", e.at, e.end, e.outcome, e.subject);
    }
    void operator()(const escalation::DutyWaived& e) { line("waived", e.at, e.duty, e.staff); }
    void operator()(const escalation::LevelLowered& e) { line("lowered", e.at, e.from, e.to); }
    void operator()(const escalation::SubjectAdded& e) { subject("adds", e.at, e.subject); }
    void operator()(const escalation::SubjectIdentified& e)
    {
        subject(e.corrected ? "corrects" : "identifies", e.at, e.subject);
    }
    void operator()(const escalation::SubjectClosed& e)
    {
        line("lane closed", e.at, e.subject, e.end);
    }
    void operator()(const escalation::PlaceSet& e)
    {
        line("place", e.at, e.place.campus, e.place.building, e.place.label);
    }
    void operator()(const escalation::Noted& e) { line("noted", e.at); }
    void operator()(const escalation::Reopened& e) { line("reopens", e.at, e.cycle, e.level); }
    void operator()(const escalation::ProtocolSwitched& e) { line("switched", e.at, e.from, e.to); }
    void operator()(const escalation::Suggested& e) { line("suggested", e.at, e.with, e.because); }
    void operator()(const escalation::SuggestionDropped& e) { line("two", e.at, e.with); }
    void operator()(const escalation::DrillPaused& e)
    {
        line("paused", e.at, e.because_of, e.paused);
    }
    void operator()(const escalation::Merged& e)
    {
        line("merged", e.at, e.into, e.brought);
        for (const auto& duty : e.duties) line(" duty", duty.was, duty.is);
        for (const auto& [was, is] : e.subjects) line(" subject", was, is);
    }
    void operator()(const escalation::SplitOff& e) { line("split off", e.at, e.from); }
    void operator()(const escalation::DutyCarried& e)
    {
        line("carried", e.at, e.from, e.was, e.as.key, e.as.state, e.as.clock_start);
        rungs(e.as.rungs);
        for (const auto& ask : e.asks) line(" ask", ask.staff, ask.answer, ask.attempts);
    }
    void operator()(const escalation::SendStarted& e)
    {
        line("sending", e.at, e.page, e.channel, e.address, e.attempt, e.possible_repeat);
    }
    void operator()(const escalation::SendFinished& e)
    {
        line("sent", e.at, e.page, e.channel, e.state, e.detail);
    }
    void operator()(const escalation::ChannelAdded& e)
    {
        line("channel", e.at, e.page, e.channel, e.because);
    }
    void operator()(const escalation::Unreachable& e) { line("unreachable", e.at, e.staff); }
    void operator()(const escalation::Adopted& e) { line("adopted", e.at, e.what, e.hash); }

private:
    void subject(const char* what, escalation::Instant at, const escalation::Subject& s)
    {
        line(what, at, s.id, s.student, s.class_unit, s.college, s.building, s.kind, s.minor);
    }
    void line(const char* what, const auto&... fields)
    {
        out_ << what;
        (put(fields), ...);
        out_ << '\n';
    }
    void rungs(const std::vector<escalation::RungState>& states)
    {
        for (const auto& state : states) line(" rung", state.level, state.due, state.reached);
    }
    void put(const std::string& text) { out_ << ' ' << (text.empty() ? "-" : text); }
    void put(const escalation::DutyKey& key) { put(key.text()); }
    template <class Tag>
    void put(const escalation::Name<Tag>& name)
    {
        put(name.text());
    }
    void put(escalation::Instant at) { out_ << ' ' << at.time_since_epoch().count(); }
    void put(escalation::Span span) { out_ << ' ' << span.count() << "ms"; }
    template <class T>
    void put(const std::optional<T>& value)
    {
        if (value)
            put(*value);
        else
            put(std::string());
    }
    template <class T>
    void put(const std::vector<T>& values)
    {
        out_ << " [";
        for (const T& value : values) put(value);
        out_ << " ]";
    }
    template <class T>
    void put(const std::set<T>& values)
    {
        put(std::vector<T>(values.begin(), values.end()));
    }
    template <class T>
    requires std::is_arithmetic_v<T>
    void put(T number) { out_ << ' ' << number; }
    template <class T>
    requires std::is_enum_v<T>
    void put(T word) { out_ << ' ' << static_cast<int>(word); }

    std::ostringstream& out_;
};

inline std::string print(const std::vector<escalation::Event>& events)
{
    std::ostringstream out;
    EventPrinter printer(out);
    for (const escalation::Event& event : events) std::visit(printer, event);
    return out.str();
}

}  // namespace shouwang::test
