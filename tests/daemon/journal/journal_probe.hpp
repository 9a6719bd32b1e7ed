#pragma once

#include "daemon/journal/journal.hpp"
#include "daemon/journal/sqlite_journal.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

template <>
struct Catch::StringMaker<shouwang::journal::AppendResult> {
    static std::string convert(const shouwang::journal::AppendResult& result)
    {
        if (!result) return result.error().message();
        return "records " + std::to_string(result->first_seq) + " to " +
               std::to_string(result->last_seq);
    }
};

namespace shouwang::test {

// A draft told apart by `mark`; sealed under `key_id` when one is given.
inline journal::Draft make_draft(const std::string& mark, const std::string& key_id = {})
{
    journal::Draft draft;
    draft.stream = "incident/01HZX";
    draft.wall_ms = 1'767'225'600'000;
    draft.boottime_ms = 86'400'123;
    draft.boot_id = "5f0c2a3e-0000-4000-8000-000000000001";
    draft.type = "noted";
    draft.open = R"({"mark":")" + mark + R"("})";
    draft.sealed = key_id.empty() ? "" : "sealed " + mark + std::string(3, '\0') + '\xFF';
    draft.key_id = key_id;
    return draft;
}

inline journal::Batch make_batch(const std::string& mark, std::size_t drafts = 1)
{
    journal::Batch batch;
    for (std::size_t i = 0; i < drafts; ++i) {
        batch.drafts.push_back(make_draft(mark + "." + std::to_string(i)));
    }
    return batch;
}

// A SQLite journal as tests want it: no ballast, everything on the loop.
inline journal::SqliteOptions quiet_options(std::filesystem::path file)
{
    journal::SqliteOptions options;
    options.file = std::move(file);
    options.ballast_bytes = 0;
    options.committer = journal::Committer::Loop;
    return options;
}

// Appends one batch and runs the loop until it is answered.
inline journal::AppendResult append_now(
    boost::asio::io_context& io, journal::Journal& target, journal::Batch batch
)
{
    std::optional<journal::AppendResult> answer;
    target.append(std::move(batch), target.head().seq, [&](journal::AppendResult result) {
        answer = std::move(result);
    });
    io.restart();
    io.run();
    return answer.value();
}

inline std::vector<journal::Record> read_all(
    const journal::Journal& source, std::uint64_t from_seq = 1
)
{
    std::vector<journal::Record> records;
    const auto keep = [&records](const journal::Record& record) {
        records.push_back(record);
        return true;
    };
    source.read(from_seq, journal::Journal::no_limit, keep).value();
    return records;
}

}  // namespace shouwang::test
