#include "daemon/adopted_text.hpp"

#include "daemon/engine_flight.hpp"
#include "daemon/event_codec.hpp"

#include <stdexcept>
#include <variant>

namespace shouwang::daemon {

std::optional<std::string> last_adopted_text(
    const journal::Journal& journal, std::string_view what, const journal::KeyRing* keys
)
{
    std::optional<std::string> text;
    const auto read =
        journal.read(1, journal::Journal::no_limit, [&](const journal::Record& record) {
            if (record.type != "adopted") return true;
            std::optional<std::string> plain;
            if (keys != nullptr)
                plain = keys->open(
                    record.key_id, record.sealed, seal_context(record.stream, record.type)
                );
            const auto event = decode(record.type, record.open, plain);
            const auto* adopted = event ? std::get_if<escalation::Adopted>(&*event) : nullptr;
            if (adopted != nullptr && adopted->what == what) text = adopted->text;
            return true;
        });
    if (!read) throw std::runtime_error("the journal cannot be read: " + read.error().message());
    return text;
}

}  // namespace shouwang::daemon
