#include "config/protocol_draft.hpp"

#include <algorithm>
#include <map>
#include <utility>

// What is said and how it ends: informs, phases, endings, texts.
namespace shouwang::config {

using escalation::EndName;
using escalation::EndOutcome;
using escalation::InformName;
using escalation::TextCode;
using escalation::Word;

namespace {

class EndingReader {
public:
    explicit EndingReader(ProtocolDraft& draft) : draft_(draft), protocol_(draft.protocol) {}

    void read(TableReader& top)
    {
        each_entry(
            top,
            "inform",
            entries_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_inform(table, name); }
        );
        read_phases(top);
        each_entry(
            top,
            "end",
            entries_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_end(table, name); }
        );
        each_entry(
            top,
            "text",
            texts_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_text(table, name); }
        );
    }

private:
    void read_inform(TableReader& table, const std::string& name)
    {
        escalation::Inform inform;
        inform.name = InformName(name);
        static_cast<void>(table.need("when"));
        inform.when = read_condition(table, "when", false, {escalation::Never{}}, draft_);
        inform.to = read_targets(table, "to", draft_);
        inform.text = read_text_code(table, "text", true, draft_);
        inform.by = read_channels(table, "by", draft_);
        protocol_.informs[inform.name] = std::move(inform);
    }

    void read_phases(TableReader& top)
    {
        const TomlNode* node = top.need("phase");
        if (node == nullptr) return;
        const TomlNode::Array* phases = node->array();
        if (phases == nullptr) {
            draft_.faults.add(node->where, "phases are [[phase]] tables");
            return;
        }
        for (const TomlNode& part : *phases) {
            TableReader table(draft_.faults, "phase", part);
            escalation::Phase phase;
            phase.name = table.need_text("name");
            draft_.places["phase." + phase.name] = part.where;
            for (const escalation::Phase& other : protocol_.phases)
                if (other.name == phase.name)
                    draft_.faults.add(
                        table.where("name"), "phase " + quoted(phase.name) + " stands twice"
                    );
            phase.label = table.need_text("label");
            static_cast<void>(table.need("when"));
            phase.when = read_condition(table, "when", false, {escalation::Never{}}, draft_);
            table.finish();
            protocol_.phases.push_back(std::move(phase));
        }
    }

    void read_end(TableReader& table, const std::string& name)
    {
        escalation::End end;
        end.name = EndName(name);
        end.label = table.need_text("label");
        read_outcome(table, end);
        end.per_subject = table.flag_or("per_subject", end.outcome == EndOutcome::Lane);
        end.duties_ended = table.flag_or("duties_ended", end.outcome == EndOutcome::Closed);
        for (const std::string& duty :
             read_names(table, "may_stay_open", Reference::To::Duty, draft_))
            end.may_stay_open.insert(escalation::DutyName(duty));
        for (const auto& [field, where] : table.texts("evidence")) end.evidence.push_back(field);
        for (const auto& [list, where] : table.texts("signers"))
            end.signers.push_back(read_signers(list, where, table.path() + ".signers"));
        draft_.places[table.path() + ".signers"] = table.where("signers");
        if (const TomlNode* node = table.find("refuse"))
            end.refuse = read_refusals(*node, table.path(), false, draft_);
        end.text = read_text_code(table, "text", false, draft_);
        end.by = read_channels(table, "by", draft_);
        protocol_.ends[end.name] = std::move(end);
    }

    void read_outcome(TableReader& table, escalation::End& end)
    {
        static const std::map<std::string, EndOutcome, std::less<>> outcomes{
            {"closed", EndOutcome::Closed},
            {"aftercare", EndOutcome::Aftercare},
            {"false_alarm", EndOutcome::FalseAlarm},
            {"drill_ended", EndOutcome::DrillEnded},
            {"lane", EndOutcome::Lane},
            {"lower", EndOutcome::Lower},
            {"facts", EndOutcome::Facts}};
        const std::string word = table.text_or("outcome", "closed");
        const auto found = outcomes.find(word);
        if (found != outcomes.end())
            end.outcome = found->second;
        else
            draft_.faults.add(
                table.where("outcome"),
                table.path() + ": " + quoted(word) + " is no outcome",
                "one of closed aftercare false_alarm drill_ended lane lower facts"
            );
        if (end.outcome == EndOutcome::Lower) {
            end.level = escalation::LevelName(table.need_text("level"));
            draft_.refer(
                Reference::To::Level, end.level.text(), table.where("level"), table.path()
            );
        }
        if (end.outcome != EndOutcome::Facts) return;
        const TomlNode* node = table.need("sets");
        if (node == nullptr) return;
        TableReader sets(draft_.faults, table.path() + ".sets", *node);
        for (const TomlEntry* entry : sets.rest()) {
            draft_.refer(Reference::To::Fact, entry->key, entry->where, sets.path());
            const std::string value = sets.need_text(entry->key);
            end.sets[escalation::FactName(entry->key)] = value;
            const auto fact = protocol_.facts.find(escalation::FactName(entry->key));
            if (fact == protocol_.facts.end()) continue;
            const auto& values = fact->second.values;
            if (std::find(values.begin(), values.end(), value) == values.end())
                draft_.faults.add(
                    entry->node.where,
                    sets.path() + ": " + quoted(value) + " is no value of " + quoted(entry->key)
                );
        }
    }

    std::vector<escalation::Target> read_signers(
        const std::string& list, Location where, const std::string& path
    )
    {
        std::vector<escalation::Target> out;
        std::size_t from = 0;
        while (from <= list.size()) {
            const std::size_t bar = std::min(list.find('|', from), list.size());
            const std::string word = list.substr(from, bar - from);
            if (word.empty())
                draft_.faults.add(
                    where, path + ": an empty role", "roles between bars, like \"a|b\""
                );
            out.push_back(read_target(word, where, path, draft_));
            from = bar + 1;
        }
        return out;
    }

    void read_text(TableReader& table, const std::string& name)
    {
        escalation::Text text;
        text.code = TextCode(name);
        text.sms = table.need_text("sms");
        draft_.places[table.path() + ".sms"] = table.where("sms");
        text.voice = table.text_or("voice", "");
        if (table.has("voice")) draft_.places[table.path() + ".voice"] = table.where("voice");
        if (const TomlNode* node = table.find("keys")) {
            TableReader keys(draft_.faults, table.path() + ".keys", *node);
            for (const TomlEntry* entry : keys.rest()) {
                const std::string word = keys.need_text(entry->key);
                if (entry->key.size() != 1 || entry->key[0] < '0' || entry->key[0] > '9')
                    draft_.faults.add(entry->where, quoted(entry->key) + " is no key", "one digit");
                draft_.refer(Reference::To::Word, word, entry->node.where, keys.path());
                text.keys[entry->key] = Word(word);
            }
        }
        protocol_.texts[text.code] = std::move(text);
    }

    ProtocolDraft& draft_;
    escalation::Protocol& protocol_;
};

}  // namespace

void read_messages_and_ends(TableReader& top, ProtocolDraft& draft)
{
    EndingReader(draft).read(top);
}

}  // namespace shouwang::config
