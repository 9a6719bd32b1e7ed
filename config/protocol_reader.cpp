#include "config/protocol_draft.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace shouwang::config {

using escalation::ChannelName;
using escalation::Condition;
using escalation::DutyName;
using escalation::Fact;
using escalation::FactKind;
using escalation::FactName;
using escalation::LevelName;
using escalation::RoleName;
using escalation::RuleName;
using escalation::Target;
using escalation::TextCode;
using escalation::Word;

namespace {

constexpr std::array<std::string_view, 16> reserved{
    "level",
    "duty",
    "rule",
    "window",
    "register",
    "incident",
    "subject",
    "subjects",
    "place",
    "colleges",
    "facts",
    "record",
    "contact",
    "always",
    "never",
    "unknown"};
// A duty's ladders are keys named like their levels.
constexpr std::array<std::string_view, 31> duty_keys{
    "label",   "clause",      "class",    "scope",    "clock",       "opens",     "done",
    "moot",    "renews",      "of",       "answers",  "answer_from", "due",       "ladder",
    "forever", "eta_grace",   "lapses",   "on_lapse", "lapses_max",  "record",    "each",
    "name",    "text",        "terms",    "decision", "dial",        "in_drills", "waive",
    "refuse",  "record_ends", "roll_call"};
constexpr std::int64_t version_max = 1'000'000;

}  // namespace

// Names travel in URLs, event bodies and conditions.
bool is_name(std::string_view text)
{
    constexpr std::size_t name_max = 40;
    return !text.empty() && text.size() <= name_max &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-';
           });
}

void each_entry(
    TableReader& top,
    const std::string& kind,
    std::size_t most,
    ProtocolDraft& draft,
    const std::function<void(TableReader&, const std::string&)>& read
)
{
    const TomlNode* node = top.find(kind);
    if (node == nullptr) return;
    TableReader tables(draft.faults, "[" + kind + "]", *node);
    const auto entries = tables.rest();
    if (entries.size() > most)
        draft.faults.add(node->where, "more than " + std::to_string(most) + " of " + kind);
    for (const TomlEntry* entry : entries) {
        const std::string path = kind + "." + entry->key;
        draft.places[path] = entry->where;
        if (!is_name(entry->key))
            draft.faults.add(
                entry->where,
                quoted(entry->key) + " is no name",
                "letters, digits, - and _, at most 40"
            );
        TableReader table(draft.faults, path, entry->node);
        read(table, entry->key);
        table.finish();
    }
}

std::vector<std::string> read_names(
    TableReader& table, std::string_view key, Reference::To to, ProtocolDraft& draft
)
{
    std::vector<std::string> out;
    for (const auto& [name, where] : table.texts(key)) {
        if (name.empty()) continue;
        if (std::find(out.begin(), out.end(), name) != out.end())
            draft.faults.add(where, table.path() + ": " + quoted(name) + " stands here twice");
        draft.refer(to, name, where, table.path() + "." + std::string(key));
        out.push_back(name);
    }
    return out;
}

namespace {

class Reader {
public:
    Reader(const TomlNode& root, ProtocolDraft& draft)
        : draft_(draft), protocol_(draft.protocol), top_(draft.faults, "the protocol", root)
    {}

    void read()
    {
        draft_.places["protocol"] = {1, 1};
        read_head();
        read_levels();
        read_answers();
        each_entry(
            top_,
            "fact",
            facts_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_fact(table, name); }
        );
        each_entry(
            top_,
            "rule",
            facts_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_rule(table, name); }
        );
        read_people(top_, draft_);
        if (const TomlNode* duties = top_.need("duty")) read_duties(*duties, draft_);
        read_messages_and_ends(top_, draft_);
        top_.finish();
    }

private:
    void read_head()
    {
        protocol_.name = top_.need_text("name");
        if (!protocol_.name.empty() && !is_name(protocol_.name))
            draft_.faults.add(
                top_.where("name"),
                "the protocol's name is no name",
                "letters, digits, - and _, at most 40"
            );
        protocol_.version = static_cast<unsigned>(top_.number_or("version", 0, 1, version_max));
        if (!top_.has("version")) static_cast<void>(top_.need("version"));
        protocol_.title = top_.need_text("title");
        read_offset();
        draft_.locks = top_.need_text("locks");
        draft_.places["locks"] = top_.where("locks");
        protocol_.floor = LevelName(reference("floor", Reference::To::Level));
        protocol_.fail_open = LevelName(reference("fail_open", Reference::To::Level));
        protocol_.unit_head = RoleName(top_.need_text("unit_head"));
        draft_.places["unit_head"] = top_.where("unit_head");
        protocol_.level_text = read_text_code(top_, "level_text", true, draft_);
        protocol_.identity_text = read_text_code(top_, "identity_text", false, draft_);
        protocol_.pause_text = read_text_code(top_, "pause_text", false, draft_);
        if (top_.has("roll_call_never"))
            protocol_.roll_call_never =
                escalation::WindowName(reference("roll_call_never", Reference::To::Window));
        protocol_.same_place_within =
            top_.span("same_place_within", escalation::Span{0}).value_or(escalation::Span{});
        if (top_.has("reopen_at"))
            protocol_.reopen_at = LevelName(reference("reopen_at", Reference::To::Level));
        draft_.places["last_resort"] = top_.where("last_resort");
        if (top_.need("last_resort") != nullptr)
            for (const std::string& name :
                 read_names(top_, "last_resort", Reference::To::Role, draft_))
                protocol_.last_resort.emplace_back(name);
        for (const auto& [word, where] : top_.texts("trusted")) protocol_.trusted.insert(word);
        for (const auto& [word, where] : top_.texts("review")) {
            protocol_.review.insert(word);
            if (protocol_.trusted.contains(word))
                draft_.faults.add(
                    where, quoted(word) + " is both trusted and under review", "one of the two"
                );
        }
        draft_.places["review"] = top_.where("review");
        for (const std::string& name : read_names(top_, "intake", Reference::To::Fact, draft_))
            protocol_.intake.emplace_back(name);
        read_caps();
        if (const TomlNode* node = top_.need("hole")) {
            TableReader hole(draft_.faults, "hole", *node);
            protocol_.hole_to = read_targets(hole, "to", draft_);
            protocol_.hole_text = read_text_code(hole, "text", true, draft_);
            hole.finish();
        }
    }

    void read_caps()
    {
        const TomlNode* node = top_.find("cap");
        if (node == nullptr) return;
        constexpr std::int64_t most = 1000;
        TableReader caps(draft_.faults, "cap", *node);
        for (const TomlEntry* entry : caps.rest()) {
            draft_.refer(Reference::To::Channel, entry->key, entry->where, "cap");
            TableReader table(draft_.faults, "cap." + entry->key, entry->node);
            ChannelCap cap;
            cap.minute = static_cast<unsigned>(table.number_or("minute", most, 1, most));
            cap.hour = static_cast<unsigned>(table.number_or("hour", most, 1, most));
            table.finish();
            draft_.caps[ChannelName(entry->key)] = cap;
        }
    }

    void read_offset()
    {
        const std::string text = top_.need_text("utc_offset");
        const bool sign = !text.empty() && (text[0] == '+' || text[0] == '-');
        const auto offset = sign ? parse_time_of_day(std::string_view(text).substr(1))
                                 : std::optional<escalation::Span>();
        if (offset && *offset <= std::chrono::hours(14)) {
            const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*offset);
            protocol_.utc_offset = text[0] == '-' ? -minutes : minutes;
        } else if (!text.empty()) {
            draft_.faults.add(
                top_.where("utc_offset"), quoted(text) + " is no offset from UTC", "like \"+08:00\""
            );
        }
    }

    std::string reference(std::string_view key, Reference::To to)
    {
        std::string name = top_.need_text(key);
        if (!name.empty()) draft_.refer(to, name, top_.where(key), std::string(key));
        return name;
    }

    void read_levels()
    {
        const TomlNode* node = top_.need("level");
        if (node == nullptr) return;
        draft_.places["level"] = node->where;
        const TomlNode::Array* levels = node->array();
        if (levels == nullptr || levels->empty() || levels->size() > levels_max) {
            draft_.faults.add(node->where, "levels are 1 to 8 [[level]] tables, calmest first");
            return;
        }
        for (const TomlNode& part : *levels) {
            TableReader table(draft_.faults, "level", part);
            escalation::Level level;
            level.name = LevelName(table.need_text("name"));
            draft_.places["level." + level.name.text()] = part.where;
            const auto key = std::find(duty_keys.begin(), duty_keys.end(), level.name.text());
            if (!is_name(level.name.text()) || key != duty_keys.end())
                draft_.faults.add(
                    table.where("name"),
                    "the level's name cannot be one",
                    "letters, digits, - and _, at most 40, and no key of a duty"
                );
            for (const escalation::Level& other : protocol_.levels)
                if (other.name == level.name)
                    draft_.faults.add(
                        table.where("name"), "level " + quoted(level.name.text()) + " stands twice"
                    );
            level.label = table.need_text("label");
            static_cast<void>(table.need("max_silence"));
            level.max_silence = table.span("max_silence").value_or(escalation::Span{1});
            for (const auto& [name, where] : table.texts("channels"))
                level.channels.emplace_back(name);
            if (level.channels.empty())
                draft_.faults.add(
                    part.where,
                    "level " + quoted(level.name.text()) + " has no channels",
                    "channels = [\"sms\"]"
                );
            table.finish();
            protocol_.levels.push_back(std::move(level));
        }
    }

    void read_answers()
    {
        const TomlNode* node = top_.need("answer");
        if (node == nullptr) return;
        TableReader table(draft_.faults, "answer", *node);
        for (const TomlEntry* entry : table.rest()) {
            if (entry->key == "record" || entry->key == "sign")
                draft_.faults.add(
                    entry->where,
                    quoted(entry->key) + " cannot be an answer",
                    "the responder page files records and signatures under this word"
                );
            protocol_.word_order.emplace_back(entry->key);
            protocol_.word_labels[Word(entry->key)] = table.need_text(entry->key);
        }
    }

    void read_fact(TableReader& table, const std::string& name)
    {
        Fact fact;
        fact.name = FactName(name);
        if (std::find(reserved.begin(), reserved.end(), name) != reserved.end())
            draft_.faults.add(
                table.where(),
                quoted(name) + " cannot be the name of a fact",
                "the word has a meaning of its own in conditions"
            );
        fact.label = table.need_text("label");
        const std::string kind = table.text_or("kind", "scale");
        if (kind == "set")
            fact.kind = FactKind::Set;
        else if (kind == "count")
            fact.kind = FactKind::Count;
        else if (kind == "moment")
            fact.kind = FactKind::Moment;
        else if (kind != "scale")
            draft_.faults.add(
                table.where("kind"),
                quoted(kind) + " is no kind of fact",
                "one of scale set count moment"
            );
        const std::string scope = table.text_or("scope", "incident");
        fact.per_subject = scope == "subject";
        if (scope != "subject" && scope != "incident")
            draft_.faults.add(
                table.where("scope"),
                quoted(scope) + " is no scope of a fact",
                "one of incident subject"
            );
        fact.course = table.flag_or("course", false);
        fact.only_signed = table.flag_or("only_signed", false);
        fact.only_recorded = table.flag_or("only_recorded", false);
        fact.only_recorded_when =
            read_condition(table, "only_recorded_when", false, {escalation::Never{}}, draft_);
        fact.of_identity = table.flag_or("of_identity", false);
        if (fact.of_identity && !fact.per_subject)
            draft_.faults.add(
                table.where("of_identity"),
                "only what is known of a subject depends on who they are",
                "scope = \"subject\""
            );
        const bool worded = fact.kind == FactKind::Scale || fact.kind == FactKind::Set;
        if (worded) read_values(table, fact);
        read_assumed(table, fact);
        protocol_.facts[fact.name] = std::move(fact);
    }

    // What says how grave it is nobody may assume: it would raise levels, or keep them down.
    void read_assumed(TableReader& table, Fact& fact)
    {
        const TomlNode* node = table.find("assumed");
        if (node == nullptr) return;
        const TomlNode::Array* parts = node->array();
        if (parts == nullptr || !fact.course || fact.kind != FactKind::Scale) {
            draft_.faults.add(
                node->where,
                table.path() + ": only a list of what a fact of the course is taken to be",
                "course = true, assumed = [{ value = ..., when = ... }]"
            );
            return;
        }
        for (const TomlNode& part : *parts) {
            TableReader one(draft_.faults, table.path() + ".assumed", part);
            escalation::Assumption assumption;
            assumption.value = one.need_text("value");
            if (std::find(fact.values.begin(), fact.values.end(), assumption.value) ==
                fact.values.end())
                draft_.faults.add(
                    one.where("value"),
                    one.path() + ": " + quoted(assumption.value) + " is not one of its values"
                );
            static_cast<void>(one.need("when"));
            assumption.when = read_condition(one, "when", false, {escalation::Never{}}, draft_);
            one.finish();
            fact.assumed.push_back(std::move(assumption));
        }
    }

    void read_values(TableReader& table, Fact& fact)
    {
        for (const auto& [value, where] : table.texts("values")) {
            if (!is_name(value) || value == "unknown")
                draft_.faults.add(
                    where,
                    quoted(value) + " cannot be a value",
                    value == "unknown" ? "unknown is always possible"
                                       : "letters, digits, - and _, at most 40"
                );
            if (std::find(fact.values.begin(), fact.values.end(), value) != fact.values.end())
                draft_.faults.add(where, "the value " + quoted(value) + " stands here twice");
            fact.values.push_back(value);
        }
        if (fact.values.size() < 2)
            draft_.faults.add(
                table.where("values"),
                table.path() + " has fewer than two values",
                "from best to worst"
            );
        const TomlNode* labels = table.find("labels");
        if (labels == nullptr) return;
        TableReader reader(draft_.faults, table.path() + ".labels", *labels);
        for (const std::string& value : fact.values)
            if (reader.has(value)) fact.value_labels[value] = reader.need_text(value);
        reader.finish();
    }

    void read_rule(TableReader& table, const std::string& name)
    {
        escalation::LevelRule rule;
        rule.name = RuleName(name);
        rule.label = table.need_text("label");
        rule.level = LevelName(table.need_text("level"));
        draft_.refer(Reference::To::Level, rule.level.text(), table.where("level"), table.path());
        static_cast<void>(table.need("when"));
        rule.when = read_condition(table, "when", false, {escalation::Never{}}, draft_);
        protocol_.rules[rule.name] = std::move(rule);
    }

    ProtocolDraft& draft_;
    escalation::Protocol& protocol_;
    TableReader top_;
};

Target target_of(const std::string& text)
{
    constexpr std::string_view in_register = "register.";
    constexpr std::string_view in_slot = "slot.";
    constexpr std::string_view did = "done.";
    if (text == "self") return {Target::Kind::Self, {}};
    if (text.starts_with(in_register))
        return {Target::Kind::Register, text.substr(in_register.size())};
    if (text.starts_with(in_slot)) return {Target::Kind::Slot, text.substr(in_slot.size())};
    if (text.starts_with(did)) return {Target::Kind::Doer, text.substr(did.size())};
    return {Target::Kind::Role, text};
}

}  // namespace

Location ProtocolDraft::place(std::string path) const
{
    while (true) {
        const auto found = places.find(path);
        if (found != places.end()) return found->second;
        const std::size_t dot = path.rfind('.');
        if (dot == std::string::npos) return {1, 1};
        path.resize(dot);
    }
}

void ProtocolDraft::refer(
    Reference::To to, const std::string& name, Location where, const std::string& path
)
{
    if (!name.empty()) references.push_back({to, name, where, path});
}

Target read_target(
    const std::string& text, Location where, const std::string& path, ProtocolDraft& draft
)
{
    Target target = target_of(text);
    if (target.kind == Target::Kind::Role)
        draft.refer(Reference::To::Role, target.name, where, path);
    if (target.kind == Target::Kind::Register)
        draft.refer(Reference::To::Register, target.name, where, path);
    if (target.kind == Target::Kind::Doer)
        draft.refer(Reference::To::Duty, target.name, where, path);
    return target;
}

std::vector<escalation::RefuseWhen> read_refusals(
    const TomlNode& node, const std::string& path, bool personal, ProtocolDraft& draft
)
{
    std::vector<escalation::RefuseWhen> out;
    const TomlNode::Array* parts = node.array();
    if (parts == nullptr) {
        draft.faults.add(
            node.where, path + ".refuse is no list", "[{ when = ..., code = ..., detail = ... }]"
        );
        return out;
    }
    for (const TomlNode& part : *parts) {
        TableReader table(draft.faults, path + ".refuse", part);
        escalation::RefuseWhen refuse;
        static_cast<void>(table.need("when"));
        refuse.when = read_condition(table, "when", personal, {escalation::Never{}}, draft);
        refuse.code = table.need_text("code");
        refuse.detail = table.need_text("detail");
        table.finish();
        out.push_back(std::move(refuse));
    }
    return out;
}

std::vector<Target> read_targets(TableReader& table, std::string_view key, ProtocolDraft& draft)
{
    std::vector<Target> out;
    for (const auto& [text, where] : table.texts(key)) {
        if (text.empty()) continue;
        const Target target = read_target(text, where, table.path(), draft);
        if (std::find(out.begin(), out.end(), target) != out.end())
            draft.faults.add(where, table.path() + ": " + quoted(text) + " stands here twice");
        out.push_back(target);
    }
    if (out.empty())
        draft.faults.add(
            table.where(), table.path() + " is for nobody", std::string(key) + " = [\"a_role\"]"
        );
    return out;
}

Condition read_condition(
    TableReader& table,
    std::string_view key,
    bool personal,
    Condition fallback,
    ProtocolDraft& draft
)
{
    const TomlNode* node = table.find(key);
    if (node == nullptr) return fallback;
    draft.places[table.path() + "." + std::string(key)] = node->where;
    return parse_condition(
        *node, table.path() + "." + std::string(key), personal, draft.faults, draft.atoms
    );
}

std::vector<ChannelName> read_channels(
    TableReader& table, std::string_view key, ProtocolDraft& draft
)
{
    std::vector<ChannelName> out;
    for (const auto& [name, where] : table.texts(key)) {
        draft.refer(Reference::To::Channel, name, where, table.path());
        out.emplace_back(name);
    }
    return out;
}

TextCode read_text_code(TableReader& table, std::string_view key, bool needed, ProtocolDraft& draft)
{
    if (!needed && !table.has(key)) return {};
    const std::string code = table.need_text(key);
    draft.refer(Reference::To::Text, code, table.where(key), table.path());
    return TextCode(code);
}

void read_protocol(const TomlNode& root, ProtocolDraft& draft)
{
    Reader(root, draft).read();
}

}  // namespace shouwang::config
