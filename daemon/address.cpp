#include "daemon/address.hpp"

#include <array>
#include <string_view>

namespace shouwang::daemon {

using escalation::Staff;

namespace {

struct Column {
    std::string_view channel;
    const char* name;
    std::string Staff::*value;
};

// Which columns of the roster a channel can use, the preferred one first.
constexpr std::array columns{
    Column{"sms", "phone", &Staff::phone},
    Column{"sms", "phone2", &Staff::phone2},
    Column{"voice", "phone", &Staff::phone},
    Column{"voice", "phone2", &Staff::phone2},
    Column{"voice", "landline", &Staff::landline},
    Column{"wecom", "wecom", &Staff::wecom},
    Column{"email", "email", &Staff::email},
    Column{"webhook", "webhook", &Staff::webhook},
};

}  // namespace

std::vector<Address> addresses_of(const Staff& staff, const escalation::ChannelName& channel)
{
    std::vector<Address> out;
    for (const Column& column : columns)
        if (column.channel == channel.text() && !(staff.*column.value).empty())
            out.push_back({column.name, staff.*column.value});
    return out;
}

}  // namespace shouwang::daemon
