#pragma once

#include "escalation/step.hpp"

#include <optional>
#include <string>

// Internal to escalation/: whom an incident is about, and where it is, as people find out.
namespace shouwang::escalation {

constexpr std::size_t subjects_max = 20;

[[nodiscard]] SubjectId subject_id(std::size_t number);
// As the roster knows them now; without a student, whoever the description speaks of.
[[nodiscard]] Subject subject_of(
    const Protocol& protocol,
    const Directory& directory,
    const StudentId& student,
    const std::string& description,
    const SubjectId& id,
    Instant now
);
[[nodiscard]] Place place_of(const Directory& directory, const PlaceReport& report);
void check_place(
    const Directory& directory, const PlaceReport& place, std::vector<Missing>& faults
);
// The subject that is this student; nullptr when there is none.
[[nodiscard]] const Subject* subject_with(const Incident& incident, const StudentId& student);
// The id the next subject gets.
[[nodiscard]] SubjectId next_subject_id(const Incident& incident);

// As of facts.hpp, for whoever is reported and is no subject of anything yet.
void check_recorded(
    const Protocol& protocol,
    const Directory& directory,
    const SubjectReport& report,
    const std::string& pointer,
    Instant now,
    std::vector<Missing>& faults
);

[[nodiscard]] std::optional<Refusal> add_subject(Step& step, const AddSubject& command);
[[nodiscard]] std::optional<Refusal> identify(Step& step, const Identify& command);
[[nodiscard]] std::optional<Refusal> set_place(Step& step, const SetPlace& command);

}  // namespace shouwang::escalation
