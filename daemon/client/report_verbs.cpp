#include "daemon/client/incident_requests.hpp"
#include "daemon/client/incident_text.hpp"
#include "daemon/client/invocation.hpp"

#include <CLI/CLI.hpp>

#include <memory>

// report list|open|attach|dismiss: what the duty desk makes of reports from sources nobody vouches
// for.
namespace shouwang::client {

namespace {

void add_triage(
    CLI::App& family,
    Invocation& invocation,
    const std::string& name,
    TriageArguments::Judgement judgement,
    const std::string& help
)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<TriageArguments>();
    to->judgement = judgement;
    CLI::App& verb = *family.add_subcommand(name, help);
    verb.add_option("REPORT", to->report, say("报告编号", "report id"))->required();
    if (judgement == TriageArguments::Judgement::Attach)
        verb.add_option("INCIDENT", to->into, say("并入哪个事件", "incident to attach it to"))
            ->required();
    auto* reason =
        verb.add_option("--reason", to->reason, say("理由；“-”为标准输入", "why; \"-\" for stdin"));
    // Somebody may have to answer for it: a report is not thrown away without a word.
    if (judgement == TriageArguments::Judgement::Dismiss) reason->required();
    verb.callback([&invocation, to] {
        invocation.leave([&invocation, to] {
            if (!invocation.take_input({&to->reason})) return invocation.failure();
            return invocation.ask(request_for(*to), &incident_brief);
        });
    });
}

}  // namespace

void add_report_verbs(CLI::App& app, Invocation& invocation)
{
    using Judgement = TriageArguments::Judgement;
    const Words& say = invocation.say();
    CLI::App& family = *app.add_subcommand("report", say("待核实的报告", "reports under review"));
    family.require_subcommand(1);
    CLI::App& list = *family.add_subcommand("list", say("列出", "list them"));
    list.callback([&invocation] {
        invocation.leave([&invocation] {
            return invocation.ask(request_for(ReportsArguments{}), &report_list);
        });
    });
    add_triage(
        family, invocation, "open", Judgement::Open, say("属实，开启事件", "it is real: open it")
    );
    add_triage(
        family,
        invocation,
        "attach",
        Judgement::Attach,
        say("并入正在处置的事件", "it belongs to an incident that is open")
    );
    add_triage(family, invocation, "dismiss", Judgement::Dismiss, say("不属实", "it is nothing"));
}

}  // namespace shouwang::client
