#include "daemon/client/shared_options.hpp"

#include <CLI/CLI.hpp>

namespace shouwang::client {

std::string pair_fault(const std::string& text)
{
    return parse_pair(text) ? std::string() : "NAME=VALUE, not " + text;
}

void add_pairs(
    CLI::App& verb, const std::string& name, std::vector<std::string>& to, const std::string& help
)
{
    verb.add_option(name, to, help)->allow_extra_args(false)->check(pair_fault);
}

std::vector<Pair> pairs_of(const std::vector<std::string>& texts)
{
    std::vector<Pair> out;
    for (const std::string& text : texts) out.push_back(parse_pair(text).value_or(Pair{}));
    return out;
}

void add_whereabouts(CLI::App& verb, OpenArguments& to, const Words& say)
{
    verb.add_option("--student", to.students, say("学号，可多次", "student id; may be repeated"))
        ->allow_extra_args(false);
    verb.add_option(
            "--describe",
            to.descriptions,
            say("不知道是谁时的描述，可多次", "somebody not identified; may be repeated")
    )
        ->allow_extra_args(false);
    verb.add_option("--campus", to.campus, say("校区编号", "campus id"));
    verb.add_option("--building", to.building, say("楼栋编号或名称", "building, id or name"));
    verb.add_option("--floor", to.floor, say("楼层", "floor"));
    verb.add_option("--room", to.room, say("房间", "room"));
    verb.add_option("--detail", to.detail, say("地点补充", "more about the place"));
}

void add_behalf(CLI::App& verb, Behalf& behalf, const Words& say)
{
    auto* staff =
        verb.add_option("--staff", behalf.staff, say("替谁（职工编号）", "for whom (staff id)"));
    verb.add_option(
            "--heard-by",
            behalf.heard_by,
            say("谁从本人处听到的（值班员代报时必填）", "who heard it from them, at the duty desk")
    )
        ->needs(staff);
}

}  // namespace shouwang::client
