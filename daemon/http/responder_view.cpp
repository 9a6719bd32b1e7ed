#include "daemon/http/responder_view.hpp"

#include "config/message_text.hpp"
#include "daemon/http/wording.hpp"
#include "daemon/message.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

namespace shouwang::http {

using namespace escalation;

namespace {

const Page* latest_page(const Incident& incident, const StaffId& staff)
{
    const Page* out = nullptr;
    for (const auto& [id, page] : incident.pages)
        if (page.staff == staff) out = &page;
    return out;
}

ResponderButton::Weight weight_of(Effect effect, bool first)
{
    switch (effect) {
        case Effect::Satisfy:
            return first ? ResponderButton::Weight::Primary : ResponderButton::Weight::Good;
        case Effect::Renew: return ResponderButton::Weight::Primary;
        case Effect::NextRung:
        case Effect::Reopen:
        case Effect::Parent: return ResponderButton::Weight::Warn;
        case Effect::Note: break;
    }
    return ResponderButton::Weight::Plain;
}

// A word that puts somebody among those a duty of arrival is about.
bool starts_a_journey(const Protocol& protocol, const Word& word)
{
    for (const auto& [name, duty] : protocol.duties) {
        if (duty.scope != Scope::Person) continue;
        const auto found = protocol.registers.find(duty.of);
        if (found == protocol.registers.end()) continue;
        for (const Word& enters : found->second.enters)
            if (enters == word) return true;
    }
    return false;
}

std::string why_closed(const Incident& incident, const DutyInstance& duty)
{
    if (!incident.live()) return "警情已结束";
    if (duty.state == DutyState::Moot) return "不再需要";
    return {};
}

std::optional<Instant> next_rung(const DutyInstance& duty)
{
    if (!duty.open()) return std::nullopt;
    for (const RungState& rung : duty.rungs)
        if (!rung.reached) return rung.due;
    return duty.forever_next;
}

// Asked, or standing where whoever does it stands: the first on the scene reports before anybody
// reminds them.
bool concerns(
    const Incident& incident, const DutyInstance& duty, const Duty& defined, const StaffId& staff
)
{
    if (duty.asks.contains(staff)) return true;
    const bool stands_there = std::any_of(
        defined.answer_from.begin(),
        defined.answer_from.end(),
        [&](const escalation::Target& who) {
            const auto found = incident.registers.find(RegisterName(who.name));
            return who.kind == escalation::Target::Kind::Register &&
                   found != incident.registers.end() &&
                   std::any_of(
                       found->second.begin(),
                       found->second.end(),
                       [&](const RegisterEntry& entry) { return entry.staff == staff; }
                   );
        }
    );
    if (stands_there && duty.open() && !defined.record.empty()) return true;
    return defined.scope == Scope::Person && duty.key.scope == staff.text() && duty.open();
}

// Whom the roster has for the student, by the number that a record names them with.
std::vector<Option> contacts_of(const ResponderContext& context, const DutyKey& key)
{
    std::vector<Option> out;
    const auto subject = context.incident.subjects.find(SubjectId(key.scope));
    if (subject == context.incident.subjects.end()) return out;
    const auto [first, last] = context.directory.guardians.equal_range(subject->second.student);
    for (auto it = first; it != last; ++it) {
        const Guardian& contact = it->second;
        std::string label = std::to_string(contact.order) + " " + contact.relation;
        if (!contact.caution.empty()) label += "（有提示，先问中心或学院领导）";
        out.push_back({std::to_string(contact.order), std::move(label)});
    }
    if (!out.empty()) out.push_back({"other", "名册以外的人（在备注写明）"});
    return out;
}

ResponderField field_form(
    const ResponderContext& context, const RecordField& field, const DutyKey& key
)
{
    const Protocol& protocol = context.protocol;
    ResponderField out;
    out.name = field.name;
    out.label = field.label;
    out.required = field.required;
    if (field.contact) out.options = contacts_of(context, key);
    const auto fact = protocol.facts.find(field.fact);
    if (fact == protocol.facts.end()) return out;
    out.several = fact->second.kind == FactKind::Set;
    for (const std::string& value : fact->second.values) {
        const auto label = fact->second.value_labels.find(value);
        out.options.push_back(
            {value, label == fact->second.value_labels.end() ? value : label->second}
        );
    }
    return out;
}

std::vector<ResponderButton> buttons_for(
    const ResponderContext& context, const Duty& defined, const DutyInstance& duty, bool promised
)
{
    std::vector<ResponderButton> out;
    bool first = true;
    for (const Word& word : answers_to(context.protocol, duty)) {
        const auto effect = defined.answers.find(word);
        const Effect does = effect == defined.answers.end() ? Effect::Satisfy : effect->second;
        // There is nothing to take back before something was promised.
        if (does == Effect::Reopen && !promised) continue;
        ResponderButton button;
        button.word = word.text();
        button.label = word_label(context.protocol, word);
        button.key = context.fresh_key();
        button.weight = weight_of(does, first);
        button.wants_eta = does == Effect::Renew || starts_a_journey(context.protocol, word);
        const auto terms = defined.terms.find(word);
        button.wants_call = does == Effect::Satisfy && !defined.dial.empty() &&
                            (terms == defined.terms.end() || terms->second.needs.empty());
        button.wants_reason =
            does == Effect::NextRung ||
            (terms != defined.terms.end() &&
             std::find(terms->second.needs.begin(), terms->second.needs.end(), "reason") !=
                 terms->second.needs.end());
        // What needs a reason is not the thing to press first.
        if (does == Effect::Satisfy && button.wants_reason)
            button.weight = ResponderButton::Weight::Plain;
        else if (does == Effect::Satisfy)
            first = false;
        out.push_back(std::move(button));
    }
    return out;
}

ResponderAsk ask_form(
    const ResponderContext& context,
    const Duty& defined,
    const DutyInstance& duty,
    const StaffId& staff,
    const Page* page
)
{
    ResponderAsk out;
    out.ask = duty.key.text();
    out.label = defined.label;
    out.closed = why_closed(context.incident, duty);
    const auto asked = duty.asks.find(staff);
    const bool known = asked != duty.asks.end();
    if (known && page != nullptr) {
        const daemon::MessageSource source{
            context.protocol, context.directory, context.incident, *page};
        out.todo = config::render_text(
            context.protocol,
            asked->second.text,
            daemon::variables_of(source, context.now),
            config::Medium::Wecom,
            context.incident.kind == Kind::Drill
        );
    }
    if (known && !asked->second.answer.empty()) {
        out.answered = word_label(context.protocol, asked->second.answer);
        out.answered_at = local_time(context.protocol, asked->second.answered_at);
    }
    if (duty.state == DutyState::Done && !duty.decided.empty() && !defined.decision.empty())
        out.decided = word_label(context.protocol, duty.decided) + " " +
                      local_time(context.protocol, *duty.ended_at);
    if (known && asked->second.eta) out.eta = local_time(context.protocol, *asked->second.eta);
    if (const auto next = next_rung(duty)) out.next = local_time(context.protocol, *next);
    const bool drill = context.incident.kind == Kind::Drill;
    if (!drill && duty.open()) out.dial = defined.dial;
    out.no_dial = drill && duty.open() && !defined.dial.empty();
    out.buttons = buttons_for(context, defined, duty, known && asked->second.satisfies);
    return out;
}

void add_duties(
    const ResponderContext& context, const StaffId& staff, const Page* page, ResponderPage& out
)
{
    for (const DutyName& name : context.protocol.duty_order) {
        const Duty& defined = context.protocol.duties.at(name);
        for (const auto& [key, duty] : context.incident.duties) {
            if (key.name != name || !concerns(context.incident, duty, defined, staff)) continue;
            if (defined.record.empty()) {
                out.asks.push_back(ask_form(context, defined, duty, staff, page));
            } else if (duty.open() && context.incident.live()) {
                ResponderRecord form{key.text(), defined.label, context.fresh_key(), {}};
                for (const RecordField& field : defined.record)
                    form.fields.push_back(field_form(context, field, key));
                out.records.push_back(std::move(form));
            }
        }
    }
}

// `about`: which of the subjects it is signed for, as people count them; 0: the incident.
void add_ending(
    const ResponderContext& context,
    const StaffId& staff,
    const End& end,
    const SubjectId& subject,
    std::size_t about,
    ResponderPage& out
)
{
    const auto& [protocol, directory, incident, now, phones, fresh_key] = context;
    const auto missing = missing_for(protocol, directory, incident, end.name, now, subject);
    const bool only_signers = std::all_of(missing.begin(), missing.end(), [](const auto& one) {
        return one.code == "signer";
    });
    if (!only_signers || !may_sign(protocol, directory, incident, end.name, staff, now, subject))
        return;
    const auto signers = incident.signatures.find({end.name, subject});
    const std::size_t done = signers == incident.signatures.end() ? 0 : signers->second.size();
    // One for each subject would bury what is asked: these begin at the desk, and whoever must sign
    // beside the first is offered it here.
    if (about != 0 && done == 0) return;
    ResponderRecord form{end.name.text(), end.label, fresh_key(), {}};
    if (end.signers.size() > 1)
        form.signatures = "须由 " + std::to_string(end.signers.size()) + " 人各签一次，已签 " +
                          std::to_string(done) + " 人";
    if (about != 0) {
        form.ask += "@" + subject.text();
        form.label += "（对象 " + std::to_string(about) + "）";
    }
    for (const std::string& field : end.evidence)
        form.fields.push_back({field, evidence_label(field), true, {}});
    out.endings.push_back(std::move(form));
}

// Endings this person may sign, once nothing but signatures is missing.
void add_endings(const ResponderContext& context, const StaffId& staff, ResponderPage& out)
{
    for (const auto& [name, end] : context.protocol.ends) {
        if (!end.per_subject) {
            add_ending(context, staff, end, {}, 0, out);
            continue;
        }
        std::size_t about = 0;
        for (const auto& [id, subject] : context.incident.subjects) {
            ++about;
            if (!subject.closed) add_ending(context, staff, end, id, about, out);
        }
    }
}

}  // namespace

ResponderPage responder_view(const ResponderContext& context, const StaffId& staff)
{
    const Protocol& protocol = context.protocol;
    const Incident& incident = context.incident;
    ResponderPage out;
    out.code = incident.code;
    out.place = incident.place.label;
    out.severity = severity_of(protocol, incident.level);
    if (!incident.level.empty()) out.level = protocol.level(incident.level).label;
    out.drill = incident.kind == Kind::Drill;
    out.ended = !incident.live();
    const Page* page = latest_page(incident, staff);
    if (page != nullptr) {
        out.asked_at = local_time(protocol, page->at);
        const auto role = protocol.roles.find(page->role);
        if (role != protocol.roles.end()) out.role = role->second.label;
    }
    for (const auto& [name, rules] : protocol.registers) {
        const auto held = incident.registers.find(name);
        if (rules.one || held == incident.registers.end() || held->second.empty()) continue;
        out.others += (out.others.empty() ? "" : " · ") + rules.label + " " +
                      std::to_string(held->second.size()) + " 人";
    }
    add_duties(context, staff, page, out);
    if (incident.live()) add_endings(context, staff, out);
    if (!out.drill)
        for (const std::string& phone : context.phones) out.calls.push_back({phone, phone});
    return out;
}

std::string local_time(const Protocol& protocol, Instant at)
{
    const auto local = at + protocol.utc_offset;
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(
        local - std::chrono::floor<std::chrono::days>(local)
    ));
    std::array<char, 16> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%02d:%02d:%02d",
        static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count())
    );
    return out.data();
}

std::string word_label(const Protocol& protocol, const Word& word)
{
    const auto found = protocol.word_labels.find(word);
    return found == protocol.word_labels.end() ? word.text() : found->second;
}

unsigned severity_of(const Protocol& protocol, const LevelName& level)
{
    if (level.empty()) return 9;
    return static_cast<unsigned>(protocol.levels.size() - 1 - protocol.rank(level));
}

}  // namespace shouwang::http
