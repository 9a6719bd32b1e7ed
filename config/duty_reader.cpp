#include "config/protocol_draft.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace shouwang::config {

using escalation::ChannelName;
using escalation::Clock;
using escalation::Duty;
using escalation::DutyClass;
using escalation::DutyName;
using escalation::Each;
using escalation::Effect;
using escalation::FactName;
using escalation::Forever;
using escalation::Ladder;
using escalation::Lapse;
using escalation::LevelName;
using escalation::RegisterName;
using escalation::RoleName;
using escalation::Rung;
using escalation::Scope;
using escalation::Span;
using escalation::Target;
using escalation::TextCode;
using escalation::Word;

namespace {

constexpr std::int64_t lapses_most = 10;
constexpr std::int64_t workdays_most = 30;

template <class Value>
struct Choice {
    std::string_view word;
    Value value;
};

constexpr std::array<Choice<DutyClass>, 2> classes{
    {{"life", DutyClass::Life}, {"task", DutyClass::Task}}};
constexpr std::array<Choice<Scope>, 5> scopes{
    {{"incident", Scope::Incident},
     {"college", Scope::College},
     {"each", Scope::Each},
     {"subject", Scope::Subject},
     {"person", Scope::Person}}};
constexpr std::array<Choice<Clock>, 2> clocks{
    {{"opening", Clock::Opening}, {"level", Clock::Level}}};
constexpr std::array<Choice<Lapse>, 3> lapses{
    {{"list", Lapse::List}, {"parent", Lapse::Parent}, {"open", Lapse::Open}}};
constexpr std::array<Choice<Forever::To>, 2> audiences{
    {{"all_but_cannot", Forever::To::AllButCannot}, {"last_rung", Forever::To::LastRung}}};
constexpr std::array<Choice<Effect>, 6> effects{
    {{"satisfy", Effect::Satisfy},
     {"note", Effect::Note},
     {"next_rung", Effect::NextRung},
     {"reopen", Effect::Reopen},
     {"renew", Effect::Renew},
     {"parent", Effect::Parent}}};

// One of a few words; `fallback` when the key is missing or, with a fault, when it is another.
template <class Value, std::size_t size>
Value choose(
    TableReader& table,
    std::string_view key,
    const std::array<Choice<Value>, size>& choices,
    Value fallback
)
{
    if (!table.has(key)) {
        static_cast<void>(table.find(key));
        return fallback;
    }
    const std::string text = table.need_text(key);
    std::set<std::string, std::less<>> known;
    for (const Choice<Value>& choice : choices) {
        if (choice.word == text) return choice.value;
        known.emplace(choice.word);
    }
    if (!text.empty())
        table.faults().add(
            table.where(key),
            table.path() + ": " + quoted(text) + " is no " + std::string(key),
            suggestion(text, known)
        );
    return fallback;
}

class DutyReader {
public:
    DutyReader(const TomlEntry& entry, ProtocolDraft& draft)
        : draft_(draft), table_(draft.faults, "duty." + entry.key, entry.node)
    {
        duty_.name = DutyName(entry.key);
    }

    Duty read()
    {
        duty_.label = table_.need_text("label");
        duty_.clause = table_.text_or("clause", "");
        static_cast<void>(table_.need("class"));
        duty_.duty_class = choose(table_, "class", classes, DutyClass::Life);
        duty_.scope = choose(table_, "scope", scopes, Scope::Incident);
        duty_.clock = choose(table_, "clock", clocks, Clock::Opening);
        personal_ = duty_.scope == Scope::Person;
        read_conditions();
        read_answers();
        read_decision();
        if (table_.has("answer_from"))
            duty_.answer_from = read_targets(table_, "answer_from", draft_);
        read_due();
        read_ladders();
        if (const TomlNode* node = table_.find("forever")) read_forever(*node);
        duty_.eta_grace = table_.span("eta_grace", Span{0}).value_or(Span{});
        duty_.lapses = table_.span("lapses");
        duty_.on_lapse = choose(table_, "on_lapse", lapses, Lapse::List);
        duty_.lapses_max = static_cast<unsigned>(table_.number_or("lapses_max", 1, 1, lapses_most));
        read_record();
        if (const TomlNode* node = table_.find("refuse"))
            duty_.refuse = read_refusals(*node, table_.path(), personal_, draft_);
        read_waiver();
        read_each();
        check();
        table_.finish();
        return std::move(duty_);
    }

private:
    void fault(std::string_view key, const std::string& what, const std::string& hint)
    {
        draft_.faults.add(table_.where(key), table_.path() + " " + what, hint);
    }

    void read_conditions()
    {
        using escalation::Never;
        const auto condition = [&](std::string_view key) {
            return read_condition(table_, key, personal_, {Never{}}, draft_);
        };
        static_cast<void>(table_.need("opens"));
        duty_.opens = condition("opens");
        duty_.done = condition("done");
        duty_.moot = condition("moot");
        duty_.renews = condition("renews");
        duty_.of = RegisterName(table_.text_or("of", ""));
        draft_.refer(Reference::To::Register, duty_.of.text(), table_.where("of"), table_.path());
    }

    void read_answers()
    {
        const TomlNode* node = table_.find("answers");
        if (node == nullptr) return;
        TableReader answers(draft_.faults, table_.path() + ".answers", *node);
        for (const TomlEntry* entry : answers.rest()) {
            draft_.refer(Reference::To::Word, entry->key, entry->where, answers.path());
            duty_.answers[Word(entry->key)] = choose(answers, entry->key, effects, Effect::Note);
        }
    }

    // What a decision needs besides the word, and what it is about.
    void read_decision()
    {
        duty_.decision = table_.text_or("decision", "");
        duty_.dial = table_.text_or("dial", "");
        duty_.in_drills = table_.flag_or("in_drills", true);
        duty_.roll_call = table_.flag_or("roll_call", false);
        const TomlNode* node = table_.find("terms");
        if (node == nullptr) return;
        TableReader words(draft_.faults, table_.path() + ".terms", *node);
        for (const TomlEntry* entry : words.rest()) {
            if (!duty_.answers.contains(Word(entry->key)))
                draft_.faults.add(
                    entry->where,
                    words.path() + ": " + quoted(entry->key) + " is no answer of this duty",
                    "a word of its \"answers\""
                );
            TableReader table(draft_.faults, words.path() + "." + entry->key, entry->node);
            escalation::Terms terms;
            for (const auto& [field, where] : table.texts("needs")) terms.needs.push_back(field);
            if (table.has("from")) terms.from = read_targets(table, "from", draft_);
            terms.reopens =
                read_condition(table, "reopens", personal_, {escalation::Never{}}, draft_);
            table.finish();
            duty_.terms[Word(entry->key)] = std::move(terms);
        }
    }

    void read_waiver()
    {
        const TomlNode* node = table_.find("waive");
        if (node == nullptr) return;
        TableReader table(draft_.faults, table_.path() + ".waive", *node);
        draft_.places[table.path()] = node->where;
        duty_.waive_by = read_targets(table, "by", draft_);
        duty_.waive_when = read_condition(table, "when", personal_, {escalation::Always{}}, draft_);
        table.finish();
    }

    void read_due()
    {
        const TomlNode* node = table_.find("due");
        if (node == nullptr) return;
        draft_.places[table_.path() + ".due"] = node->where;
        const TomlNode::Array* rules = node->array();
        if (rules == nullptr) {
            fault("due", "has a \"due\" that is no list", "due = [{ within = \"30m\" }]");
            return;
        }
        for (const TomlNode& part : *rules) {
            TableReader table(draft_.faults, table_.path() + ".due", part);
            escalation::DueRule rule;
            rule.workdays = static_cast<unsigned>(table.number_or("workdays", 0, 1, workdays_most));
            if (rule.workdays == 0) {
                static_cast<void>(table.need("within"));
                rule.span = table.span("within").value_or(Span{});
                rule.from_level = choose(table, "from", clocks, Clock::Opening) == Clock::Level;
            }
            rule.when = read_condition(table, "when", personal_, {escalation::Always{}}, draft_);
            const auto roles = table.texts("role");
            for (const auto& [role, where] : roles) {
                draft_.refer(Reference::To::Role, role, where, table.path());
                rule.role = RoleName(role);
                duty_.due.push_back(rule);
            }
            if (roles.empty()) duty_.due.push_back(std::move(rule));
            table.finish();
        }
    }

    void read_ladders()
    {
        if (const TomlNode* node = table_.find("ladder"))
            duty_.ladder = read_ladder(*node, table_.path() + ".ladder", duty_.scope, draft_);
        for (const escalation::Level& level : draft_.protocol.levels) {
            const TomlNode* node = table_.find(level.name.text());
            if (node == nullptr) continue;
            duty_.ladders[level.name] =
                read_ladder(*node, table_.path() + "." + level.name.text(), duty_.scope, draft_);
        }
    }

    void read_forever(const TomlNode& node)
    {
        TableReader table(draft_.faults, table_.path() + ".forever", node);
        draft_.places[table.path()] = node.where;
        Forever forever;
        read_every(table, forever);
        if (const TomlNode* spare = table.find("spare")) {
            TableReader spares(draft_.faults, table.path() + ".spare", *spare);
            for (const TomlEntry* entry : spares.rest()) {
                draft_.refer(Reference::To::Channel, entry->key, entry->where, spares.path());
                if (const auto span = spares.span(entry->key))
                    forever.spare[ChannelName(entry->key)] = *span;
            }
        }
        forever.to = choose(table, "to", audiences, Forever::To::AllButCannot);
        for (const auto& [role, where] : table.texts("widen")) {
            draft_.refer(Reference::To::Role, role, where, table.path());
            forever.widen.emplace_back(role);
        }
        forever.text = read_text_code(table, "text", false, draft_);
        forever.by = read_channels(table, "by", draft_);
        table.finish();
        duty_.forever = std::move(forever);
    }

    // [{ until = "30m", every = "5m" }, { every = "30m" }]: the first that holds.
    void read_paces(const TomlNode& node, const std::string& path, Forever& forever)
    {
        for (const TomlNode& part : *node.array()) {
            TableReader table(draft_.faults, path, part);
            escalation::Pace pace;
            pace.when = read_condition(table, "when", personal_, {escalation::Always{}}, draft_);
            pace.until = table.span("until");
            static_cast<void>(table.need("every"));
            pace.every = table.span("every").value_or(Span{});
            forever.every = pace.every;
            table.finish();
            forever.paces.push_back(std::move(pace));
        }
        const bool open_ended =
            !forever.paces.empty() && !forever.paces.back().until &&
            std::holds_alternative<escalation::Always>(forever.paces.back().when.node);
        if (!open_ended)
            draft_.faults.add(
                node.where, path + " ends some time", "the last one without \"until\" and \"when\""
            );
    }

    // One span, or one for each level; the shortest serves where a level has none.
    void read_every(TableReader& table, Forever& forever)
    {
        const TomlNode* node = table.need("every");
        if (node == nullptr) return;
        if (node->array() != nullptr) {
            read_paces(*node, table.path() + ".every", forever);
            return;
        }
        if (node->table() == nullptr) {
            forever.every = table.span("every").value_or(Span{});
            return;
        }
        TableReader levels(draft_.faults, table.path() + ".every", *node);
        for (const TomlEntry* entry : levels.rest()) {
            draft_.refer(Reference::To::Level, entry->key, entry->where, levels.path());
            const auto span = levels.span(entry->key);
            if (!span) continue;
            forever.every_at[LevelName(entry->key)] = *span;
            if (forever.every == Span{} || *span < forever.every) forever.every = *span;
        }
        if (forever.every_at.empty())
            draft_.faults.add(node->where, levels.path() + " names no level");
    }

    void read_record()
    {
        duty_.record_ends = table_.flag_or("record_ends", true);
        const TomlNode* node = table_.find("record");
        if (node == nullptr) return;
        const TomlNode::Array* fields = node->array();
        if (fields == nullptr || fields->empty()) {
            fault("record", "has a record without fields", "[{ name = ..., label = ... }]");
            return;
        }
        for (const TomlNode& part : *fields) {
            TableReader table(draft_.faults, table_.path() + ".record", part);
            escalation::RecordField field;
            field.name = table.need_text("name");
            for (const escalation::RecordField& other : duty_.record)
                if (other.name == field.name)
                    draft_.faults.add(
                        table.where("name"),
                        table.path() + ": " + quoted(field.name) + " stands twice"
                    );
            field.label = table.need_text("label");
            field.fact = FactName(table.text_or("fact", ""));
            draft_.refer(Reference::To::Fact, field.fact.text(), table.where("fact"), table.path());
            field.required = table.flag_or("required", true);
            field.contact = table.flag_or("contact", false);
            field.holder = RegisterName(table.text_or("register", ""));
            draft_.refer(
                Reference::To::Register, field.holder.text(), table.where("register"), table.path()
            );
            table.finish();
            duty_.record.push_back(std::move(field));
        }
    }

    void read_each()
    {
        const TomlNode* node = table_.find("each");
        if (node == nullptr) return;
        const TomlNode::Array* entries = node->array();
        if (entries == nullptr || entries->size() > entries_max) {
            fault("each", "has an \"each\" that is no list", "at most 32 [[duty.x.each]] tables");
            return;
        }
        for (const TomlNode& part : *entries) {
            TableReader table(draft_.faults, table_.path() + ".each", part);
            Each each = read_entry(table);
            draft_.places[table.path() + "." + each.role.text()] = part.where;
            for (const Each& other : duty_.each)
                if (other.role == each.role)
                    draft_.faults.add(
                        table.where("role"),
                        table.path() + ": " + quoted(each.role.text()) + " stands twice"
                    );
            table.finish();
            duty_.each.push_back(std::move(each));
        }
    }

    Each read_entry(TableReader& table)
    {
        Each each;
        each.role = RoleName(table.need_text("role"));
        draft_.refer(Reference::To::Role, each.role.text(), table.where("role"), table.path());
        each.slots["role"] = each.role;
        if (const TomlNode* node = table.find("slots")) {
            TableReader slots(draft_.faults, table.path() + ".slots", *node);
            for (const TomlEntry* entry : slots.rest()) {
                const std::string role = slots.need_text(entry->key);
                draft_.refer(Reference::To::Role, role, entry->node.where, slots.path());
                if (entry->key == "role")
                    draft_.faults.add(
                        entry->where,
                        slots.path() + ": \"role\" is the role itself",
                        "another name, like head"
                    );
                else
                    each.slots[entry->key] = RoleName(role);
            }
        }
        if (const TomlNode* node = table.find("texts")) {
            TableReader texts(draft_.faults, table.path() + ".texts", *node);
            for (const TomlEntry* entry : texts.rest()) {
                each.texts[entry->key] = read_text_code(texts, entry->key, true, draft_);
                if (!each.slots.contains(entry->key))
                    draft_.faults.add(
                        entry->where, texts.path() + ": there is no slot " + quoted(entry->key)
                    );
            }
        }
        for (const auto& [word, where] : table.texts("satisfy")) {
            draft_.refer(Reference::To::Word, word, where, table.path());
            each.satisfy.emplace_back(word);
        }
        each.when = read_condition(table, "when", false, {escalation::Always{}}, draft_);
        each.early = read_condition(table, "early", false, {escalation::Never{}}, draft_);
        return each;
    }

    // What the parts of one duty make of each other.
    void check()
    {
        if ((duty_.scope == Scope::Person) == duty_.of.empty())
            fault(
                "of",
                duty_.of.empty() ? "is about persons, but not of which register"
                                 : "names a register, but is not about persons",
                "scope = \"person\" and of = \"a_register\" go together"
            );
        if ((duty_.scope == Scope::Each) == duty_.each.empty())
            fault(
                "each",
                duty_.each.empty() ? "has nobody each" : "has entries nobody asks",
                "scope = \"each\" and [[duty.x.each]] go together"
            );
        const auto never = [](const escalation::Condition& condition) {
            return std::holds_alternative<escalation::Never>(condition.node);
        };
        if (!duty_.record_ends && (duty_.record.empty() || never(duty_.done)))
            fault(
                "record_ends",
                "would never be done",
                "record_ends = false is for a record beside a \"done\""
            );
        if (duty_.on_lapse == Lapse::Parent && duty_.scope != Scope::Person)
            fault(
                "on_lapse",
                "has no parent to lapse to",
                "on_lapse = \"parent\" is for duties with scope = \"person\""
            );
        if (!duty_.lapses && (table_.has("on_lapse") || table_.has("lapses_max")))
            fault("on_lapse", "says what a lapse does, but never lapses", "lapses = \"5m\"");
        if (duty_.on_lapse == Lapse::Open && duty_.scope != Scope::Incident)
            fault(
                "on_lapse", "opens a report, but is not about the incident", "scope = \"incident\""
            );
        for (const auto* ladder : ladders())
            for (const Rung& rung : *ladder)
                if (rung.after_due && duty_.due.empty()) {
                    fault(
                        "due",
                        "has rungs that count from a due instant it does not have",
                        "due = [{ within = \"30m\" }]"
                    );
                    return;
                }
    }

    [[nodiscard]] std::vector<const Ladder*> ladders() const
    {
        std::vector<const Ladder*> out{&duty_.ladder};
        for (const auto& [level, ladder] : duty_.ladders) out.push_back(&ladder);
        return out;
    }

    ProtocolDraft& draft_;
    TableReader table_;
    Duty duty_;
    bool personal_ = false;
};

}  // namespace

void read_duties(const TomlNode& node, ProtocolDraft& draft)
{
    TableReader duties(draft.faults, "[duty]", node);
    const auto entries = duties.rest();
    if (entries.empty()) draft.faults.add(node.where, "there are no duties");
    if (entries.size() > duties_max) draft.faults.add(node.where, "more than 64 duties");
    for (const TomlEntry* entry : entries) {
        const DutyName name(entry->key);
        draft.places["duty." + entry->key] = entry->where;
        // A key such as "S03@C05#2" names an instance.
        if (entry->key.empty() || entry->key.find_first_of("@#. /") != std::string::npos)
            draft.faults.add(
                entry->where,
                quoted(entry->key) + " is no name of a duty",
                "letters, digits, - and _"
            );
        draft.protocol.duty_order.push_back(name);
        draft.protocol.duties[name] = DutyReader(*entry, draft).read();
    }
}

}  // namespace shouwang::config
