#include "daemon/last_good_settings.hpp"

#include "daemon/adopted_text.hpp"
#include "daemon/configuration.hpp"
#include "daemon/journal/sqlite_journal.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <utility>

namespace shouwang::daemon {

namespace fs = std::filesystem;

namespace {

// Throws in words when the journal is there and cannot be read.
std::optional<std::string> journaled_text(const fs::path& journal)
{
    boost::asio::io_context io;
    journal::SqliteOptions options;
    options.file = journal;
    options.ballast_bytes = 0;
    options.tail_records = 0;  // whoever runs on it checks it
    options.committer = journal::Committer::Loop;
    journal::SqliteJournal opened(io.get_executor(), options);
    auto text = last_adopted_text(opened, "settings", nullptr);
    opened.close();
    return text;
}

// Why the settings of the journal in `folder` cannot be used; empty when they were put into `out`.
std::string look_into(
    const fs::path& folder, const fs::path& file, bool demo, LastGoodSettings& out
)
{
    const fs::path journal = journal_file(folder);
    std::error_code error;
    // Opening would create it.
    if (!fs::is_regular_file(journal, error)) return "there is no " + journal.string();
    std::optional<std::string> text;
    try {
        text = journaled_text(journal);
    } catch (const std::exception& fault) {
        return fault.what();
    }
    if (!text) return journal.string() + " knows of no settings";
    config::LoadedSettings loaded = config::read_settings(*text, file, demo);
    if (!loaded.settings)
        return "those of " + journal.string() + " cannot be used any more:\n" +
               words(loaded.faults);
    // Incidents would be looked for in one journal and found in another.
    if (!fs::equivalent(loaded.settings->data, folder, error) || error)
        return "those of " + journal.string() + " name another journal, " +
               journal_file(loaded.settings->data).string();
    out.settings = std::move(loaded.settings);
    out.text = std::move(*text);
    return {};
}

}  // namespace

std::vector<fs::path> journal_folders(
    std::string_view text_with_faults, const fs::path& file, std::string_view state_directory
)
{
    std::vector<fs::path> out;
    const auto add = [&](const fs::path& folder) {
        if (std::find(out.begin(), out.end(), folder) == out.end()) out.push_back(folder);
    };
    if (const auto named = config::data_folder_in(text_with_faults, file)) add(*named);
    while (!state_directory.empty()) {
        const std::string_view folder = state_directory.substr(0, state_directory.find(':'));
        if (!folder.empty()) add(folder);
        state_directory.remove_prefix(std::min(folder.size() + 1, state_directory.size()));
    }
    return out;
}

LastGoodSettings last_good_settings(
    const fs::path& file, bool demo, std::string_view state_directory
)
{
    LastGoodSettings out;
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    for (const fs::path& folder : journal_folders(text, file, state_directory)) {
        const std::string why_not = look_into(folder, file, demo, out);
        if (why_not.empty()) return out;
        out.why_not += why_not + "\n";
    }
    if (out.why_not.empty()) out.why_not = "nothing says where the journal is\n";
    return out;
}

}  // namespace shouwang::daemon
