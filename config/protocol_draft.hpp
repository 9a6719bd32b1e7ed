#pragma once

#include "config/condition_parser.hpp"
#include "config/toml_reader.hpp"
#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Internal to config/: a protocol file as it is being read, and the checks a finished one passes.
namespace shouwang::config {

// A name somewhere in the file that something else in the file must define.
struct Reference {
    enum class To { Level, Fact, Role, Rule, Duty, Register, Window, Text, Channel, Word };
    To to = To::Role;
    std::string name;
    Location where;
    std::string path;
};

// How often one person may be sent something by one channel before its provider refuses.
struct ChannelCap {
    unsigned minute = 0;
    unsigned hour = 0;
};

struct ProtocolDraft {
    explicit ProtocolDraft(std::string file) : faults(std::move(file)) {}

    FaultList faults;
    escalation::Protocol protocol;
    std::string locks;
    std::map<escalation::ChannelName, ChannelCap> caps;
    // "duty.S03", "duty.S03.red.2", "text.S01" ...: where the file says it.
    std::map<std::string, Location> places;
    std::vector<Reference> references;
    std::vector<PlacedAtom> atoms;

    // Where `path` stands, else where the nearest enclosing thing does.
    [[nodiscard]] Location place(std::string path) const;
    void refer(Reference::To to, const std::string& name, Location where, const std::string& path);
};

// The longest spans and the largest numbers a protocol may have: the engine is tried within them.
constexpr std::size_t duties_max = 64;
constexpr std::size_t rungs_max = 16;
constexpr std::size_t roles_max = 128;
constexpr std::size_t facts_max = 128;
constexpr std::size_t entries_max = 32;
constexpr std::size_t again_max = 8;
constexpr std::size_t texts_max = 256;
constexpr std::size_t levels_max = 8;

// Texts every protocol has: what a drill adds, and what stands for something not known.
inline constexpr const char* drill_text = "drill";
inline constexpr const char* unknown_text = "unknown";

// Reads everything; what stands in one place of the file is one function's.
void read_protocol(const TomlNode& root, ProtocolDraft& draft);
void read_people(TableReader& top, ProtocolDraft& draft);
void read_duties(const TomlNode& node, ProtocolDraft& draft);
[[nodiscard]] escalation::Ladder read_ladder(
    const TomlNode& node, const std::string& path, escalation::Scope scope, ProtocolDraft& draft
);
void read_messages_and_ends(TableReader& top, ProtocolDraft& draft);

// Letters, digits, - and _, at most 40.
[[nodiscard]] bool is_name(std::string_view text);
// Reads the tables [kind.x], at most `most`.
void each_entry(
    TableReader& top,
    const std::string& kind,
    std::size_t most,
    ProtocolDraft& draft,
    const std::function<void(TableReader&, const std::string&)>& read
);
// A list of names of one kind, none twice.
[[nodiscard]] std::vector<std::string> read_names(
    TableReader& table, std::string_view key, Reference::To to, ProtocolDraft& draft
);

// The words a list of targets may use: a role, "register.x", "slot.x" and "self".
[[nodiscard]] std::vector<escalation::Target> read_targets(
    TableReader& table, std::string_view key, ProtocolDraft& draft
);
// One word of such a list; what it names is referred to.
[[nodiscard]] escalation::Target read_target(
    const std::string& text, Location where, const std::string& path, ProtocolDraft& draft
);
// [{ when = ..., code = ..., detail = ... }]
[[nodiscard]] std::vector<escalation::RefuseWhen> read_refusals(
    const TomlNode& node, const std::string& path, bool personal, ProtocolDraft& draft
);
[[nodiscard]] escalation::Condition read_condition(
    TableReader& table,
    std::string_view key,
    bool personal,
    escalation::Condition fallback,
    ProtocolDraft& draft
);
[[nodiscard]] std::vector<escalation::ChannelName> read_channels(
    TableReader& table, std::string_view key, ProtocolDraft& draft
);
[[nodiscard]] escalation::TextCode read_text_code(
    TableReader& table, std::string_view key, bool needed, ProtocolDraft& draft
);

// The checks; each adds its faults to the draft's.
void check_names(ProtocolDraft& draft);
void check_reach(ProtocolDraft& draft);
// config/protocol_check_works.cpp: nothing that could never work.
void check_works(ProtocolDraft& draft);
void check_silence(ProtocolDraft& draft);
void check_locks(ProtocolDraft& draft);
void check_calls(ProtocolDraft& draft);
// With a directory: at the longest values it holds; without: at the longest it may hold.
void check_texts(
    const escalation::Protocol& protocol,
    const std::map<std::string, Location>& places,
    const escalation::Directory* directory,
    FaultList& faults
);

// May this duty be open while the incident is at `level`? It may have opened at a calmer one.
[[nodiscard]] bool may_be_open_at(
    const escalation::Protocol& protocol,
    const escalation::Duty& duty,
    const escalation::LevelName& level
);
// Does the condition hold (or fail) at `level`, whatever else is the case?
[[nodiscard]] bool surely_holds_at(
    const escalation::Protocol& protocol,
    const escalation::Condition& condition,
    const escalation::LevelName& level
);
[[nodiscard]] bool surely_fails_at(
    const escalation::Protocol& protocol,
    const escalation::Condition& condition,
    const escalation::LevelName& level
);
// How the file names the ladder climbed at `level`: the level itself, or "ladder".
[[nodiscard]] std::string ladder_path(
    const escalation::Duty& duty, const escalation::LevelName& level
);

}  // namespace shouwang::config
