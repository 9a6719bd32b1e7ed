#include "config/csv_reader.hpp"

#include <csv.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace shouwang::config {

namespace {

unsigned line_of(std::string_view text, std::size_t offset)
{
    const auto before = text.substr(0, offset);
    return 1 + static_cast<unsigned>(std::count(before.begin(), before.end(), '\n'));
}

// The length of the well-formed UTF-8 sequence at the front of `text`, 0 when there is none.
// Overlong forms, surrogates and code points past U+10FFFF are not well-formed (Unicode table 3-7).
std::size_t sequence_length(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (text.size() < length) return 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    if (byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
    return length;
}

struct Utf8Survey {
    std::optional<std::size_t> first_bad;
    std::size_t bad = 0;
    std::size_t wide = 0;  // well-formed sequences of three bytes or more
};

Utf8Survey survey(std::string_view bytes)
{
    Utf8Survey seen;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = sequence_length(bytes.substr(at));
        if (length == 0) {
            if (!seen.first_bad) seen.first_bad = at;
            ++seen.bad;
        } else if (length > 2) {
            ++seen.wide;
        }
        at += std::max<std::size_t>(length, 1);
    }
    return seen;
}

using Converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

// Strictly: nullopt and the offset of the first bad byte in `bad`, never a replacement character.
std::optional<std::string> from_gb18030(std::string_view bytes, std::size_t& bad)
{
    bad = 0;
    UErrorCode status = U_ZERO_ERROR;
    const Converter gb18030(ucnv_open("gb18030", &status), &ucnv_close);
    ucnv_setToUCallBack(gb18030.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    if (U_FAILURE(status)) return std::nullopt;

    // No byte becomes more than one UTF-16 unit, and no unit more than three bytes of UTF-8.
    std::u16string wide(bytes.size(), u'\0');
    char16_t* target = wide.data();
    const char* source = bytes.data();
    ucnv_toUnicode(
        gb18030.get(),
        &target,
        wide.data() + wide.size(),
        &source,
        bytes.data() + bytes.size(),
        nullptr,
        true,
        &status
    );
    if (U_FAILURE(status)) {
        bad = static_cast<std::size_t>(source - bytes.data());
        return std::nullopt;
    }
    const auto units = static_cast<std::int32_t>(target - wide.data());
    std::string text(3 * static_cast<std::size_t>(units), '\0');
    std::int32_t written = 0;
    u_strToUTF8(
        text.data(), static_cast<std::int32_t>(text.size()), &written, wide.data(), units, &status
    );
    if (U_FAILURE(status)) return std::nullopt;
    text.resize(static_cast<std::size_t>(written));
    return text;
}

std::string with_plain_line_ends(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\r') {
            out += text[at];
            continue;
        }
        out += '\n';
        if (at + 1 < text.size() && text[at + 1] == '\n') ++at;
    }
    return out;
}

// What libcsv's callbacks fill while it is fed one line after another.
struct Rows {
    std::vector<CsvRow> rows;
    CsvRow open;
    unsigned line = 1;
    bool field_too_long = false;
    bool too_many_fields = false;
};

void on_field(void* data, std::size_t size, void* context)
{
    auto& rows = *static_cast<Rows*>(context);
    if (rows.open.line == 0) rows.open.line = rows.line;
    if (rows.open.fields.size() == csv_fields_max) {
        rows.too_many_fields = true;
        return;
    }
    if (size > csv_field_bytes_max) {
        rows.field_too_long = true;
        size = 0;
    }
    rows.open.fields.emplace_back(static_cast<const char*>(data), size);
}

void on_row(int, void* context)
{
    auto& rows = *static_cast<Rows*>(context);
    const auto empty = [](const std::string& field) { return field.empty(); };
    if (!std::all_of(rows.open.fields.begin(), rows.open.fields.end(), empty))
        rows.rows.push_back(std::move(rows.open));
    rows.open = {};
}

class Parser {
public:
    Parser() { csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI); }
    ~Parser() { csv_free(&parser_); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    csv_parser* raw() { return &parser_; }

private:
    csv_parser parser_{};
};

}  // namespace

std::optional<std::string> decode_text(
    const std::string& file, std::string_view bytes, std::vector<Fault>& faults
)
{
    if (bytes.size() > csv_bytes_max) {
        faults.push_back({file, 0, 0, "the file is larger than 64 MiB", "split it or tidy it up"});
        return std::nullopt;
    }
    const std::string save_as = "save the file as \"CSV UTF-8\"";
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        faults.push_back({file, 1, 0, "the file is UTF-16", save_as});
        return std::nullopt;
    }
    if (const auto nul = bytes.find('\0'); nul != std::string_view::npos) {
        faults.push_back(
            {file, line_of(bytes, nul), 0, "a zero byte: this is not a text file", save_as}
        );
        return std::nullopt;
    }
    const bool marked = bytes.starts_with("\xEF\xBB\xBF");
    if (marked) bytes.remove_prefix(3);
    const Utf8Survey utf8 = survey(bytes);
    if (!utf8.first_bad) return with_plain_line_ends(bytes);

    // Chinese text in GB18030 seldom holds a well-formed UTF-8 sequence by accident; a file full
    // of them is UTF-8 with some bytes damaged, and read as GB18030 would turn into nonsense.
    if (marked || utf8.wide > utf8.bad) {
        faults.push_back(
            {file, line_of(bytes, *utf8.first_bad), 0, "a byte that is not valid UTF-8", save_as}
        );
        return std::nullopt;
    }
    std::size_t bad = 0;
    if (auto text = from_gb18030(bytes, bad)) return with_plain_line_ends(*text);
    faults.push_back(
        {file, line_of(bytes, bad), 0, "a byte that is neither UTF-8 nor GB18030", save_as}
    );
    return std::nullopt;
}

std::optional<std::vector<CsvRow>> read_csv(
    const std::string& file, std::string_view text, std::vector<Fault>& faults
)
{
    Parser parser;
    Rows rows;
    const auto stop = [&](unsigned line, std::string what, std::string hint) {
        faults.push_back({file, line, 0, std::move(what), std::move(hint)});
        return std::nullopt;
    };
    const std::string quotes = "a field with quotes is quoted as a whole, quotes inside doubled";
    // libcsv tells no positions: it is fed a line at a time so that we know them.
    for (; !text.empty(); ++rows.line) {
        const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
        const std::size_t taken =
            csv_parse(parser.raw(), text.data(), size, on_field, on_row, &rows);
        if (taken != size) return stop(rows.line, csv_strerror(csv_error(parser.raw())), quotes);
        // A field still open is not in `rows` yet: libcsv holds it.
        if (rows.field_too_long || parser.raw()->entry_pos > csv_field_bytes_max)
            return stop(rows.line, "a field is longer than 4096 bytes", "check its quotes");
        if (rows.rows.size() > csv_rows_max + 1)
            return stop(rows.line, "more than 200000 rows", "split or tidy up the file");
        if (rows.too_many_fields)
            return stop(rows.line, "more than 64 fields in a row", "check its commas and quotes");
        if (parser.raw()->entry_pos != 0 && rows.open.line == 0) rows.open.line = rows.line;
        text.remove_prefix(size);
    }
    if (csv_fini(parser.raw(), on_field, on_row, &rows) != 0)
        return stop(rows.open.line, "a quoted field that starts here never ends", quotes);
    return std::move(rows.rows);
}

}  // namespace shouwang::config
