#include "daemon/json_values.hpp"

namespace shouwang::daemon {

namespace json = boost::json;

namespace {

template <class T>
void read(const json::object& object, std::string_view name, T& out)
{
    if (const json::value* value = object.if_contains(name)) from_json(*value, out);
}

}  // namespace

json::value to_json(const escalation::DutyKey& key)
{
    const std::string text = key.text();
    if (escalation::DutyKey::parse(text) == key) return to_json(text);
    return json::object(
        {{"name", to_json(key.name)},
         {"scope", to_json(key.scope)},
         {"generation", to_json(key.generation)}}
    );
}

bool from_json(const json::value& value, escalation::DutyKey& out)
{
    if (const json::object* object = value.if_object()) {
        escalation::DutyKey key;
        read(*object, "name", key.name);
        read(*object, "scope", key.scope);
        read(*object, "generation", key.generation);
        out = std::move(key);
        return true;
    }
    std::string text;
    if (!from_json(value, text)) return false;
    std::optional<escalation::DutyKey> key = escalation::DutyKey::parse(text);
    if (key) out = std::move(*key);
    return key.has_value();
}

json::value to_json(const escalation::AskRef& ref)
{
    return json::object({{"duty", to_json(ref.duty)}, {"attempt", ref.attempt}});
}

bool from_json(const json::value& value, escalation::AskRef& out)
{
    const json::object* object = value.if_object();
    if (object == nullptr) return false;
    read(*object, "duty", out.duty);
    read(*object, "attempt", out.attempt);
    return true;
}

json::value to_json(const escalation::RungState& rung)
{
    return json::object(
        {{"level", to_json(rung.level)},
         {"due", to_json(rung.due)},
         {"reached", to_json(rung.reached)}}
    );
}

bool from_json(const json::value& value, escalation::RungState& out)
{
    const json::object* object = value.if_object();
    if (object == nullptr) return false;
    read(*object, "level", out.level);
    read(*object, "due", out.due);
    read(*object, "reached", out.reached);
    return true;
}

json::value to_json(const escalation::Actor& actor)
{
    return json::object({{"account", to_json(actor.account)}, {"staff", to_json(actor.staff)}});
}

bool from_json(const json::value& value, escalation::Actor& out)
{
    const json::object* object = value.if_object();
    if (object == nullptr) return false;
    read(*object, "account", out.account);
    read(*object, "staff", out.staff);
    return true;
}

}  // namespace shouwang::daemon
