#include "daemon/client/incident_requests.hpp"
#include "daemon/client/incident_text.hpp"
#include "daemon/client/invocation.hpp"
#include "daemon/client/shared_options.hpp"
#include "daemon/http/instant_text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <memory>
#include <string_view>

// open, answer, facts, record, close, list, show, brief, drill, roll-call: one call of the API
// each.
namespace shouwang::client {

namespace js = boost::json;

namespace {

// Bound on how much of a timeline is read: 200 answers of 500 events.
constexpr unsigned timeline_answers_max = 200;

std::string time_fault(const std::string& text)
{
    return parse_time(text) ? std::string() : "2026-10-10T02:17:40+08:00 or 2026-10-10 02:17";
}

// A whole request body, so that nothing of it has to stand in the command line.
std::optional<js::object> body_of(Invocation& invocation, std::string text)
{
    js::error_code error;
    js::value body = js::parse(text, error);
    if (!error && body.is_object()) return std::move(body.get_object());
    invocation.complain(ExitCode::Usage, "--body: not one JSON object");
    return std::nullopt;
}

struct OpenLine {
    OpenArguments open;
    std::vector<std::string> facts;
    std::string body;
};

ExitCode open(Invocation& invocation, OpenLine& line)
{
    std::vector<std::string*> texts{
        &line.body, &line.open.text, &line.open.callback, &line.open.room, &line.open.detail};
    for (std::string& text : line.open.students) texts.push_back(&text);
    for (std::string& text : line.open.descriptions) texts.push_back(&text);
    if (!invocation.take_input(texts)) return invocation.failure();
    line.open.facts = pairs_of(line.facts);
    ApiRequest request = request_for(line.open);
    if (!line.body.empty()) {
        auto body = body_of(invocation, line.body);
        if (!body) return ExitCode::Usage;
        request.body = std::move(*body);
    }
    return invocation.ask(request, &incident_brief);
}

void add_open(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto line = std::make_shared<OpenLine>();
    OpenArguments& to = line->open;
    CLI::App& verb = *app.add_subcommand(
        "open",
        say("报警。个人信息可写“-”从标准输入读取，不留在命令行里",
            "raise an alarm. What is personal can be \"-\": read from standard input, and so not "
            "in "
            "the command line, which every user of the machine can see")
    );
    auto* via = verb.add_option(
        "--via", to.via, say("来源，如 hotline、console", "source, such as hotline or console")
    );
    verb.add_option(
            "--kind",
            to.kind,
            say("real 实警、drill 演练、test 点名", "real, drill or test (a roll-call)")
    )
        ->check(CLI::IsMember({"real", "drill", "test"}));
    verb.add_option(
        "--drill-minutes",
        to.drill_minutes,
        say("演练几分钟后自动结束", "a drill ends by itself after this")
    );
    add_whereabouts(verb, to, say);
    verb.add_option("--callback", to.callback, say("回拨电话", "telephone to call back"));
    add_pairs(
        verb,
        "--fact",
        line->facts,
        say("情况 名=值，可多次；多个值用逗号", "NAME=VALUE; may be repeated; a set with commas")
    );
    verb.add_option("--text", to.text, say("原话", "what was said"));
    verb.add_option("--ref", to.ref, say("调用方自己的编号", "the caller's own reference"));
    auto* body = verb.add_option(
        "--body",
        line->body,
        say("整个请求的 JSON；“-”为标准输入", "the whole request as JSON; \"-\" for standard input")
    );
    verb.callback([&invocation, line, via, body] {
        if (via->count() == 0 && body->count() == 0) throw CLI::RequiredError("--via");
        invocation.leave([&invocation, line] { return open(invocation, *line); });
    });
}

void add_answer(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<AnswerArguments>();
    CLI::App& verb = *app.add_subcommand("answer", say("答复呼叫", "answer a page"));
    verb.add_option("INCIDENT", to->incident, say("事件编号", "incident id"))->required();
    verb.add_option(
            "ANSWER",
            to->answer,
            say("received 收到、going 已出发、cannot 去不了、arrived 已到场、advising、withdrawn",
                "received, going, cannot, arrived, advising or withdrawn")
    )
        ->required();
    verb.add_option("--ask", to->ask, say("哪项任务，如 S03@C05", "which duty, such as S03@C05"));
    verb.add_option("--eta", to->eta_minutes, say("几分钟后到", "minutes until arrival"));
    verb.add_option("--reason", to->reason, say("原因；“-”为标准输入", "why; \"-\" for stdin"));
    add_behalf(verb, to->behalf, say);
    verb.callback([&invocation, to] {
        invocation.leave([&invocation, to] {
            if (!invocation.take_input({&to->reason})) return invocation.failure();
            return invocation.ask(request_for(*to), &incident_brief);
        });
    });
}

void add_facts(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<FactsArguments>();
    auto texts = std::make_shared<std::vector<std::string>>();
    CLI::App& verb = *app.add_subcommand("facts", say("补充情况", "report what is known now"));
    verb.add_option("INCIDENT", to->incident, say("事件编号", "incident id"))->required();
    verb.add_option("FACT", *texts, say("名=值，多个值用逗号", "NAME=VALUE; a set with commas"))
        ->required()
        ->check(pair_fault);
    verb.add_option(
        "--subject", to->subject, say("哪个当事人，如 s1", "which subject, such as s1")
    );
    verb.add_option("--source", to->source, say("谁说的", "who says so"));
    verb.add_option("--known-at", to->known_at, say("何时得知", "since when it is known"))
        ->check(time_fault);
    verb.callback([&invocation, to, texts] {
        invocation.leave([&invocation, to, texts] {
            to->facts = pairs_of(*texts);
            if (const auto at = parse_time(to->known_at)) to->known_at = http::to_rfc3339(*at);
            return invocation.ask(request_for(*to), &incident_brief);
        });
    });
}

void add_record(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<RecordArguments>();
    auto texts = std::make_shared<std::vector<std::string>>();
    CLI::App& verb = *app.add_subcommand("record", say("提交任务记录", "file a duty's record"));
    verb.add_option("INCIDENT", to->incident, say("事件编号", "incident id"))->required();
    verb.add_option("DUTY", to->duty, say("任务，如 S09", "duty, such as S09"))->required();
    add_pairs(
        verb,
        "--field",
        *texts,
        say("栏目 名=值，可多次；值为“-”时读标准输入",
            "NAME=VALUE; may be repeated; a value \"-\" is read from standard input")
    );
    add_behalf(verb, to->behalf, say);
    verb.callback([&invocation, to, texts] {
        invocation.leave([&invocation, to, texts] {
            to->fields = pairs_of(*texts);
            std::vector<std::string*> values;
            for (auto& [name, value] : to->fields) values.push_back(&value);
            if (!invocation.take_input(values)) return invocation.failure();
            return invocation.ask(request_for(*to), &incident_brief);
        });
    });
}

void add_close(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<CloseArguments>();
    CLI::App& verb = *app.add_subcommand(
        "close", say("签字结案（需两人）", "sign the end of an incident (two people do)")
    );
    verb.add_option("INCIDENT", to->incident, say("事件编号", "incident id"))->required();
    verb.add_option("--reason", to->reason, say("理由；“-”为标准输入", "why; \"-\" for stdin"))
        ->required();
    add_behalf(verb, to->behalf, say);
    verb.callback([&invocation, to] {
        invocation.leave([&invocation, to] {
            if (!invocation.take_input({&to->reason})) return invocation.failure();
            return invocation.ask(request_for(*to), &incident_brief);
        });
    });
}

void add_list(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<ListArguments>();
    CLI::App& verb = *app.add_subcommand("list", say("事件列表", "incidents, newest first"));
    verb.add_option("--phase", to->phase, say("阶段", "phase"));
    verb.add_option("--level", to->level, say("级别", "level"));
    verb.add_option("--college", to->college, say("学院编号", "college id"));
    verb.add_option("--kind", to->kind, say("real、drill 或 test", "real, drill or test"));
    verb.add_option("--cursor", to->cursor, say("从上次停下处继续", "go on where a list ended"));
    verb.callback([&invocation, to] {
        invocation.leave([&invocation, to] {
            return invocation.ask(request_for(*to), &incident_list);
        });
    });
}

// The API gives a timeline in pieces; people and scripts want it whole.
ExitCode show_timeline(Invocation& invocation, TimelineArguments to)
{
    js::array events;
    for (unsigned i = 0; i < timeline_answers_max; ++i) {
        auto answer = invocation.fetch(request_for(to));
        if (!answer) return invocation.failure();
        const js::value* piece = answer->if_contains("events");
        if (piece == nullptr || !piece->is_array() || piece->get_array().empty()) break;
        for (const js::value& event : piece->get_array()) events.push_back(event);
        const auto* last = events.back().if_object();
        const js::value* seq = last == nullptr ? nullptr : last->if_contains("seq");
        if (seq == nullptr || !seq->is_int64()) break;
        std::string next = std::to_string(seq->get_int64());
        if (next == to.after) break;
        to.after = std::move(next);
    }
    js::object whole;
    whole["events"] = std::move(events);
    return invocation.show(ExitCode::Done, whole, timeline(whole, invocation.say()));
}

void add_show(CLI::App& app, Invocation& invocation)
{
    struct Line {
        TimelineArguments timeline;
        bool wants_timeline = false;
    };
    const Words& say = invocation.say();
    auto to = std::make_shared<Line>();
    CLI::App& verb = *app.add_subcommand("show", say("查看一个事件", "one incident"));
    verb.add_option("INCIDENT", to->timeline.incident, say("事件编号", "incident id"))->required();
    auto* wanted = verb.add_flag(
        "--timeline", to->wants_timeline, say("按顺序列出经过", "its events, in order")
    );
    verb.add_option(
            "--after", to->timeline.after, say("从这个序号之后", "after this sequence number")
    )
        ->needs(wanted)
        ->check(CLI::NonNegativeNumber);
    verb.callback([&invocation, to] {
        invocation.leave([&invocation, to] {
            if (to->wants_timeline) return show_timeline(invocation, to->timeline);
            ShowArguments show{to->timeline.incident};
            return invocation.ask(request_for(show), &incident_page);
        });
    });
}

void add_brief(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<BriefArguments>();
    CLI::App& verb = *app.add_subcommand(
        "brief",
        say("情况简报的草稿，由人补全后上报", "the draft of a brief, for a person to complete")
    );
    verb.add_option("INCIDENT", to->incident, say("事件编号", "incident id"))->required();
    verb.callback([&invocation, to] {
        invocation.leave([&invocation, to] { return invocation.ask(request_for(*to), &brief_text); }
        );
    });
}

// A drill, or a roll-call: nobody is in danger, so nothing is asked but who, where and for how
// long.
struct Exercise {
    const char* name;
    const char* kind;
    bool placed;
    const char* zh;
    const char* en;
};

void add_exercise(CLI::App& app, Invocation& invocation, const Exercise& exercise)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<OpenArguments>();
    to->via = "console";
    to->kind = exercise.kind;
    CLI::App& verb = *app.add_subcommand(exercise.name, say(exercise.zh, exercise.en));
    verb.add_option(
        "--minutes", to->drill_minutes, say("几分钟后自动结束", "it ends by itself after this")
    );
    verb.add_option("--via", to->via, say("来源", "source"))->capture_default_str();
    if (exercise.placed) {
        verb.add_option(
            "--participant",
            to->participants,
            say("参加者的职工编号，可多次；不写则按协议呼叫所有人",
                "staff id of who takes part, may be repeated; left out: all that it would call out")
        );
        add_whereabouts(verb, *to, say);
    }
    verb.callback([&invocation, to] {
        invocation.leave([&invocation, to] {
            return invocation.ask(request_for(*to), &incident_brief);
        });
    });
}

constexpr Exercise drill{
    "drill",
    "drill",
    true,
    "发起演练：同一流程，处处标明【守望演练】",
    "begin a drill: the same path, and it says so everywhere"};
constexpr Exercise roll_call{
    "roll-call",
    "test",
    false,
    "值班点名：问每个值班的人是否收到",
    "ask everybody on duty whether they read this"};

}  // namespace

void add_incident_verbs(CLI::App& app, Invocation& invocation)
{
    add_open(app, invocation);
    add_answer(app, invocation);
    add_facts(app, invocation);
    add_record(app, invocation);
    add_close(app, invocation);
    add_list(app, invocation);
    add_show(app, invocation);
    add_brief(app, invocation);
    add_exercise(app, invocation, drill);
    add_exercise(app, invocation, roll_call);
}

}  // namespace shouwang::client
