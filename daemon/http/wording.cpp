#include "daemon/http/wording.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>

namespace shouwang::http {

namespace js = boost::json;
using namespace escalation;

namespace {

constexpr std::string_view place_of_detail = "{}";
constexpr std::string_view call_instead = "call instead:";

constexpr std::array known_words{
    RefusalWords{"already_held", "此人已经担任"},
    RefusalWords{"ask_needed", "要说明答的是哪一项：{}"},
    RefusalWords{"campus_unknown", "没有这个校区"},
    RefusalWords{"drill_runs", "这名学生已有一场演练在进行"},
    RefusalWords{"drill_too_long", "演练时长须在 1 分钟到 12 小时之间"},
    RefusalWords{"duty_ambiguous", "要说明是哪一项：{}"},
    RefusalWords{"duty_open", "环节未结束：{}"},
    RefusalWords{"duty_unknown", "没有这个环节"},
    RefusalWords{"end_unknown", "预案里没有这种结束"},
    RefusalWords{"ended", "警情已经结束"},
    RefusalWords{"evidence", "有一栏必填的没有填"},
    RefusalWords{"fact_recorded", "这项事实须在相应环节的登记里填写，不能直接填写"},
    RefusalWords{"fact_signed", "这项事实只能由签署得出，不能直接填写"},
    RefusalWords{"fact_unknown", "预案里没有这项事实"},
    RefusalWords{"fact_value", "这项事实没有这个取值"},
    RefusalWords{"facts_missing", "至少要填一项事实"},
    RefusalWords{"field_missing", "必填：{}"},
    RefusalWords{"field_unknown", "不认识的一栏"},
    RefusalWords{"held_by_better", "现任者排位在前，须由其本人移交"},
    RefusalWords{"id_taken", "编号已被占用，请重新登记"},
    RefusalWords{"incident_unknown", "没有这条警情"},
    RefusalWords{"into_not_open", "要并入的警情不在进行中"},
    RefusalWords{"into_other_kind", "真实上报不能并入演练"},
    RefusalWords{"level_unknown", "新版预案里没有现在的级别"},
    RefusalWords{"needs_reason", "必须写明理由"},
    RefusalWords{"never_waived", "这个环节不能免除"},
    RefusalWords{"no_record", "这个环节不是用记录完成的"},
    RefusalWords{"not_a_drill", "这不是演练"},
    RefusalWords{"not_a_word", "来源须是一个词"},
    RefusalWords{"not_asked", "此人没有被呼叫这一项"},
    RefusalWords{"not_entitled", "此人的岗位不能这样做"},
    RefusalWords{"not_higher", "现在的级别没有那么高"},
    RefusalWords{"not_merged", "这一件没有并入别的警情"},
    RefusalWords{"not_open", "不在进行中"},
    RefusalWords{"not_over", "尚未结束，不必重新启动"},
    RefusalWords{"not_suggested", "系统没有提示过这两件相同"},
    RefusalWords{"not_under_review", "这条上报已经有人处理"},
    RefusalWords{"nothing_to_go_by", "太少了，无从找起：至少再填一项"},
    RefusalWords{"other_kind", "真实警情不能与演练合并"},
    RefusalWords{"other_protocol", "两件警情的预案版本不同，先换成同一版"},
    RefusalWords{"page_unknown", "没有这次呼叫"},
    RefusalWords{"place_missing", "校区、楼栋、怎么找到，至少填一项"},
    RefusalWords{"protocol_unknown", "没有这一版预案"},
    RefusalWords{"real_alarm", "同一地点或学生有真实警情，不能发起演练"},
    RefusalWords{"reason", "必须写明理由"},
    RefusalWords{"ref_invalid", "外部编号不合规"},
    RefusalWords{"register_unknown", "没有这个由一人担任的岗位"},
    RefusalWords{"rule_holds", "仍有规则要求这一级：{}"},
    RefusalWords{"same_incident", "这是同一件警情"},
    RefusalWords{"same_protocol", "已经在用这一版预案"},
    RefusalWords{"signer", "还差一人签署"},
    RefusalWords{"signer_not_entitled", "此人的岗位不能签署这一项，或这一签已有人签过"},
    RefusalWords{"signer_repeated", "此人已经签过，须由另一人签署"},
    RefusalWords{"signer_same_account", "另一签署也由这个账号经手，须换一个账号登记"},
    RefusalWords{"source_reserved", "来源不能用这个名称"},
    RefusalWords{"staff_unknown", "花名册里没有这个工号"},
    RefusalWords{"student_already", "这名学生已在本警情中"},
    RefusalWords{"student_unknown", "学生名册里没有这个学号"},
    RefusalWords{"subject_needed", "要说明是关于哪一名学生"},
    RefusalWords{"subject_unknown", "没有这名对象"},
    RefusalWords{"text", "备注没有内容"},
    RefusalWords{"too_early", "前面的步骤还没有做，现在不能免除"},
    RefusalWords{"too_long", "太长了，请写短一些"},
    RefusalWords{"too_many", "数量已到上限"},
    RefusalWords{"via_unknown", "预案里没有这个来源"},
};

std::string text_in(const js::object& object, std::string_view name)
{
    const js::value* value = object.if_contains(js::string_view(name.data(), name.size()));
    return value != nullptr && value->is_string()
               ? std::string(value->get_string().data(), value->get_string().size())
               : std::string();
}

// A fault of the request has its code in front of its detail: "reason: a reason is needed".
std::string fault_in_words(const std::string& detail)
{
    const auto colon = detail.find(": ");
    if (colon == std::string::npos) return detail;
    return in_words(
        std::string_view(detail).substr(0, colon), std::string_view(detail).substr(colon + 2)
    );
}

}  // namespace

std::string label_of(const Protocol& protocol, const std::vector<Target>& targets)
{
    std::string out;
    for (const Target& target : targets) {
        std::string label = target.name;
        if (target.kind == Target::Kind::Register) {
            const auto found = protocol.registers.find(RegisterName(target.name));
            if (found != protocol.registers.end()) label = found->second.label;
        } else if (target.kind == Target::Kind::Role) {
            const auto found = protocol.roles.find(RoleName(target.name));
            if (found != protocol.roles.end()) label = found->second.label;
        }
        out += (out.empty() ? "" : " / ") + label;
    }
    return out;
}

std::string evidence_label(const std::string& field)
{
    if (field == "reason") return "理由";
    if (field == "seen") return "谁、何时、何地当面见到（或如何查遍现场）";
    if (field == "kind") return "性质（误会、已解决、恶意）";
    return field;
}

std::span<const RefusalWords> refusal_words()
{
    return known_words;
}

std::string in_words(std::string_view code, std::string_view detail)
{
    const auto found = std::find_if(known_words.begin(), known_words.end(), [&](const auto& known) {
        return known.code == code;
    });
    if (found == known_words.end()) return std::string(detail.empty() ? code : detail);
    std::string out(found->words);
    if (const auto at = out.find(place_of_detail); at != std::string::npos)
        out.replace(at, place_of_detail.size(), detail);
    return out;
}

std::vector<std::string> problem_in_words(const std::string& body)
{
    std::vector<std::string> out;
    js::error_code error;
    const js::value parsed = js::parse(body, error);
    const js::object* problem = error ? nullptr : parsed.if_object();
    if (problem == nullptr) return {"请重试，或直接打电话"};
    for (const char* list : {"errors", "missing"}) {
        const js::value* found = problem->if_contains(list);
        const js::array* entries = found == nullptr ? nullptr : found->if_array();
        if (entries == nullptr) continue;
        for (const js::value& entry : *entries) {
            const js::object* row = entry.if_object();
            if (row == nullptr) continue;
            const std::string code = text_in(*row, "code");
            const std::string detail = text_in(*row, "detail");
            out.push_back(code.empty() ? fault_in_words(detail) : in_words(code, detail));
        }
    }
    if (!out.empty()) return out;
    const std::string detail = text_in(*problem, "detail");
    const auto phones = detail.find(call_instead);
    if (phones == std::string::npos) return {"请重试，或直接打电话"};
    return {"系统暂时记不下来，请直接拨打：" + detail.substr(phones + call_instead.size())};
}

}  // namespace shouwang::http
