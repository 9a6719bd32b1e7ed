#include "config/rehearsal_file.hpp"

#include "config/toml_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace shouwang::config {

namespace {

using namespace escalation;
using namespace std::chrono_literals;
using Do = RehearsalStep::Do;

const std::map<std::string, Do, std::less<>> deeds{
    {"open", Do::Open},
    {"answer", Do::Answer},
    {"decide", Do::Answer},
    {"facts", Do::Facts},
    {"record", Do::Record},
    {"sign", Do::Sign},
    {"close", Do::Sign},
    {"stand_down", Do::Sign},
    {"false_alarm", Do::Sign},
    {"level_down", Do::Sign},
    {"close_subject", Do::Sign},
    {"end_drill", Do::Sign},
    {"triage", Do::Triage},
    {"add_subject", Do::AddSubject},
    {"identify", Do::Identify},
    {"place", Do::Place},
    {"command", Do::Command},
    {"waive", Do::Waive},
    {"note", Do::Note},
    {"reopen", Do::Reopen},
    {"switch_protocol", Do::Switch},
    {"merge", Do::Merge},
    {"split", Do::Split},
    {"keep_apart", Do::KeepApart},
    {"restart", Do::Restart},
    {"clock", Do::Clock}};

const std::map<std::string, EndOutcome, std::less<>> outcomes{
    {"close", EndOutcome::Closed},
    {"stand_down", EndOutcome::Aftercare},
    {"false_alarm", EndOutcome::FalseAlarm},
    {"level_down", EndOutcome::Lower},
    {"close_subject", EndOutcome::Lane},
    {"end_drill", EndOutcome::DrillEnded}};

constexpr std::array<std::string_view, 3> judgements{"open", "attach", "dismiss"};
constexpr std::array<std::string_view, 3> kinds{"real", "drill", "test"};

// Digits at `text`, exactly `count` of them; nullopt for anything else. Takes them off.
std::optional<int> digits(std::string_view& text, std::size_t count)
{
    int out = 0;
    if (text.size() < count) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + count, out);
    if (error != std::errc{} || end != text.data() + count || out < 0) return std::nullopt;
    text.remove_prefix(count);
    return out;
}

bool take(std::string_view& text, char letter)
{
    if (text.empty() || text.front() != letter) return false;
    text.remove_prefix(1);
    return true;
}

// "02:17", "02:17:40", "02:17:40.250". Takes it off.
std::optional<Span> take_time(std::string_view& text)
{
    const auto hours = digits(text, 2);
    if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
    const auto minutes = digits(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    Span out = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    if (!take(text, ':')) return out;
    const auto seconds = digits(text, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    out += std::chrono::seconds(*seconds);
    if (!take(text, '.')) return out;
    const auto thousandths = digits(text, 3);
    if (!thousandths) return std::nullopt;
    return out + Span(*thousandths);
}

struct Moment {
    Instant at{};
    std::chrono::minutes utc_offset{};
};

// RFC 3339: "2026-10-10T02:17:40+08:00".
std::optional<Moment> moment_of(std::string_view text)
{
    const auto year = digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = digits(text, 2);
    if (!day || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(*month)),
        std::chrono::day(static_cast<unsigned>(*day))};
    const auto time = take_time(text);
    if (!date.ok() || !time) return std::nullopt;
    Moment out;
    if (!take(text, 'Z')) {
        const bool behind = !text.empty() && text.front() == '-';
        if (!behind && (text.empty() || text.front() != '+')) return std::nullopt;
        text.remove_prefix(1);
        const auto hours = digits(text, 2);
        if (!hours || *hours > 14 || !take(text, ':')) return std::nullopt;
        const auto minutes = digits(text, 2);
        if (!minutes || *minutes > 59) return std::nullopt;
        out.utc_offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
        if (behind) out.utc_offset = -out.utc_offset;
    }
    if (!text.empty()) return std::nullopt;
    out.at = std::chrono::sys_days(date) + *time - out.utc_offset;
    return out;
}

class Reader {
public:
    Reader(FaultList& faults, RehearsalFile& out) : faults_(faults), out_(out) {}

    void read(const TomlNode& root)
    {
        TableReader top(faults_, "", root);
        out_.title = top.need_text("title");
        if (const auto start = moment(top, "start")) {
            out_.start = start->at;
            out_.utc_offset = start->utc_offset;
        }
        if (const auto until = moment(top, "until")) out_.until = until->at;
        if (out_.until <= out_.start) faults_.add(top.where("until"), "until is not after start");
        out_.roster = top.text_or("roster", "");
        out_.protocol = top.text_or("protocol", "notice-safe");
        for (auto& [channel, where] : top.texts("failing")) out_.failing.push_back(channel);
        each(top, "step", [&](TableReader& table) { read_step(table); });
        each(top, "expect", [&](TableReader& table) { read_expectation(table); });
        top.finish();
    }

private:
    template <class Work>
    void each(TableReader& top, const char* key, const Work& work)
    {
        const TomlNode* node = top.find(key);
        if (node == nullptr) return;
        if (node->array() == nullptr)
            return faults_.add(node->where, std::string(key) + " is not a list of tables");
        std::size_t number = 0;
        for (const TomlNode& part : *node->array()) {
            TableReader table(faults_, std::string(key) + " " + std::to_string(++number), part);
            work(table);
            table.finish();
        }
    }

    std::optional<Moment> moment(TableReader& table, const char* key)
    {
        const TomlNode* node = table.need(key);
        if (node == nullptr) return std::nullopt;
        std::string text;
        if (const auto* date = node->other()) text = date->text;
        if (const auto* written = node->text()) text = *written;
        const auto out = moment_of(text);
        if (!out)
            faults_.add(
                node->where,
                std::string(key) + " is not an instant",
                "a date and time with its offset, as 2026-10-10T02:17:00+08:00"
            );
        return out;
    }

    // A time of day is the next one not before `after`; "+35s" counts from `after`.
    std::optional<Instant> instant(TableReader& table, const char* key, Instant after)
    {
        const TomlNode* node = table.find(key);
        if (node == nullptr) return std::nullopt;
        std::string text;
        if (const auto* date = node->other()) text = date->text;
        if (const auto* written = node->text()) text = *written;
        if (text.size() > 1 && text.front() == '+')
            if (const auto span = parse_span(std::string_view(text).substr(1)))
                return after + *span;
        if (const auto whole = moment_of(text)) return whole->at;
        std::string_view rest(text);
        const auto time = take_time(rest);
        if (time && rest.empty()) {
            const auto local = after + out_.utc_offset;
            const auto midnight = std::chrono::floor<std::chrono::days>(local);
            const auto today = midnight + *time - out_.utc_offset;
            return today >= after ? today : today + 24h;
        }
        faults_.add(
            node->where,
            std::string(key) + " is not a time: " + config::quoted(text),
            "a time of day as \"02:17:40\", \"+35s\" after the step before, or a date with its time"
        );
        return std::nullopt;
    }

    std::map<std::string, Values> values(TableReader& table, const char* key)
    {
        std::map<std::string, Values> out;
        const TomlNode* node = table.find(key);
        if (node == nullptr) return out;
        TableReader facts(faults_, table.path() + "." + key, *node);
        for (const TomlEntry* entry : facts.rest()) {
            Values& into = out[entry->key];
            if (const auto* number = std::get_if<std::int64_t>(&entry->node.value)) {
                into = {std::to_string(*number)};
                (void)facts.find(entry->key);
            } else if (const auto* flag = std::get_if<bool>(&entry->node.value)) {
                into = {*flag ? "true" : "false"};
                (void)facts.find(entry->key);
            } else {
                for (auto& [text, where] : facts.texts(entry->key)) into.push_back(text);
            }
        }
        return out;
    }

    // As values(), where "unknown" is no value at all.
    std::map<std::string, Values> facts_of(TableReader& table)
    {
        auto out = values(table, "facts");
        for (auto& [name, value] : out)
            if (value == Values{"unknown"}) value.clear();
        return out;
    }

    std::map<std::string, std::string> fields_of(TableReader& table, const char* key)
    {
        std::map<std::string, std::string> out;
        for (auto& [name, value] : values(table, key))
            if (!value.empty()) out[name] = value.front();
        return out;
    }

    void read_step(TableReader& table)
    {
        RehearsalStep step;
        step.line = table.where().line;
        const Instant before = out_.steps.empty() ? out_.start : out_.steps.back().at;
        if (table.need("at") != nullptr) step.at = instant(table, "at", before).value_or(before);
        if (step.at < before) faults_.add(table.where("at"), "this is before the step before it");
        if (step.at > out_.until) faults_.add(table.where("at"), "this is after `until`");
        const std::string deed = table.need_text("do");
        const auto known = deeds.find(deed);
        if (known == deeds.end()) {
            std::set<std::string, std::less<>> words;
            for (const auto& [word, what] : deeds) words.insert(word);
            faults_.add(
                table.where("do"),
                config::quoted(deed) + " is nothing one can do",
                suggestion(deed, words)
            );
        } else {
            step.what = known->second;
            read_deed(table, step, deed);
        }
        out_.steps.push_back(std::move(step));
    }

    void read_deed(TableReader& table, RehearsalStep& step, const std::string& deed)
    {
        if (step.what == Do::Restart) {
            step.down = table.span("down", Span{}).value_or(Span{});
            return;
        }
        if (step.what == Do::Clock) {
            constexpr std::int64_t most = 366 * 24 * 3600;
            step.step = std::chrono::seconds(table.number_or("by_s", 0, -most, most));
            return;
        }
        step.by = table.need_text("by");
        step.incident = table.text_or("incident", "");
        step.subject = table.text_or("subject", "");
        step.reason = table.text_or("reason", "");
        switch (step.what) {
            case Do::Open: read_open(table, step); break;
            case Do::Answer: read_answer(table, step, deed == "decide"); break;
            case Do::Facts: step.facts = facts_of(table); break;
            case Do::Record:
                step.duty = table.need_text("duty");
                step.fields = fields_of(table, "fields");
                break;
            case Do::Sign:
                if (const auto outcome = outcomes.find(deed); outcome != outcomes.end())
                    step.outcome = outcome->second;
                step.end = deed == "sign" ? table.need_text("end") : table.text_or("end", "");
                step.fields = fields_of(table, "evidence");
                break;
            case Do::Triage:
                step.judgement =
                    one_of(table, "judgement", table.need_text("judgement"), judgements);
                step.with = table.text_or("into", "");
                break;
            case Do::AddSubject:
                step.subjects.push_back(
                    {table.text_or("student", ""),
                     table.text_or("description", ""),
                     facts_of(table)}
                );
                break;
            case Do::Identify: step.student = table.need_text("student"); break;
            case Do::Place:
            case Do::Split: read_place(table, step); break;
            case Do::Command:
                step.staff = table.text_or("staff", step.by);
                step.held = table.text_or("register", "");
                break;
            case Do::Waive: step.duty = table.need_text("duty"); break;
            case Do::Note: step.text = table.need_text("text"); break;
            case Do::Merge:
            case Do::KeepApart: step.with = table.need_text("with"); break;
            case Do::Reopen:
            case Do::Switch:
            case Do::Restart:
            case Do::Clock: break;
        }
    }

    void read_answer(TableReader& table, RehearsalStep& step, bool decides)
    {
        step.answer = table.need_text(decides ? "value" : "answer");
        if (decides)
            step.decision = table.need_text("decision");
        else
            step.ask = table.text_or("ask", "");
        step.fields = fields_of(table, "fields");
        step.via = table.text_or("via", "handset");
        step.heard_by = table.text_or("heard_by", "");
        if (table.has("eta_minutes"))
            step.eta = std::chrono::minutes(table.number_or("eta_minutes", 0, 0, 24 * 60));
    }

    void read_place(TableReader& table, RehearsalStep& step)
    {
        const TomlNode* node = table.find("place");
        if (node == nullptr) return;
        TableReader place(faults_, table.path() + ".place", *node);
        step.place = RehearsalPlace{
            place.text_or("campus", ""),
            place.text_or("building", ""),
            place.text_or("floor", ""),
            place.text_or("room", ""),
            place.text_or("detail", "")};
        place.finish();
    }

    // A mistyped word would rehearse something else than what is meant.
    template <std::size_t N>
    std::string one_of(
        const TableReader& table,
        const char* key,
        std::string word,
        const std::array<std::string_view, N>& known
    )
    {
        if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return word;
        std::string list = "one of";
        for (const std::string_view other : known) list += " " + std::string(other);
        faults_.add(table.where(key), config::quoted(word) + " is no " + key, list);
        return word;
    }

    void read_open(TableReader& table, RehearsalStep& step)
    {
        step.as = table.text_or("as", "");
        step.via = table.text_or("via", "hotline");
        step.kind = one_of(table, "kind", table.text_or("kind", "real"), kinds);
        step.callback = table.text_or("callback", "");
        step.text = table.text_or("text", "");
        step.facts = facts_of(table);
        each(table, "subjects", [&](TableReader& subject) {
            step.subjects.push_back(
                {subject.text_or("student", ""),
                 subject.text_or("description", ""),
                 facts_of(subject)}
            );
        });
        step.drill_for = table.span("drill_for");
        for (const auto& [staff, where] : table.texts("participants"))
            step.participants.push_back(staff);
        read_place(table, step);
    }

    void read_expectation(TableReader& table)
    {
        Expectation out;
        out.line = table.where().line;
        out.at = instant(table, "at", out_.start);
        out.from = instant(table, "from", out_.start);
        out.until = instant(table, "until", out_.start);
        const bool page = table.has("page");
        if (page || table.has("event")) {
            out.match = values(table, page ? "page" : "event");
            if (page) out.match["event"] = {"paged"};
        } else if (const TomlNode* node = table.find("never")) {
            out.kind = Expectation::Kind::Never;
            TableReader never(faults_, table.path() + ".never", *node);
            const bool of_page = never.has("page");
            out.match = values(never, of_page ? "page" : "event");
            if (of_page) out.match["event"] = {"paged"};
            never.finish();
        } else if (table.has("state")) {
            out.kind = Expectation::Kind::State;
            out.match = values(table, "state");
            if (!out.at) faults_.add(table.where(), "a state is expected at a time: `at`");
        } else {
            out.kind = Expectation::Kind::Refused;
            out.step = static_cast<std::size_t>(
                table.number_or("step", 0, 1, static_cast<std::int64_t>(out_.steps.size()))
            );
            for (auto& [code, where] : table.texts("refused")) out.codes.push_back(code);
            if (out.step == 0 || out.codes.empty())
                faults_.add(
                    table.where(),
                    "nothing is expected here",
                    "page, event, never, state, or step with refused"
                );
        }
        out_.expectations.push_back(std::move(out));
    }

    FaultList& faults_;
    RehearsalFile& out_;
};

}  // namespace

std::string RehearsalFile::clock_of(Instant at) const
{
    const auto since = (at + utc_offset).time_since_epoch() % std::chrono::hours(24);
    const auto two = [](Span::rep n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const Span::rep ms = since.count();
    std::string out = two(ms / 3'600'000) + ":" + two(ms / 60'000 % 60) + ":" + two(ms / 1000 % 60);
    if (ms % 1000 != 0) out += "." + std::to_string(1000 + ms % 1000).substr(1);
    return out;
}

LoadedRehearsal load_rehearsal_text(std::string_view text, const std::string& name)
{
    LoadedRehearsal out;
    FaultList faults(name);
    if (const auto root = parse_toml(text, faults)) {
        RehearsalFile file;
        Reader(faults, file).read(*root);
        if (!faults.fatal()) out.file = std::move(file);
    }
    out.faults = faults.take();
    return out;
}

LoadedRehearsal load_rehearsal(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        LoadedRehearsal out;
        out.faults.push_back({path.string(), 0, 0, "the file cannot be read", "", false});
        return out;
    }
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return load_rehearsal_text(text, path.string());
}

}  // namespace shouwang::config
