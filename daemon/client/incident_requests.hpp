#pragma once

#include "daemon/client/api_request.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

// What the verbs about incidents and reports were told, and the request each becomes. Pure: words
// that are not known here (facts, answers, sources) are the daemon's to judge, so a new protocol
// needs no new client.
namespace shouwang::client {

using Pair = std::pair<std::string, std::string>;  // "name=value" of the command line

struct OpenArguments {
    std::string via;
    std::string kind;  // empty: real
    std::optional<unsigned> drill_minutes;
    std::vector<std::string> participants;  // of a drill; empty: everybody it would call out
    std::vector<std::string> students;
    std::vector<std::string> descriptions;  // of people nobody has identified
    std::string campus;
    std::string building;
    std::string floor;
    std::string room;
    std::string detail;
    std::string callback;
    std::vector<Pair> facts;
    std::string text;
    std::string ref;
};

// For whom somebody acts; empty: for the token's own person.
struct Behalf {
    std::string staff;
    std::string heard_by;
};

// Into the body of a request; what is empty is left out.
void put(boost::json::object& body, const Behalf& behalf);

// Values of a set are written with commas between them.
[[nodiscard]] boost::json::object facts_of(const std::vector<Pair>& facts);

struct AnswerArguments {
    std::string incident;
    std::string answer;
    std::string ask;
    std::optional<unsigned> eta_minutes;
    std::string reason;
    Behalf behalf;
};

struct FactsArguments {
    std::string incident;
    std::vector<Pair> facts;
    std::string subject;
    std::string source;
    std::string known_at;  // RFC 3339; empty: now
};

struct RecordArguments {
    std::string incident;
    std::string duty;
    std::vector<Pair> fields;
    Behalf behalf;
};

struct CloseArguments {
    std::string incident;
    std::string reason;
    Behalf behalf;
};

struct ListArguments {
    std::string phase;
    std::string level;
    std::string college;
    std::string kind;
    std::string cursor;
};

struct ShowArguments {
    std::string incident;
};

struct BriefArguments {
    std::string incident;
};

struct TimelineArguments {
    std::string incident;
    std::string after;  // a sequence number; empty: from the beginning
};

struct ReportsArguments {};

struct TriageArguments {
    enum class Judgement { Open, Attach, Dismiss };
    Judgement judgement = Judgement::Open;
    std::string report;
    std::string into;  // the incident to attach to
    std::string reason;
};

[[nodiscard]] ApiRequest request_for(const OpenArguments& arguments);
[[nodiscard]] ApiRequest request_for(const AnswerArguments& arguments);
[[nodiscard]] ApiRequest request_for(const FactsArguments& arguments);
[[nodiscard]] ApiRequest request_for(const RecordArguments& arguments);
[[nodiscard]] ApiRequest request_for(const CloseArguments& arguments);
[[nodiscard]] ApiRequest request_for(const ListArguments& arguments);
[[nodiscard]] ApiRequest request_for(const ShowArguments& arguments);
[[nodiscard]] ApiRequest request_for(const BriefArguments& arguments);
[[nodiscard]] ApiRequest request_for(const TimelineArguments& arguments);
[[nodiscard]] ApiRequest request_for(const ReportsArguments& arguments);
[[nodiscard]] ApiRequest request_for(const TriageArguments& arguments);

// "name=value" taken apart at its first "="; nothing when there is none or the name is empty.
[[nodiscard]] std::optional<Pair> parse_pair(const std::string& text);

}  // namespace shouwang::client
