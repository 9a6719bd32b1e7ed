#pragma once

#include "escalation/decide.hpp"

#include <chrono>
#include <memory>

// A small protocol that has nothing to do with the product's own: a leak of gas in a plant. The
// porter has two minutes, then the chief; then everybody every five minutes, for ever.
namespace shouwang::test {

using namespace std::chrono_literals;

inline std::shared_ptr<const escalation::Protocol> gas_leak()
{
    using namespace escalation;
    const auto role = [](const char* name) {
        Role out;
        out.name = out.holds = RoleName(name);
        out.label = name;
        return out;
    };
    const auto rung = [](Span after, const char* to) {
        Rung out;
        out.after = after;
        out.to = {Target{Target::Kind::Role, to}};
        out.text = TextCode("T1");
        return out;
    };
    Duty go;
    go.name = DutyName("go");
    go.label = "关阀门";
    go.opens.node = Always{};
    go.answers = {
        {Word("going"), Effect::Satisfy},
        {Word("received"), Effect::Note},
        {Word("cannot"), Effect::NextRung}};
    go.ladder = {rung(0s, "porter"), rung(120s, "chief")};
    Forever forever;
    forever.every = 5min;
    go.forever = forever;

    auto out = std::make_shared<Protocol>();
    out->name = "gas-leak";
    out->version = 1;
    out->hash = "hash-of-gas-leak";
    out->utc_offset = 8h;
    Level level;
    level.name = LevelName("leak");
    level.label = "泄漏";
    level.max_silence = 5min;
    level.channels = {ChannelName("sms")};
    out->levels = {level};
    out->floor = out->fail_open = level.name;
    out->roles = {{RoleName("porter"), role("porter")}, {RoleName("chief"), role("chief")}};
    out->last_resort = {RoleName("chief")};
    out->duties = {{go.name, go}};
    out->duty_order = {go.name};
    Text& text = out->texts[TextCode("T1")];
    text.code = TextCode("T1");
    text.sms = "【守望】{{level}}{{code}}，{{place}}。回1已去。";
    out->texts[TextCode("unknown")].sms = "待查";
    out->texts[TextCode("drill")].sms = "演练";
    out->texts[TextCode("drill")].voice = "这是演练。";
    out->hole_text = out->level_text = TextCode("T1");
    out->trusted = {"phone"};
    return out;
}

inline std::shared_ptr<const escalation::Directory> plant()
{
    using namespace escalation;
    auto out = std::make_shared<Directory>();
    out->version = "hash-of-plant";
    Unit root;
    root.id = UnitId("plant");
    root.name = root.short_name = "厂";
    root.kind = "university";
    out->units = {{root.id, root}};
    const auto add = [&](const char* id, const char* holds, const char* phone, const char* phone2) {
        Staff staff;
        staff.id = StaffId(id);
        staff.kind = "person";
        staff.name = "某人";
        staff.unit = root.id;
        staff.phone = phone;
        staff.phone2 = phone2;
        staff.wecom = id;
        out->staff[staff.id] = staff;
        out->holdings[RoleAt(RoleName(holds), root.id)].push_back({staff.id, 0});
    };
    add("p-1", "porter", "199-0000-0001", "");
    add("c-1", "chief", "199-0000-0002", "199-0000-0003");
    return out;
}

}  // namespace shouwang::test
