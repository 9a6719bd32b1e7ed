#pragma once

#include "escalation/decide.hpp"
#include "tests/support/event_print.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// Drives the pure core by hand: commands at instants, time from deadline to deadline. After every
// step it holds the core to what must always be true: the journal replayed from nothing is the
// state, a Tick leaves nothing due, a refused command leaves no trace, nobody is told more than
// once in a page.
namespace shouwang::test {

class BoardDriver {
public:
    BoardDriver(
        escalation::Protocol protocol, escalation::Directory directory, escalation::Instant start
    )
        : directory_(std::move(directory)), now_(start)
    {
        rules_.current = protocol.hash;
        rules_.protocols[rules_.current] =
            std::make_shared<const escalation::Protocol>(std::move(protocol));
    }

    [[nodiscard]] escalation::Instant now() const { return now_; }
    [[nodiscard]] const escalation::Protocol& protocol() const { return rules_.in_force(); }
    [[nodiscard]] const escalation::Directory& directory() const { return directory_; }
    [[nodiscard]] const escalation::Board& board() const { return board_; }
    [[nodiscard]] const std::vector<escalation::Event>& journal() const { return journal_; }
    [[nodiscard]] const escalation::Incident& incident(const char* id = "i1") const
    {
        return board_.incidents.at(escalation::IncidentId(id));
    }
    [[nodiscard]] const escalation::DutyInstance& duty(const std::string& key) const
    {
        const auto parsed = escalation::DutyKey::parse(key);
        REQUIRE(parsed);
        INFO("duty " << key);
        REQUIRE(incident().duties.contains(*parsed));
        return incident().duties.at(*parsed);
    }

    // A command that must be taken. Returns its events.
    std::vector<escalation::Event> feed(const escalation::Command& command)
    {
        const auto decision = decide(rules_, directory_, board_, command, now_);
        if (const auto* refusal = std::get_if<escalation::Refusal>(&decision))
            FAIL("refused: " << codes(*refusal));
        const auto& events = std::get<std::vector<escalation::Event>>(decision);
        fold(events);
        return events;
    }
    // A command that must be refused. Returns the codes of everything it is refused for.
    std::string refused(const escalation::Command& command)
    {
        const auto before = board_;
        const auto decision = decide(rules_, directory_, board_, command, now_);
        CHECK(board_ == before);
        if (const auto* events = std::get_if<std::vector<escalation::Event>>(&decision))
            FAIL("taken:\n" << print(*events));
        return codes(std::get<escalation::Refusal>(decision));
    }

    // Time runs on, and everything due on the way happens at its own instant.
    std::vector<escalation::Event> run_until(escalation::Instant until)
    {
        std::vector<escalation::Event> out;
        while (const auto due = board_.deadline()) {
            if (*due > until) break;
            if (*due > now_) now_ = *due;
            append(out, tick());
        }
        now_ = until;
        return out;
    }
    std::vector<escalation::Event> run(escalation::Span span) { return run_until(now_ + span); }
    // The daemon was down: time runs on and nothing happens until it is back.
    std::vector<escalation::Event> sleep_until(escalation::Instant until)
    {
        now_ = until;
        return tick();
    }
    // Time passes, and whoever comes next is heard before the deadlines of that instant.
    void wait_until(escalation::Instant until) { now_ = until; }

    // Takes Tick until nothing is due. A tick that leaves its deadline standing would never end.
    std::vector<escalation::Event> tick()
    {
        std::vector<escalation::Event> out;
        for (unsigned round = 0; board_.deadline() && *board_.deadline() <= now_; ++round) {
            const auto before = *board_.deadline();
            const auto events = feed(escalation::Tick{});
            INFO("due " << before.time_since_epoch().count() << "\n" << print(events));
            REQUIRE_FALSE(events.empty());
            REQUIRE(round < 64);
            append(out, events);
        }
        return out;
    }

    // The directory is replaced as a whole, as a new roster would be.
    void adopt(escalation::Directory directory) { directory_ = std::move(directory); }

    // A further protocol that an incident may be switched to.
    void know(escalation::Protocol protocol)
    {
        const std::string hash = protocol.hash;
        rules_.protocols[hash] = std::make_shared<const escalation::Protocol>(std::move(protocol));
    }

    // Commands on the incident "i1", in short.
    std::vector<escalation::Event> open(
        std::map<escalation::FactName, escalation::FactValue> facts = {},
        const std::vector<const char*>& students = {"st-1"},
        const char* via = "desk"
    )
    {
        return feed(report("i1", std::move(facts), students, via));
    }
    static escalation::Report report(
        const char* id,
        std::map<escalation::FactName, escalation::FactValue> facts = {},
        const std::vector<const char*>& students = {"st-1"},
        const char* via = "desk"
    )
    {
        escalation::Report out;
        out.id = escalation::IncidentId(id);
        out.via = via;
        out.callback = "199-0000-0001";
        out.facts = std::move(facts);
        for (const char* student : students)
            out.subjects.push_back({escalation::StudentId(student), {}, {}});
        return out;
    }
    static escalation::Answer answer(const char* staff, const char* word, const char* ask = "")
    {
        escalation::Answer out;
        out.incident = escalation::IncidentId("i1");
        out.staff = escalation::StaffId(staff);
        out.word = escalation::Word(word);
        if (*ask != '\0') out.ask = escalation::DutyKey::parse(ask);
        out.via = "handset";
        return out;
    }
    std::vector<escalation::Event> say(const char* staff, const char* word, const char* ask = "")
    {
        return feed(answer(staff, word, ask));
    }
    static escalation::SetFacts facts(
        std::map<escalation::FactName, escalation::FactValue> values, const char* subject = ""
    )
    {
        escalation::SetFacts out;
        out.incident = escalation::IncidentId("i1");
        out.subject = escalation::SubjectId(subject);
        out.facts = std::move(values);
        out.source = "desk";
        return out;
    }
    std::vector<escalation::Event> set(
        const char* name, const char* value, const char* subject = ""
    )
    {
        return feed(facts({{escalation::FactName(name), {value}}}, subject));
    }

private:
    static void append(
        std::vector<escalation::Event>& to, const std::vector<escalation::Event>& more
    )
    {
        to.insert(to.end(), more.begin(), more.end());
    }
    static std::string codes(const escalation::Refusal& refusal)
    {
        std::string out;
        for (const auto& missing : refusal.missing) out += (out.empty() ? "" : " ") + missing.code;
        return out;
    }
    void fold(const std::vector<escalation::Event>& events)
    {
        std::set<std::pair<escalation::IncidentId, escalation::StaffId>> asked;
        for (const escalation::Event& event : events) {
            evolve(board_, event);
            journal_.push_back(event);
            const auto* page = std::get_if<escalation::Paged>(&event);
            if (page != nullptr && !page->asks.empty())
                CHECK(asked.insert({page->incident, page->staff}).second);
        }
        escalation::Board replayed;
        for (const escalation::Event& event : journal_) evolve(replayed, event);
        REQUIRE(replayed == board_);
    }

    escalation::Rules rules_;
    escalation::Directory directory_;
    escalation::Board board_;
    std::vector<escalation::Event> journal_;
    escalation::Instant now_;
};

// Of one kind, out of many.
template <class T>
std::vector<T> only(const std::vector<escalation::Event>& events)
{
    std::vector<T> out;
    for (const escalation::Event& event : events)
        if (const T* wanted = std::get_if<T>(&event)) out.push_back(*wanted);
    return out;
}

// Who is asked something by these events, in order of their pages: "crew-1 crew-2".
inline std::string paged(const std::vector<escalation::Event>& events)
{
    std::string out;
    for (const auto& page : only<escalation::Paged>(events))
        if (!page.asks.empty()) out += (out.empty() ? "" : " ") + page.staff.text();
    return out;
}

// Who is told something without being asked.
inline std::string informed(const std::vector<escalation::Event>& events)
{
    std::string out;
    for (const auto& page : only<escalation::Paged>(events))
        if (page.asks.empty())
            out += (out.empty() ? "" : " ") + page.staff.text() + ":" + page.text.text();
    return out;
}

}  // namespace shouwang::test
