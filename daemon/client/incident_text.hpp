#pragma once

#include "daemon/client/words.hpp"

#include <boost/json/object.hpp>

#include <string>

// The API's answers as text for people. Total: what an answer leaves out (a reader may see little)
// is left out here, and nothing of it reaches the terminal unchecked.
namespace shouwang::client {

// One incident in a few lines: what it is, and what is still open.
[[nodiscard]] std::string incident_brief(const boost::json::object& incident, const Words& say);

// The draft of a brief, as the daemon wrote it.
[[nodiscard]] std::string brief_text(const boost::json::object& answer, const Words& say);

// All of one incident that fits on a page: place, people, facts, duties with who was asked, and
// what closing it would still need.
[[nodiscard]] std::string incident_page(const boost::json::object& incident, const Words& say);

[[nodiscard]] std::string incident_list(const boost::json::object& answer, const Words& say);
[[nodiscard]] std::string report_list(const boost::json::object& answer, const Words& say);
[[nodiscard]] std::string timeline(const boost::json::object& answer, const Words& say);

// A problem (RFC 9457) with every fault and everything that is missing, one a line.
[[nodiscard]] std::string problem(const boost::json::object& answer, const Words& say);

}  // namespace shouwang::client
