#pragma once

#include "daemon/http/request.hpp"
#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The pages the daemon serves, as pure functions from what they show to HTML. Every value may come
// from a stranger: it is escaped here, and goes nowhere but into text and attributes. No page has
// an inline script, style or handler, so the strict Content-Security-Policy holds for all.
//
// The board and the wall are shells: their scripts read the API with the reader's session.
//   GET  /api/v1/incidents?phase=open[&cursor=]  {"incidents": [incident_row...], "next_cursor"?}
//   GET  /api/v1/incidents/{id}                  incident_view
//   GET  /api/v1/incidents/{id}/timeline?after=  {"events": [...]}, [] at the end
//   GET  /api/v1/reports[?cursor=]               {"reports": [report_view...], "next_cursor"?}
//   GET  /api/v1/live?after=                     events as Timeline tells them, tick, reset
//   POST /api/v1/incidents/{id}/answers          {answer, ask, staff, heard_by, eta_minutes?,
//   reason?} POST /api/v1/incidents/{id}/facts            {facts, subject?, source} POST
//   /api/v1/incidents/{id}/duties/{key}/records  {"fields": {name: value}} POST
//   /api/v1/incidents/{id}/{end}            {evidence fields..., staff?}: one signature; {end}
//                                                is the ending's name in the protocol
//   POST /api/v1/reports/{id}/{open,attach,dismiss}   {into?, reason?}
// "phase=open" selects what is neither under review nor ended, whatever the protocol's phase.
// Errors are problem+json; 401 sends the browser to /login?next=PATH. Every POST has an
// Idempotency-Key.
namespace shouwang::http {

// ---- files
// ---------------------------------------------------------------------------------------

struct Asset {
    std::string_view content_type;
    std::string_view body;
    std::string_view etag;  // quoted, of the content
};

// The file served as /assets/{name}; templates are not. Names are stable and scripts import each
// other by them, so: `Cache-Control: no-cache` with the ETag, and 304 for a matching If-None-Match.
[[nodiscard]] std::optional<Asset> asset(std::string_view name);

// ---- the board: / and /i/{id}
// --------------------------------------------------------------------

// Who looks, as the page's head says it.
struct PageReader {
    std::string staff;  // empty: an account without a person
    std::string name;
    std::string role;  // for people
};

struct BoardPage {
    PageReader reader;
    boost::json::object vocabulary;  // see vocabulary_of
    bool may_open = false;           // registers alarms: /new
    bool may_act = false;            // answers for others, sets facts, records, signs endings
    bool may_triage = false;
    bool demo = false;  // the wall exists
};
[[nodiscard]] std::string render_board(const BoardPage& page);

// The protocol's labels for the scripts, so that none of its words is in them: levels with their
// severity (0 the gravest), phases, words, facts, registers, roles, duties, rules, ends, and what
// is said for each code of a refusal; and the types of the live stream's events, as
// daemon::event_types() has them.
[[nodiscard]] boost::json::object vocabulary_of(
    const escalation::Protocol& protocol, const std::vector<std::string>& event_types
);

// The roster's campuses and buildings, for the script of the board: nothing of them is personal.
[[nodiscard]] boost::json::object places_of(const escalation::Directory& directory);

// ---- registration: GET and POST /new
// -------------------------------------------------------------

struct Option {
    std::string id;
    std::string name;
};

// One of the facts the protocol's intake asks for.
struct IntakeFact {
    std::string name;
    std::string label;
    bool several = false;         // a set: check boxes, none ticked means unknown
    std::vector<Option> options;  // the values without "unknown"
};

struct IntakeBuilding {
    std::string name;
    std::string campus;
    std::string id = {};
};

struct IntakeResult {
    std::string id;
    std::string code;
    std::string level;  // label; empty for a report that waits for a person
    unsigned severity = 9;
    enum class Became { Opened, Attached, Review } became = Became::Opened;
    bool drill = false;
};

// The form sends application/x-www-form-urlencoded: key (idempotency), campus (id), building,
// floor, room, detail, student_id, description, fact.{name} ("unknown", a value, or several fields
// of the same name for a set), callback, text, via, kind.
//
// Answer a success with 303 to a GET that shows `opened`, a fault with 422, `values` and `errors`.
struct IntakePage {
    PageReader reader;
    std::string key;  // fresh for a new form, the form's own when it comes back with faults
    std::vector<Option> campuses;
    std::vector<IntakeBuilding> buildings;
    std::vector<IntakeFact> facts;
    std::vector<Option> vias;   // what this reader may claim; the first is chosen
    std::vector<Option> kinds;  // real first
    Fields values = {};         // as they were sent
    std::vector<std::string> errors = {};
    std::optional<IntakeResult> opened = {};
};
[[nodiscard]] std::string render_new(const IntakePage& page);

// What the protocol's intake asks for, and the places of the roster.
[[nodiscard]] std::vector<IntakeFact> intake_facts(const escalation::Protocol& protocol);
[[nodiscard]] std::vector<Option> campuses_of(const escalation::Directory& directory);
[[nodiscard]] std::vector<IntakeBuilding> buildings_of(const escalation::Directory& directory);

// ---- handset wall: /wall, in a demonstration and on loopback alone -----------------------------

[[nodiscard]] std::string render_wall(const boost::json::object& vocabulary);

struct WallAnswer {
    std::string word;
    std::string label;
    std::string key;  // the digit that means it on this channel; may be empty
};
struct WallAsk {
    std::string id;  // duty key
    std::string label;
    bool open = true;
    std::string answer;  // label of the person's answer; empty: none
    std::vector<WallAnswer> answers;
};
struct WallMessage {
    std::uint64_t serial = 0;
    std::string channel;  // sms, wecom or voice; anything else looks like a text message
    std::string text;
    std::string at;  // RFC 3339, of the latest arrival
    unsigned arrivals = 1;
    bool possible_repeat = false;
    unsigned repeat = 0;
    std::string incident;
    std::string code;
    std::string kind;
    std::string level;
    std::string level_label;
    std::string place;
    std::string role;  // label
    // POST {reply_url}/{word} with the form fields ask and key, as the responder page's buttons do;
    // usually /r/{token}. Empty: cannot be answered here.
    std::string reply_url;
    std::vector<WallAsk> asks;
};
struct WallPhone {
    std::string staff;
    std::string name;
    std::string role;
    std::vector<WallMessage> messages;  // newest first
};
// The answer to GET /wall/phones, which the wall asks for at every event of the live stream.
[[nodiscard]] boost::json::object wall_phones(const std::vector<WallPhone>& phones);

// ---- responder: GET /r/{token}
// -------------------------------------------------------------------

// A button is a form of its own: POST /r/{token}/{word} with ask, key, nonce, and with eta_minutes
// reason, at or note (each may be empty) where it asks for them.
struct ResponderButton {
    enum class Weight { Plain, Primary, Good, Warn };
    std::string word;
    std::string label;
    std::string key;  // idempotency key, one a button
    Weight weight = Weight::Plain;
    bool wants_eta = false;
    bool wants_reason = false;
    bool wants_call = false;  // when they dialled, and what they were told: `at` and `note`
};
struct ResponderAsk {
    std::string ask;  // duty key
    std::string label;
    std::string todo;                // one sentence
    std::vector<std::string> steps;  // checklist, at most seven lines
    std::string next;                // local time of the next rung; empty: none to come
    std::string answered;            // label of what this person has said already
    std::string answered_at;         // local time
    std::string eta;                 // local time
    std::string closed;              // not empty: why it can no longer be answered
    std::vector<ResponderButton> buttons;
    std::string dial = {};     // a number this person may have to dial; never in a drill
    bool no_dial = false;      // a drill, where otherwise there would be one
    std::string decided = {};  // what somebody decided, and when; empty: nobody yet
};
struct ResponderField {
    std::string name;
    std::string label;
    bool required = false;
    std::vector<Option> options;  // empty: free text
    bool several = false;         // more than one of the options may be chosen
};
// POST /r/{token}/record, or …/sign for an ending, with ask, key, nonce and field.{name}. The ask
// of an ending that is signed by subject is "ending@subject".
struct ResponderRecord {
    std::string ask;
    std::string label;
    std::string key;
    std::vector<ResponderField> fields;
    std::string signatures = {};  // of an ending: how many it needs and has; empty: this one
};
struct PhoneNumber {
    std::string number;
    std::string label;
};
// Nothing here may say whom the incident is about. At most 14 KiB as HTML for one incident's asks.
struct ResponderPage {
    std::string token;
    std::string nonce;
    std::string level;  // label
    unsigned severity = 9;
    std::string code;
    std::string place;
    std::string role;      // label
    std::string asked_at;  // local time
    std::string others;    // e.g. "3 人赶往"; may be empty
    bool drill = false;    // no emergency numbers then
    bool ended = false;    // no buttons then
    enum class Tone { Good, Bad };
    std::string notice = {};  // what became of the form just sent
    Tone tone = Tone::Good;
    std::vector<ResponderAsk> asks = {};
    std::vector<ResponderRecord> records = {};
    std::vector<ResponderRecord> endings = {};  // what this person may sign now
    std::vector<PhoneNumber> calls = {};        // dialled by the person, never by us
};
[[nodiscard]] std::string render_responder(const ResponderPage& page);

// ---- the rest
// ------------------------------------------------------------------------------------

// POST /login with token and next. `next` comes from the address: the handler follows it only when
// it is a path of ours (one leading slash).
struct LoginPage {
    std::string error = {};
    std::string next = {};
    std::string hint = {};  // e.g. where a demonstration's tokens are
};
[[nodiscard]] std::string render_login(const LoginPage& page);

// For browsers, where a program gets problem+json.
[[nodiscard]] std::string render_message(
    const std::string& title, const std::string& text, int status
);

}  // namespace shouwang::http
