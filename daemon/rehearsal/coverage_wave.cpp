#include "daemon/rehearsal/coverage_wave.hpp"

#include "daemon/address.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace shouwang::rehearsal {

using namespace escalation;

namespace {

std::set<ChannelName> channels_in_use(const Protocol& protocol)
{
    std::set<ChannelName> out;
    for (const Level& level : protocol.levels)
        out.insert(level.channels.begin(), level.channels.end());
    const auto add = [&](const Ladder& ladder) {
        for (const Rung& rung : ladder) out.insert(rung.by.begin(), rung.by.end());
    };
    for (const auto& [name, duty] : protocol.duties) {
        add(duty.ladder);
        for (const auto& [level, ladder] : duty.ladders) add(ladder);
    }
    return out;
}

// The role that a target means for this instance; nothing for whoever is in a register, or is the
// person in question: those are no slots of a roster.
std::optional<RoleName> role_of(const Target& target, const Duty& duty, const DutyKey& key)
{
    if (target.kind == Target::Kind::Role) return RoleName(target.name);
    if (target.kind != Target::Kind::Slot) return std::nullopt;
    const auto entry = std::find_if(duty.each.begin(), duty.each.end(), [&](const Each& each) {
        return each.role.text() == key.scope;
    });
    if (entry == duty.each.end()) return std::nullopt;
    const auto slot = entry->slots.find(target.name);
    return slot == entry->slots.end() ? std::nullopt : std::optional(slot->second);
}

}  // namespace

// One incident.
class FirstWave::Play {
public:
    Play(const FirstWave& wave, const StudentId& student, Instant at)
        : wave_(wave), protocol_(wave.protocol_), student_(student), now_(at)
    {}

    WaveResult play()
    {
        const Instant end = now_ + coverage_horizon;
        if (!feed(report())) return std::move(out_);
        while (const auto next = board_.deadline()) {
            if (*next > end) break;
            now_ = std::max(now_, *next);
            if (!feed(Tick{})) break;
        }
        judge_waves();
        return std::move(out_);
    }

private:
    // What the first rung of a duty, and others at its instant, found for one of their targets.
    struct Found {
        RoleName role;
        Resolution resolution;
        Person lost;  // whom it found, but no channel reaches
    };
    struct Wave {
        Instant at{};
        std::vector<Found> found;
        bool anybody = false;
    };

    [[nodiscard]] Command report() const
    {
        Report report;
        report.id = IncidentId("coverage");
        if (!protocol_.trusted.empty()) report.via = *protocol_.trusted.begin();
        report.by.account = "coverage";
        SubjectReport subject;
        subject.student = student_;
        report.subjects.push_back(std::move(subject));
        report.facts = wave_.question_.facts;
        return report;
    }

    bool feed(const Command& command)
    {
        const Decision decision = decide(wave_.rules_, wave_.directory_, board_, command, now_);
        if (const auto* refusal = std::get_if<Refusal>(&decision)) {
            out_.refused = refusal->missing;
            return false;
        }
        const auto& events = std::get<std::vector<Event>>(decision);
        for (const Event& event : events) {
            evolve(board_, event);
            if (const auto* rung = std::get_if<RungReached>(&event)) look_at(*rung);
        }
        return !events.empty();
    }

    void look_at(const RungReached& rung)
    {
        // A rung that comes because an earlier one was empty is what the wave is judged for.
        if (rung.skipped || rung.because != RungBecause::Due) return;
        const Incident& incident = board_.incidents.at(rung.incident);
        const DutyInstance& instance = incident.duties.at(rung.duty);
        const auto defined = protocol_.duties.find(rung.duty.name);
        if (!instance.life || defined == protocol_.duties.end()) return;
        const Duty& duty = defined->second;
        Wave& wave = waves_.try_emplace(rung.duty, Wave{rung.at, {}, false}).first->second;
        if (wave.at != rung.at) return;
        const Ladder& ladder = duty.ladder_at(instance.rungs[rung.rung].level);
        if (rung.rung >= ladder.size()) return;
        const bool by_scope = duty.scope == Scope::College || duty.scope == Scope::Subject;
        const std::string scope = by_scope ? rung.duty.scope : std::string();
        for (const Target& target : ladder[rung.rung].to) {
            const auto role = role_of(target, duty, rung.duty);
            if (!role) {
                wave.anybody = wave.anybody || stands_in_register(incident, target);
                continue;
            }
            Resolution found = resolve(protocol_, wave_.directory_, incident, *role, scope, now_);
            Person lost;
            std::erase_if(found.people, [&](const Person& person) {
                if (wave_.within_reach(person.staff)) return false;
                if (lost.staff.empty()) lost = person;
                return true;
            });
            wave.anybody = wave.anybody || !found.people.empty();
            wave.found.push_back({*role, std::move(found), std::move(lost)});
        }
    }

    [[nodiscard]] bool stands_in_register(const Incident& incident, const Target& target) const
    {
        const auto found = incident.registers.find(RegisterName(target.name));
        return target.kind == Target::Kind::Register && found != incident.registers.end() &&
               !found->second.empty();
    }

    void judge_waves()
    {
        for (const auto& [key, wave] : waves_)
            for (const Found& found : wave.found) judge(key.name, found, !wave.anybody);
    }

    void judge(const DutyName& duty, const Found& found, bool whole_wave)
    {
        const Resolution& resolution = found.resolution;
        if (resolution.people.empty()) {
            // Of all the slots that were tried, the one that was meant.
            Hole hole{found.role, UnitId{}};
            if (!resolution.holes.empty()) hole = resolution.holes.front();
            out_.faults.push_back(
                {Corner::Kind::Nobody, hole.role, hole.unit, duty, found.lost, whole_wave}
            );
            return;
        }
        for (const Hole& hole : resolution.holes) {
            const Person& person = stand_in(resolution.people, hole.role);
            const auto& last = protocol_.last_resort;
            const bool at_last = person.reason == "unit head" ||
                                 (person.role != hole.role &&
                                  std::find(last.begin(), last.end(), person.role) != last.end());
            out_.faults.push_back(
                {at_last ? Corner::Kind::LastResort : Corner::Kind::StandIn,
                 hole.role,
                 hole.unit,
                 duty,
                 person,
                 false}
            );
        }
    }

    static const Person& stand_in(const std::vector<Person>& people, const RoleName& role)
    {
        const auto other = std::find_if(people.begin(), people.end(), [&](const Person& person) {
            return person.role != role;
        });
        return other == people.end() ? people.front() : *other;
    }

    const FirstWave& wave_;
    const Protocol& protocol_;
    const StudentId& student_;
    Instant now_;
    Board board_;
    std::map<DutyKey, Wave> waves_;
    WaveResult out_;
};

FirstWave::FirstWave(
    const CoverageQuestion& question,
    std::shared_ptr<const Protocol> protocol,
    const Directory& directory
)
    : question_(question), directory_(directory), protocol_(*protocol)
{
    const auto channels = channels_in_use(protocol_);
    for (const auto& [id, staff] : directory.staff) {
        const Staff& person = staff;
        const bool addressed =
            std::any_of(channels.begin(), channels.end(), [&](const ChannelName& channel) {
                return !daemon::addresses_of(person, channel).empty();
            });
        if (addressed && !question.silent.contains(id)) within_reach_.insert(id);
    }
    rules_.current = protocol_.hash;
    rules_.protocols.emplace(protocol_.hash, std::move(protocol));
}

bool FirstWave::within_reach(const StaffId& staff) const
{
    return within_reach_.contains(staff);
}

WaveResult FirstWave::play(const StudentId& student, Instant at) const
{
    return Play(*this, student, at).play();
}

}  // namespace shouwang::rehearsal
