#include "tests/simulation/setting.hpp"

#include <chrono>
#include <utility>

namespace shouwang::test {

namespace {

using namespace escalation;
using namespace std::chrono_literals;

constexpr Instant first_day = std::chrono::sys_days(std::chrono::May / 4 / 2026);

Condition atom(
    Topic topic, std::string name, Op op, std::vector<std::string> values, Span span = Span{}
)
{
    return {Atom{topic, std::move(name), {}, op, std::move(values), span}};
}

Condition fact(std::string name, Op op, std::string value)
{
    return atom(Topic::Fact, std::move(name), op, {std::move(value)});
}

Condition stage(std::string value)
{
    return {Atom{Topic::Incident, {}, "stage", Op::Is, {std::move(value)}, Span{}}};
}

Target role(const char* name)
{
    return {Target::Kind::Role, name};
}

class Draw {
public:
    explicit Draw(Dice& dice) : dice_(dice) {}

    [[nodiscard]] std::shared_ptr<Protocol> protocol()
    {
        auto out = std::make_shared<Protocol>();
        out->name = "drawn";
        out->version = 1;
        out->hash = "drawn";
        out->utc_offset = 480min;
        words(*out);
        people(*out);
        call(*out);
        crew(*out);
        calm(*out);
        arrive(*out);
        tasks(*out);
        review(*out);
        ending(*out);
        return out;
    }

    [[nodiscard]] std::shared_ptr<Directory> directory()
    {
        auto out = std::make_shared<Directory>();
        out->version = "drawn";
        unit(*out, "root", "university", "");
        unit(*out, "yard", "campus", "root");
        for (const char* id : {"north", "south"}) {
            unit(*out, id, "college", "root");
            unit(*out, std::string(id) + "-1", "class", id);
        }
        unit(*out, "tower", "building", "yard");
        for (unsigned i = 0; i < staff_count; ++i) member(*out, i);
        hold(*out, "near", "north-1", 2);
        hold(*out, "near", "south-1", 2);
        hold(*out, "chief", "north", 3);
        hold(*out, "chief", "south", 3);
        hold(*out, "guard", "root", 2);
        hold(*out, "medic", "root", 1);
        hold(*out, "desk", "root", 1);
        hold(*out, "crowd", "root", 4);
        out->holdings[{RoleName("head"), UnitId("root")}] = {{StaffId("p00"), 0}};
        out->holdings[{RoleName("last"), UnitId("root")}] = {
            {StaffId("p01"), 0}, {StaffId("p02"), 1}};
        for (unsigned i = 0; i < 6; ++i) {
            Student student;
            student.id = StudentId("canary-id-" + std::to_string(i));
            student.name = "canary-name-" + std::to_string(i);
            student.college = UnitId(i % 2 == 0 ? "north" : "south");
            student.class_unit = UnitId(i % 2 == 0 ? "north-1" : "south-1");
            student.kind = i % 3 == 0 ? "pg" : "ug";
            if (i != 5) student.building = UnitId("tower");
            out->students[student.id] = student;
        }
        return out;
    }

private:
    static constexpr unsigned staff_count = 24;

    Span span(unsigned from, unsigned to) { return std::chrono::seconds(from + dice_.below(to)); }

    static void words(Protocol& out)
    {
        const ChannelName a("a");
        const ChannelName b("b");
        const ChannelName c("c");
        out.levels = {
            {LevelName("low"), "low", 40min, {a}},
            {LevelName("mid"), "mid", 25min, {a, b}},
            {LevelName("top"), "top", 20min, {a, b, c}}};
        out.floor = LevelName("low");
        out.fail_open = LevelName("mid");
        out.facts[FactName("heat")] = {
            FactName("heat"), "heat", FactKind::Scale, false, {"none", "some", "much"}, {}};
        out.facts[FactName("hurt")] = {
            FactName("hurt"), "hurt", FactKind::Scale, true, {"no", "bit", "bad"}, {}};
        out.facts[FactName("lost")] = {
            FactName("lost"), "lost", FactKind::Scale, true, {"no", "yes"}, {}};
        out.facts[FactName("signs")] = {
            FactName("signs"), "signs", FactKind::Set, false, {"smoke", "noise"}, {}};
        const auto rule = [&](const char* name, const char* level, Condition when) {
            out.rules[RuleName(name)] = {RuleName(name), name, LevelName(level), std::move(when)};
        };
        rule("warm", "mid", fact("heat", Op::AtLeast, "some"));
        rule("hot", "top", fact("heat", Op::AtLeast, "much"));
        rule("harmed", "top", fact("hurt", Op::AtLeast, "bad"));
        rule("noisy", "mid", atom(Topic::Fact, "signs", Op::Has, {"noise"}));
        rule("long", "top", atom(Topic::Fact, "heat", Op::HeldFor, {"some"}, 17min));
        out.trusted = {"desk", "guard"};
        out.review = {"public"};
        out.hole_to = {role("desk")};
        out.hole_text = TextCode("hole");
        out.level_text = TextCode("level");
    }

    static void people(Protocol& out)
    {
        const auto add = [&](const char* name, Path of, bool all) -> Role& {
            Role& made = out.roles[RoleName(name)];
            made.name = RoleName(name);
            made.holds = RoleName(name);
            made.of = of;
            made.all = all;
            if (all) made.order_to.reset();
            return made;
        };
        add("near", Path::SubjectClass, true).otherwise = {RoleName("guard")};
        add("chief", Path::SubjectCollege, false);
        Role& deputies = add("deputies", Path::SubjectCollege, true);
        deputies.holds = RoleName("chief");
        deputies.order_from = 1;
        add("guard", Path::University, false);
        add("medic", Path::University, false).rota = true;
        add("desk", Path::University, false);
        add("crowd", Path::University, true);
        add("ghost", Path::University, false);  // nobody holds it: always a hole
        add("last", Path::University, true);
        out.unit_head = RoleName("head");
        out.last_resort = {RoleName("last")};
        out.registers[RegisterName("coming")] = {
            RegisterName("coming"),
            "coming",
            {Word("going")},
            {Word("withdrawn"), Word("cannot")},
            {DutyName("call"), DutyName("lead")},
            false,
            false,
            false,
            {}};
        out.registers[RegisterName("there")] = {
            RegisterName("there"), "there", {Word("arrived")}, {}, {}, false, false, true, {}};
        out.registers[RegisterName("command")] = {
            RegisterName("command"),
            "command",
            {Word("going"), Word("arrived")},
            {Word("withdrawn")},
            {DutyName("lead")},
            true,
            true,
            false,
            {RoleName("chief"), RoleName("deputies"), RoleName("head")}};
    }

    Ladder ladder(const std::vector<std::vector<Target>>& waves, const char* text)
    {
        Ladder out;
        Span after{};
        for (const auto& wave : waves) {
            Rung rung;
            rung.after = after;
            rung.to = wave;
            rung.text = TextCode(text);
            const Span again = span(20, 60);
            if (after == Span{}) rung.again = {{again, 3 * again}, {ChannelName("a")}};
            if (after != Span{} && dice_.chance(1, 6)) rung.when = fact("heat", Op::IsNot, "some");
            out.push_back(std::move(rung));
            after += span(30, 200);
        }
        return out;
    }

    Duty& duty(Protocol& out, const char* name, Scope scope)
    {
        Duty& made = out.duties[DutyName(name)];
        made.name = DutyName(name);
        made.label = name;
        made.scope = scope;
        made.opens = stage("open");
        out.duty_order.push_back(made.name);
        return made;
    }

    static void usual_answers(Duty& made)
    {
        made.answers = {
            {Word("going"), Effect::Satisfy},
            {Word("arrived"), Effect::Satisfy},
            {Word("received"), Effect::Note},
            {Word("cannot"), Effect::NextRung},
            {Word("withdrawn"), Effect::Reopen}};
    }

    Forever forever(Forever::To to)
    {
        Forever out;
        out.every = span(120, 480);
        if (dice_.chance(1, 2)) out.every_at[LevelName("top")] = span(60, 120);
        out.spare = {{ChannelName("c"), 20min}};
        out.to = to;
        out.widen = {RoleName("crowd"), RoleName("last")};
        return out;
    }

    void call(Protocol& out)
    {
        Duty& made = duty(out, "call", Scope::College);
        made.clock = Clock::Level;
        made.renews = atom(Topic::Fact, "lost", Op::Turns, {"yes"});
        usual_answers(made);
        made.ladders[LevelName("low")] = ladder({{role("near")}, {role("chief")}}, "call");
        made.ladders[LevelName("mid")] =
            ladder({{role("near")}, {role("ghost")}, {role("crowd")}}, "call");
        made.ladders[LevelName("top")] =
            ladder({{role("near"), role("medic")}, {role("chief")}, {role("crowd")}}, "call");
        made.forever = forever(Forever::To::AllButCannot);
    }

    void crew(Protocol& out)
    {
        Duty& lead = duty(out, "lead", Scope::Incident);
        lead.clock = dice_.chance(1, 2) ? Clock::Level : Clock::Opening;
        usual_answers(lead);
        lead.ladder = ladder({{role("chief")}, {role("deputies")}, {role("head")}}, "lead");
        lead.forever = forever(Forever::To::LastRung);

        Duty& crew = duty(out, "crew", Scope::Each);
        crew.opens = {Any{
            {atom(Topic::Level, {}, Op::AtLeast, {"top"}),
             atom(Topic::Duty, "lead", Op::Is, {"done"})}}};
        usual_answers(crew);
        crew.answers[Word("advising")] = Effect::Note;
        Each guard;
        guard.role = RoleName("guard");
        guard.slots = {{"role", RoleName("guard")}, {"head", RoleName("head")}};
        guard.satisfy = {Word("going"), Word("advising")};
        guard.early = fact("heat", Op::IsNot, "none");
        Each medic;
        medic.role = RoleName("medic");
        medic.slots = {{"role", RoleName("medic")}, {"head", RoleName("ghost")}};
        medic.texts = {{"role", TextCode("medic")}};
        medic.satisfy = {Word("received")};
        Each ghost;
        ghost.role = RoleName("ghost");
        ghost.slots = {{"role", RoleName("ghost")}, {"head", RoleName("ghost")}};
        crew.each = {guard, medic, ghost};
        const Target head{Target::Kind::Slot, "head"};
        crew.ladder = ladder({{{Target::Kind::Slot, "role"}}, {head}}, "crew");
        crew.forever = forever(Forever::To::AllButCannot);
    }

    void calm(Protocol& out)
    {
        // Ended by circumstances, and opened again by them.
        Duty& made = duty(out, "empty", Scope::Incident);
        made.opens = atom(Topic::Level, {}, Op::AtLeast, {"mid"});
        made.done = atom(Topic::Register, "there", Op::Is, {"held"});
        made.ladder = ladder({{role("guard")}, {role("desk"), role("chief")}}, "empty");
        for (Rung& rung : made.ladder) rung.after += 90s;
        made.forever = forever(Forever::To::AllButCannot);
        usual_answers(made);
    }

    void arrive(Protocol& out)
    {
        Duty& made = duty(out, "arrive", Scope::Person);
        made.duty_class = DutyClass::Task;
        made.of = RegisterName("coming");
        made.opens = stage("open");
        made.answers = {
            {Word("arrived"), Effect::Satisfy},
            {Word("going"), Effect::Renew},
            {Word("cannot"), Effect::Parent},
            {Word("withdrawn"), Effect::Parent}};
        Rung ask;
        ask.after_due = true;
        ask.to = {{Target::Kind::Self, {}}};
        ask.text = TextCode("arrive");
        Rung again = ask;
        again.after = span(60, 120);
        made.ladder = {ask, again};
        made.due = {
            {RoleName("medic"), {Always{}}, span(60, 300)}, {{}, {Always{}}, span(120, 600)}};
        made.eta_grace = 60s;
        made.lapses = span(180, 300);
        made.lapses_max = 2;
        made.on_lapse = Lapse::Parent;
    }

    void tasks(Protocol& out)
    {
        Duty& note = duty(out, "note", Scope::Incident);
        note.duty_class = DutyClass::Task;
        note.opens = atom(Topic::Register, "there", Op::Is, {"held"});
        note.record = {{"state", "state", FactName("heat"), true}, {"words", "words", {}, false}};
        note.ladder = ladder({{{Target::Kind::Register, "there"}}, {role("desk")}}, "note");
        note.lapses = span(600, 1200);
        note.answers = {{Word("received"), Effect::Note}};

        Duty& care = duty(out, "care", Scope::Subject);
        care.opens = fact("hurt", Op::AtLeast, "bit");
        care.moot = fact("hurt", Op::Is, "no");
        usual_answers(care);
        care.answer_from = {role("medic"), {Target::Kind::Register, "there"}};
        care.ladder = ladder({{role("medic")}, {role("guard"), role("crowd")}}, "care");
        care.forever = forever(Forever::To::AllButCannot);

        out.informs[InformName("word")] = {
            InformName("word"),
            atom(Topic::Level, {}, Op::Is, {"top"}),
            {role("last")},
            TextCode("word"),
            {ChannelName("a")}};
    }

    void review(Protocol& out)
    {
        Duty& made = duty(out, "review", Scope::Incident);
        made.opens = stage("review");
        made.lapses = span(60, 120);
        made.on_lapse = Lapse::Open;
        Rung ask;
        ask.to = {role("desk")};
        ask.text = TextCode("review");
        made.ladder = {ask};
        made.answers = {{Word("received"), Effect::Note}};
    }

    static Target role_target(const char* name) { return {Target::Kind::Role, name}; }

    static void ending(Protocol& out)
    {
        End end;
        end.name = EndName("close");
        end.evidence = {"reason"};
        end.signers = {
            {role_target("chief"), role_target("deputies"), role_target("last")},
            {role_target("head"), role_target("last")}};
        end.refuse = {{fact("hurt", Op::AtLeast, "bad"), "still_hurt", "somebody is hurt"}};
        out.ends[end.name] = end;
        out.phases = {{"open", "open", stage("open")}};
    }

    static void unit(Directory& out, std::string id, std::string kind, std::string parent)
    {
        Unit made;
        made.id = UnitId(id);
        made.name = id;
        made.short_name = id;
        made.kind = kind;
        made.parent = UnitId(parent);
        if (kind == "building") made.campus = UnitId("yard");
        out.units[made.id] = made;
    }

    static std::string staff_id(std::uint64_t i)
    {
        return (i < 10 ? "p0" : "p") + std::to_string(i);
    }

    void member(Directory& out, unsigned i)
    {
        Staff made;
        made.id = StaffId(staff_id(i));
        made.kind = "person";
        made.name = made.id.text();
        // The first three are the last resort and the head: a checked roster can reach them.
        if (i < 3 || !dice_.chance(1, 10)) made.phone = "199-0000-0001";
        out.staff[made.id] = made;
        if (i < 3 || !dice_.chance(1, 8)) return;
        Leave leave{first_day - 24h, first_day + 72h, StaffId{}};
        if (dice_.chance(2, 3)) leave.delegate = StaffId(staff_id(dice_.below(staff_count)));
        out.leaves[made.id] = {leave};
    }

    void hold(Directory& out, const char* name, const char* where, unsigned count)
    {
        auto& holders = out.holdings[{RoleName(name), UnitId(where)}];
        for (unsigned order = 0; order < count; ++order)
            if (dice_.chance(9, 10))
                holders.push_back({StaffId(staff_id(dice_.below(staff_count))), order});
        if (holders.empty()) out.holdings.erase({RoleName(name), UnitId(where)});
    }

    Dice& dice_;
};

}  // namespace

Setting drawn_setting(Dice& dice)
{
    Draw draw(dice);
    Setting out;
    out.name = "drawn";
    const std::shared_ptr<Protocol> protocol = draw.protocol();
    out.rules.protocols[protocol->hash] = protocol;
    out.rules.current = protocol->hash;
    out.directory = draw.directory();
    out.start = first_day + std::chrono::minutes(dice.below(24 * 60));
    return out;
}

}  // namespace shouwang::test
