#include "config/protocol_draft.hpp"

#include <string_view>
#include <utility>

namespace shouwang::config {

using escalation::Again;
using escalation::Ladder;
using escalation::Rung;
using escalation::Scope;
using escalation::Span;
using escalation::Target;

namespace {

class LadderReader {
public:
    LadderReader(Scope scope, ProtocolDraft& draft) : scope_(scope), draft_(draft) {}

    Ladder read(const TomlNode& node, const std::string& path)
    {
        draft_.places[path] = node.where;
        Ladder ladder;
        const TomlNode::Array* rungs = node.array();
        if (rungs == nullptr || rungs->empty() || rungs->size() > rungs_max) {
            draft_.faults.add(
                node.where,
                path + " is no ladder",
                "a list of 1 to 16 rungs: [{ after = \"0s\", to = [...], text = ... }]"
            );
            return ladder;
        }
        for (const TomlNode& part : *rungs) {
            const std::string rung_path = path + "." + std::to_string(ladder.size() + 1);
            draft_.places[rung_path] = part.where;
            TableReader table(draft_.faults, rung_path, part);
            ladder.push_back(read_rung(table));
            table.finish();
        }
        check_order(ladder, path);
        return ladder;
    }

private:
    void check_order(const Ladder& ladder, const std::string& path)
    {
        for (std::size_t i = 1; i < ladder.size(); ++i) {
            const Location where = draft_.place(path + "." + std::to_string(i + 1));
            const Rung& before = ladder[i - 1];
            const Rung& rung = ladder[i];
            if (before.after_due != rung.after_due)
                draft_.faults.add(
                    where,
                    path + " counts from the clock and from the due instant",
                    "all rungs of a ladder from the same"
                );
            else if (rung.after < before.after)
                draft_.faults.add(
                    where, path + " goes back in time", "rungs in the order of their instants"
                );
        }
    }

    Rung read_rung(TableReader& table)
    {
        Rung rung;
        read_after(table, rung);
        rung.when =
            read_condition(table, "when", scope_ == Scope::Person, {escalation::Always{}}, draft_);
        const bool targeted = table.need("to") != nullptr;
        if (targeted) rung.to = read_targets(table, "to", draft_);
        rung.text = read_text_code(table, "text", true, draft_);
        rung.by = read_channels(table, "by", draft_);
        rung.anew = table.flag_or("anew", false);
        rung.joins = table.flag_or("joins", false);
        if (const TomlNode* node = table.find("again"))
            rung.again = read_again(*node, table.path());
        for (const Target& target : rung.to) {
            if (target.kind == Target::Kind::Self && scope_ != Scope::Person)
                draft_.faults.add(
                    table.where("to"),
                    table.path() + ": \"self\" is nobody here",
                    "\"self\" belongs into a duty with scope = \"person\""
                );
            if (target.kind == Target::Kind::Slot && scope_ != Scope::Each)
                draft_.faults.add(
                    table.where("to"),
                    table.path() + ": there are no slots here",
                    "slots belong into a duty with scope = \"each\""
                );
        }
        return rung;
    }

    // "90s", "due" or "due+5m"
    void read_after(TableReader& table, Rung& rung)
    {
        constexpr std::string_view due = "due";
        const std::string text = table.need_text("after");
        std::string_view rest = text;
        if (rest.starts_with(due)) {
            rung.after_due = true;
            rest.remove_prefix(due.size());
            if (rest.empty()) return;
            if (rest.front() == '+')
                rest.remove_prefix(1);
            else
                rest = {};
        }
        const auto span = parse_span(rest);
        if (span)
            rung.after = *span;
        else if (!text.empty())
            draft_.faults.add(
                table.where("after"),
                table.path() + ": " + quoted(text) + " is no \"after\"",
                "like \"0s\", \"120s\", \"due\" or \"due+5m\", at most 31 days"
            );
    }

    Again read_again(const TomlNode& node, const std::string& path)
    {
        TableReader table(draft_.faults, path + ".again", node);
        Again again;
        for (const auto& [text, where] : table.texts("after")) {
            const auto span = parse_span(text);
            const bool later =
                span && *span > Span{} && (again.after.empty() || *span > again.after.back());
            if (later)
                again.after.push_back(*span);
            else
                draft_.faults.add(
                    where,
                    table.path() + ": " + quoted(text) + " is no later attempt",
                    "spans after the first page, each longer than the one before"
                );
        }
        if (again.after.empty() || again.after.size() > again_max)
            draft_.faults.add(
                node.where, table.path() + " needs 1 to 8 spans", "after = [\"60s\", \"180s\"]"
            );
        again.by = read_channels(table, "by", draft_);
        table.finish();
        return again;
    }

    Scope scope_;
    ProtocolDraft& draft_;
};

}  // namespace

Ladder read_ladder(const TomlNode& node, const std::string& path, Scope scope, ProtocolDraft& draft)
{
    return LadderReader(scope, draft).read(node, path);
}

}  // namespace shouwang::config
