#include "config/roster.hpp"

#include "config/csv_reader.hpp"
#include "config/roster_builder.hpp"
#include "config/roster_checks.hpp"
#include "config/roster_fields.hpp"
#include "config/roster_table.hpp"

#include <fstream>
#include <map>
#include <optional>
#include <system_error>

namespace shouwang::config {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view text_mark = "shouwang-roster 1 ";
constexpr unsigned offset_minutes_max = 14 * 60;

// Normalised content by file name; a file that is not there has no entry, one that could not be
// read has an empty one.
using Contents = std::map<std::string_view, std::optional<std::string>>;

std::optional<std::string> read_bytes(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    // One byte past the limit is enough for decode_text() to refuse the file.
    std::string bytes;
    std::vector<char> chunk(1U << 16U);
    while (bytes.size() <= csv_bytes_max) {
        in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        bytes.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
        if (!in) break;
    }
    if (in.bad()) return std::nullopt;
    return bytes;
}

void add_all(FaultSink& sink, std::vector<Fault> faults)
{
    for (Fault& fault : faults) sink.add(std::move(fault));
}

Contents read_folder(const fs::path& folder, FaultSink& sink)
{
    Contents contents;
    for (const RosterFormat& format : roster_formats()) {
        const std::string file(format.file);
        std::error_code error;
        if (!fs::exists(folder / file, error) && !error) continue;
        auto& content = contents[format.file];
        const auto bytes = read_bytes(folder / file);
        if (!bytes) {
            sink.add({file, 0, 0, "the file cannot be read", "a file this user may read"});
            continue;
        }
        std::vector<Fault> faults;
        content = decode_text(file, *bytes, faults);
        add_all(sink, std::move(faults));
    }
    return contents;
}

// A misspelt file name would otherwise be an empty table without a word.
void warn_of_strangers(const fs::path& folder, FaultSink& sink)
{
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (at->path().extension() != ".csv" || name.starts_with('.') || name.starts_with('~'))
            continue;
        std::string known;
        bool ours = false;
        for (const RosterFormat& format : roster_formats()) {
            ours = ours || format.file == name;
            known += (known.empty() ? "" : ", ") + std::string(format.file);
        }
        if (!ours) sink.add({name, 0, 0, "no part of a roster has this name", known, true});
    }
}

std::string pack(const Contents& contents, std::chrono::minutes utc_offset)
{
    std::string text(text_mark);
    text += std::to_string(utc_offset.count()) + "\n";
    for (const RosterFormat& format : roster_formats()) {
        const auto found = contents.find(format.file);
        if (found == contents.end() || !found->second) continue;
        text += std::string(format.file) + " " + std::to_string(found->second->size()) + "\n";
        text += *found->second;
    }
    return text;
}

struct Packed {
    Contents contents;
    std::chrono::minutes utc_offset{};
};

std::optional<std::string_view> take_line(std::string_view& text)
{
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

// nullopt when pack() did not write it.
std::optional<Packed> unpack(std::string_view text)
{
    Packed packed;
    auto first = take_line(text);
    if (!first || !first->starts_with(text_mark)) return std::nullopt;
    first->remove_prefix(text_mark.size());
    const bool west = first->starts_with('-');
    if (west) first->remove_prefix(1);
    const auto offset = parse_number(*first, offset_minutes_max);
    if (!offset) return std::nullopt;
    packed.utc_offset = std::chrono::minutes(*offset) * (west ? -1 : 1);
    for (const RosterFormat& format : roster_formats()) {
        const std::string start = std::string(format.file) + " ";
        if (!text.starts_with(start)) continue;
        auto line = take_line(text);
        if (!line) return std::nullopt;
        line->remove_prefix(start.size());
        // Decoding GB18030 may have made a file somewhat larger than it was on disk.
        const auto size = parse_number(*line, 3 * csv_bytes_max);
        if (!size || *size > text.size()) return std::nullopt;
        packed.contents[format.file] = std::string(text.substr(0, *size));
        text.remove_prefix(*size);
    }
    if (!text.empty()) return std::nullopt;
    return packed;
}

std::string header_of(const RosterFormat& format)
{
    std::string header;
    for (const RosterColumn& column : format.columns)
        header += (header.empty() ? "" : ",") + std::string(column.name);
    return header + "\n";
}

LoadedRoster load(
    const Contents& contents,
    std::chrono::minutes utc_offset,
    const RosterOptions& options,
    FaultSink& sink
)
{
    RosterTables tables;
    for (const RosterFormat& format : roster_formats()) {
        const auto found = contents.find(format.file);
        if (found == contents.end()) {
            Fault missing{std::string(format.file), 0, 0, "the file is missing", ""};
            missing.hint = "a file with at least its header row";
            missing.warning = !format.required;
            sink.add(std::move(missing));
        }
        std::optional<std::string> content;
        if (found != contents.end())
            content = found->second;
        else if (!format.required)
            content = header_of(format);  // a table without rows, not an unknown one
        tables.try_emplace(format.file, format, content, sink);
    }
    RosterDraft draft = build_roster(tables, utc_offset);
    check_roster(tables, draft, options);

    LoadedRoster loaded;
    if (!sink.failed()) {
        loaded.text = pack(contents, utc_offset);
        draft.directory.version = options.hash(loaded.text);
        loaded.directory =
            std::make_shared<const escalation::Directory>(std::move(draft.directory));
    }
    loaded.faults = sink.take();
    return loaded;
}

}  // namespace

LoadedRoster load_roster(
    const fs::path& folder, std::chrono::minutes utc_offset, const RosterOptions& options
)
{
    FaultSink sink(roster_faults_max);
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        LoadedRoster none;
        none.faults.push_back({folder.string(), 0, 0, "the roster folder is not there", ""});
        none.faults.back().hint = "a folder with units.csv, staff.csv, roles.csv ...";
        return none;
    }
    const Contents contents = read_folder(folder, sink);
    warn_of_strangers(folder, sink);
    return load(contents, utc_offset, options, sink);
}

LoadedRoster load_roster_text(std::string_view text, const RosterOptions& options)
{
    FaultSink sink(roster_faults_max);
    const auto packed = unpack(text);
    if (!packed) {
        LoadedRoster none;
        none.faults.push_back({"", 0, 0, "this is no roster text", "the text of an earlier load"});
        return none;
    }
    return load(packed->contents, packed->utc_offset, options, sink);
}

}  // namespace shouwang::config
