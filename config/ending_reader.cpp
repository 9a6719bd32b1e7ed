#include "config/protocol_draft.hpp"

#include <algorithm>
#include <utility>

// What is said and how it ends: informs, phases, endings, texts.
namespace shouwang::config {

using escalation::EndName;
using escalation::InformName;
using escalation::RoleName;
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
        end.duties_ended = table.flag_or("duties_ended", true);
        for (const auto& [field, where] : table.texts("evidence")) end.evidence.push_back(field);
        for (const auto& [list, where] : table.texts("signers")) {
            std::vector<RoleName> roles;
            std::size_t from = 0;
            while (from <= list.size()) {
                const std::size_t bar = std::min(list.find('|', from), list.size());
                roles.emplace_back(list.substr(from, bar - from));
                if (roles.back().empty())
                    draft_.faults.add(
                        where,
                        table.path() + ".signers: an empty role",
                        "roles between bars, like \"a|b\""
                    );
                draft_.refer(
                    Reference::To::Role, roles.back().text(), where, table.path() + ".signers"
                );
                from = bar + 1;
            }
            end.signers.push_back(std::move(roles));
        }
        draft_.places[table.path() + ".signers"] = table.where("signers");
        if (const TomlNode* node = table.find("refuse")) read_refusals(*node, table.path(), end);
        protocol_.ends[end.name] = std::move(end);
    }

    void read_refusals(const TomlNode& node, const std::string& path, escalation::End& end)
    {
        const TomlNode::Array* parts = node.array();
        if (parts == nullptr) {
            draft_.faults.add(
                node.where,
                path + ".refuse is no list",
                "[{ when = ..., code = ..., detail = ... }]"
            );
            return;
        }
        for (const TomlNode& part : *parts) {
            TableReader table(draft_.faults, path + ".refuse", part);
            escalation::RefuseWhen refuse;
            refuse.when = read_condition(table, "when", false, {escalation::Never{}}, draft_);
            refuse.code = table.need_text("code");
            refuse.detail = table.need_text("detail");
            table.finish();
            end.refuse.push_back(std::move(refuse));
        }
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
