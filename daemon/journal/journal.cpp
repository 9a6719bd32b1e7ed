#include "daemon/journal/journal.hpp"

namespace shouwang::journal {

namespace {

// Boost's error_category has no virtual destructor, which g++ 12 warns of in whoever derives from
// it; categories live for ever and are never deleted.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "shouwang.journal"; }

    std::string message(int value) const override
    {
        switch (static_cast<Errc>(value)) {
            case Errc::Conflict: return "the journal has moved on";
            case Errc::Full: return "no space left for the journal";
            case Errc::OutcomeUnknown: return "a commit failed and its outcome is unknown";
            case Errc::Busy: return "too many batches are waiting to be written";
            case Errc::Closed: return "the journal is closed";
            case Errc::Unreadable: return "a stored record cannot be read";
        }
        return "unknown journal error";
    }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& journal_category() noexcept
{
    static const Category category;
    return category;
}

boost::system::error_code make_error_code(Errc code) noexcept
{
    return {static_cast<int>(code), journal_category()};
}

}  // namespace shouwang::journal
