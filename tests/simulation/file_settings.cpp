#include "config/protocol_loader.hpp"
#include "config/roster.hpp"
#include "tests/simulation/setting.hpp"

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace shouwang::test {

namespace {

using namespace escalation;
using namespace std::chrono_literals;

std::string length_of(std::string_view text)
{
    return "hash-" + std::to_string(text.size());
}

std::shared_ptr<const Protocol> protocol_of(const std::filesystem::path& path)
{
    config::ProtocolOptions options;
    options.hash = length_of;
    config::LoadedProtocol loaded = config::load_protocol(path, options);
    if (!loaded.protocol) throw std::runtime_error("does not load: " + path.string());
    return std::move(loaded.protocol);
}

std::shared_ptr<const Directory> roster_of(const std::filesystem::path& path)
{
    config::RosterOptions options;
    options.hash = length_of;
    config::LoadedRoster loaded = config::load_roster(path, 480min, options);
    if (!loaded.directory) throw std::runtime_error("does not load: " + path.string());
    return std::move(loaded.directory);
}

std::filesystem::path source(const char* path)
{
    return std::filesystem::path(SHOUWANG_SOURCE_DIR) / path;
}

// A factory: two fitters on shifts, three foremen of whom one is away, and a manager.
Directory factory(Dice& dice, Instant start)
{
    Directory out;
    out.version = "factory";
    for (const auto& [id, kind, parent] :
         {std::tuple("plant", "university", ""), {"hall", "building", "plant"}}) {
        Unit unit;
        unit.id = UnitId(id);
        unit.name = id;
        unit.short_name = id;
        unit.kind = kind;
        unit.parent = UnitId(parent);
        out.units[unit.id] = unit;
    }
    const UnitId plant("plant");
    for (const char* id : {"fit-1", "fit-2", "fore-1", "fore-2", "fore-3", "gate", "boss"}) {
        Staff staff;
        staff.id = StaffId(id);
        staff.kind = "person";
        staff.name = id;
        staff.phone = "199-0000-0001";
        out.staff[staff.id] = staff;
    }
    if (dice.chance(1, 3)) out.staff[StaffId("fit-2")].phone.clear();
    const Shift shift{start - 48h, start + 72h, StaffId("fit-1"), StaffId("fit-2")};
    if (dice.chance(2, 3)) out.shifts[{RoleName("fitter"), plant}] = {shift};
    out.holdings[{RoleName("foreman"), plant}] = {
        {StaffId("fore-1"), 0}, {StaffId("fore-2"), 1}, {StaffId("fore-3"), 2}};
    out.holdings[{RoleName("gatekeeper"), plant}] = {{StaffId("gate"), 0}};
    out.holdings[{RoleName("plant_manager"), plant}] = {{StaffId("boss"), 0}};
    if (dice.chance(1, 2)) out.holdings[{RoleName("medic"), plant}] = {{StaffId("fit-2"), 0}};
    if (dice.chance(1, 3))
        out.leaves[StaffId("fore-1")] = {{start - 24h, start + 96h, StaffId("fore-2")}};
    return out;
}

Setting setting(
    std::string name,
    const std::shared_ptr<const Protocol>& protocol,
    std::shared_ptr<const Directory> directory,
    Instant start
)
{
    Setting out;
    out.name = std::move(name);
    out.rules.protocols[protocol->hash] = protocol;
    out.rules.current = protocol->hash;
    out.directory = std::move(directory);
    out.start = start;
    return out;
}

}  // namespace

Setting notice_safe_setting(Dice& dice)
{
    static const auto protocol = protocol_of(source("config/protocol/notice-safe.toml"));
    static const auto roster = roster_of(source("tests/rosters/nlmu-small"));
    const Instant october = std::chrono::sys_days(std::chrono::October / 1 / 2026);
    return setting(
        "notice-safe", protocol, roster, october + std::chrono::minutes(dice.below(10 * 24 * 60))
    );
}

Setting gas_leak_setting(Dice& dice)
{
    static const auto protocol = protocol_of(source("tests/config/protocols/gas_leak.toml"));
    const Instant may = std::chrono::sys_days(std::chrono::May / 4 / 2026);
    const Instant start = may + std::chrono::minutes(dice.below(7 * 24 * 60));
    return setting(
        "gas leak", protocol, std::make_shared<const Directory>(factory(dice, start)), start
    );
}

}  // namespace shouwang::test
