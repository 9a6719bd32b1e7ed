#pragma once

#include "config/toml_reader.hpp"
#include "escalation/condition.hpp"
#include "escalation/protocol.hpp"

#include <string>
#include <vector>

// Conditions as the protocol file writes them (docs/formats/protocol.md): "name op value" is an
// atom, a list holds when all its parts hold, {any = []} when one does, {not = ""} when it does
// not; "always" and "never" are what they say.
namespace shouwang::config {

// An atom and where it stands: what it names is checked once the whole file has been read.
struct PlacedAtom {
    escalation::Atom atom;
    Location where;
    std::string path;
    bool personal = false;  // inside a duty that is about one person: "has self" makes sense
};

// What cannot be read is a fault, and reads as Never. `path` is how faults call the place.
[[nodiscard]] escalation::Condition parse_condition(
    const TomlNode& node,
    const std::string& path,
    bool personal,
    FaultList& faults,
    std::vector<PlacedAtom>& atoms
);

// Names, operations and values against what the protocol defines.
void check_atom(const PlacedAtom& placed, const escalation::Protocol& protocol, FaultList& faults);

// The words the engine compares an atom's subject with; empty when it takes any word.
[[nodiscard]] std::vector<std::string> words_of(
    const escalation::Atom& atom, const escalation::Protocol& protocol
);

// An atom as the file would write it.
[[nodiscard]] std::string atom_text(const escalation::Atom& atom);

}  // namespace shouwang::config
