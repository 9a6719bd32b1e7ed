#include "tests/acceptance/kill_history.hpp"

#include "daemon/journal/sqlite_journal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <stdexcept>

namespace shouwang::test {

namespace js = boost::json;

namespace {

std::string text(const js::object& body, std::string_view name)
{
    return std::string(body.at(name).as_string());
}

void take(KillHistory& history, const std::string& type, const js::object& body)
{
    const auto duty = [&] { return text(body, "incident") + " " + text(body, "duty"); };
    const auto key = [&] { return text(body, "page") + "/" + text(body, "channel"); };
    if (type == "reported") {
        ++history.reported[text(body, "ref")];
        history.codes[text(body, "incident")] = text(body, "code");
    } else if (type == "duty_opened") {
        auto& dues = history.dues[duty()];
        for (const js::value& rung : body.at("rungs").as_array())
            dues.push_back(rung.at("due").to_number<std::int64_t>());
    } else if (type == "rung_reached") {
        KillHistory::Rung rung;
        rung.duty = duty();
        rung.rung = body.at("rung").to_number<std::int64_t>();
        rung.at = body.at("at").to_number<std::int64_t>();
        rung.late_by = body.at("late_by").to_number<std::int64_t>();
        rung.by_time = text(body, "because") == "due";
        history.rungs.push_back(std::move(rung));
    } else if (type == "paged") {
        for (const js::value& channel : body.at("channels").as_array())
            history.sends[text(body, "page") + "/" + std::string(channel.as_string())];
    } else if (type == "send_started") {
        KillHistory::Send& send = history.sends.at(key());
        ++send.started;
        send.after_the_end = send.after_the_end || send.state == "accepted";
        send.state = "started";
    } else if (type == "send_finished") {
        history.sends.at(key()).state = text(body, "state");
    }
}

}  // namespace

KillHistory read_history(House& house)
{
    KillHistory history;
    journal::SqliteOptions options;
    options.file = house.file("data") / "journal.db";
    options.ballast_bytes = 0;
    options.committer = journal::Committer::Loop;
    journal::SqliteJournal file(house.io.get_executor(), options);
    const journal::ChainVerdict verdict = journal::verify(file);
    if (!verdict.ok()) history.chain = verdict.words();
    const auto read = file.read(1, journal::Journal::no_limit, [&](const journal::Record& record) {
        ++history.records;
        take(history, record.type, js::parse(record.open).as_object());
        return true;
    });
    if (!read) throw std::runtime_error(read.error().message());
    file.close();
    return history;
}

}  // namespace shouwang::test
