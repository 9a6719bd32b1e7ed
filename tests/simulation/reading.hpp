#pragma once

#include "tests/simulation/oracle.hpp"

#include <map>
#include <set>
#include <vector>

namespace shouwang::test {

// The oracle's look at the part of one batch that speaks of one incident: what may follow from
// the command, and what must.
class Reading {
public:
    Reading(
        Oracle& oracle,
        Oracle::SeenIncident& incident,
        const escalation::Incident& after,
        const escalation::Command& command,
        escalation::Instant now
    );

    void read(const escalation::Event& event);
    // Whatever had to follow has followed.
    void finish();

    void operator()(const escalation::Reported& e);
    void operator()(const escalation::Opened& e);
    void operator()(const escalation::Dismissed& e);
    void operator()(const escalation::Attached& e);
    void operator()(const escalation::FactsSet& e);
    void operator()(const escalation::RulesChanged&) {}
    void operator()(const escalation::LevelRaised& e);
    void operator()(const escalation::DutyOpened& e);
    void operator()(const escalation::DutyRaised& e);
    void operator()(const escalation::RungReached& e);
    void operator()(const escalation::RepeatReached& e);
    void operator()(const escalation::RepeatArmed& e);
    void operator()(const escalation::Asked& e);
    void operator()(const escalation::Paged& e);
    void operator()(const escalation::Answered& e);
    void operator()(const escalation::DutyDone& e);
    void operator()(const escalation::DutyReopened& e);
    void operator()(const escalation::DutyRenewed& e);
    void operator()(const escalation::DutyLapsed& e);
    void operator()(const escalation::DutyMoot& e);
    void operator()(const escalation::DutyWaived& e);
    void operator()(const escalation::LevelLowered& e);
    void operator()(const escalation::SubjectAdded&) { news_of_subjects_ = true; }
    void operator()(const escalation::SubjectIdentified& e);
    void operator()(const escalation::SubjectClosed&) {}
    void operator()(const escalation::PlaceSet&) {}
    void operator()(const escalation::Noted&) {}
    void operator()(const escalation::Reopened& e);
    void operator()(const escalation::ProtocolSwitched& e);
    void operator()(const escalation::Suggested& e);
    void operator()(const escalation::SuggestionDropped&) {}
    void operator()(const escalation::DrillPaused& e);
    void operator()(const escalation::Merged& e);
    void operator()(const escalation::SplitOff& e);
    void operator()(const escalation::DutyCarried& e);
    void operator()(const escalation::RegisterEntered& e);
    void operator()(const escalation::RegisterLeft& e);
    void operator()(const escalation::HoleFound& e);
    void operator()(const escalation::Recorded& e);
    void operator()(const escalation::CheckArmed&) {}
    void operator()(const escalation::EndSigned& e);
    void operator()(const escalation::Ended& e);
    void operator()(const escalation::SendStarted&) {}
    void operator()(const escalation::SendFinished&) {}
    void operator()(const escalation::ChannelAdded&) {}
    void operator()(const escalation::Unreachable& e);
    void operator()(const escalation::Adopted&) {}

private:
    // A rung reached in this batch, and whom it brought.
    struct Climbed {
        escalation::DutyKey duty;
        unsigned rung = 0;
        bool skipped = false;
        bool empty = false;
        std::size_t asked = 0;
        bool somebody_counts = false;  // already, when it was reached
        bool followed = false;         // by the next one, or by a repeat
    };

    Oracle::SeenDuty& duty(const escalation::DutyKey& key, const char* doing);
    [[nodiscard]] const escalation::Protocol& protocol() const { return *incident_.protocol; }
    [[nodiscard]] const escalation::Ladder& ladder(
        const Oracle::SeenDuty& duty, const escalation::LevelName& level
    ) const;
    [[nodiscard]] std::vector<escalation::RungState> rungs(
        const escalation::Duty& rule,
        const escalation::LevelName& level,
        escalation::Instant start,
        std::optional<escalation::Instant> due
    ) const;
    [[nodiscard]] std::optional<escalation::Effect> effect_of(
        const escalation::Duty& rule, const escalation::DutyKey& key, const escalation::Word& word
    ) const;
    [[nodiscard]] bool entitled(
        const Oracle::SeenDuty& duty,
        const escalation::DutyKey& key,
        const escalation::StaffId& staff
    ) const;
    // Whether the present level asks by this rung at once.
    [[nodiscard]] bool first_asked_by(const Oracle::SeenDuty& duty, unsigned rung) const;
    // What the protocol allows between two repeats at this moment.
    [[nodiscard]] std::set<escalation::Span> paces(const escalation::Forever& forever) const;
    [[nodiscard]] bool is_last_resort(const escalation::StaffId& staff) const;
    void read_ask_of_page(const escalation::Paged& e, const escalation::AskRef& ref);
    void finish_answers();
    void finish_failures();
    void finish_climbs();
    void finish_raise();
    void finish_worse();

    Oracle& oracle_;
    Oracle::SeenIncident& incident_;
    const escalation::Incident& after_;
    const escalation::Command& command_;
    escalation::Instant now_;
    std::size_t count_ = 0;
    bool live_before_ = false;
    bool raised_ = false;
    bool switched_ = false;
    bool worsened_ = false;          // a fact of somebody moved towards its bad end
    bool news_of_subjects_ = false;  // who it is about, or where, is not what it was
    bool handed_on_ = false;  // the answer just read goes on to the duty that opened this one
    std::map<escalation::DutyKey, escalation::Answered> answered_;
    std::set<escalation::DutyKey> satisfied_;  // while open, by an answer
    std::set<escalation::DutyKey> declined_;   // by somebody who had not before
    std::set<escalation::DutyKey> reopened_;
    std::set<escalation::DutyKey> recorded_;
    std::set<escalation::DutyKey> went_on_;  // at once: a rung or a repeat out of turn
    std::set<escalation::DutyKey> opened_;
    std::set<escalation::DutyKey> carried_;  // come over from another incident, or back
    std::set<escalation::DutyKey> lapsed_;
    std::set<escalation::StaffId> unreachable_;
    std::set<escalation::DutyKey> left_alone_;  // the last one who might answer is out of reach
    std::set<escalation::StaffId> paged_;
    std::set<std::pair<escalation::DutyKey, escalation::StaffId>> asked_;
    std::set<std::pair<escalation::DutyKey, escalation::StaffId>> told_;
    std::set<escalation::DutyKey> repeated_;
    std::set<escalation::DutyKey> page_asks_;  // of the page just read
    std::set<escalation::DutyKey> closed_by_triage_;
    std::vector<Climbed> climbed_;
};

}  // namespace shouwang::test
