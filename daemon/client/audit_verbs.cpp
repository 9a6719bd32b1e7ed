#include "daemon/client/invocation.hpp"
#include "daemon/configuration.hpp"
#include "daemon/journal/sqlite_journal.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

// audit verify|head: the chain of a journal that no daemon has open, or of a copy of one.
namespace shouwang::client {

namespace fs = std::filesystem;
namespace js = boost::json;
using journal::ChainFault;
using journal::ChainVerdict;
using journal::Head;

namespace {

struct AuditLine {
    std::string journal;  // empty: the one of the daemon's settings
    std::string anchor;   // "SEQ:HASH" remembered outside this machine
};

int digit_of(char letter)
{
    constexpr std::string_view digits = "0123456789abcdef";
    const auto at = digits.find(letter);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// "17:64 hex digits", as `audit head` prints it.
std::optional<Head> parse_anchor(std::string_view text)
{
    Head head;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view seq = text.substr(0, colon);
    const std::string_view hash = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(seq.data(), seq.data() + seq.size(), head.seq);
    if (error != std::errc{} || end != seq.data() + seq.size()) return std::nullopt;
    if (hash.size() != 2 * head.hash.size()) return std::nullopt;
    for (std::size_t i = 0; i < head.hash.size(); ++i) {
        const int high = digit_of(hash[2 * i]);
        const int low = digit_of(hash[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        head.hash[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return head;
}

std::string anchor_fault(const std::string& text)
{
    return parse_anchor(text) ? std::string() : "SEQ:HASH, as `shouwang audit head` prints it";
}

std::string anchor_text(const Head& head)
{
    return std::to_string(head.seq) + ":" + journal::to_hex(head.hash);
}

std::string_view name_of(ChainFault fault)
{
    switch (fault) {
        case ChainFault::None: return "none";
        case ChainFault::Gap: return "gap";
        case ChainFault::HashMismatch: return "hash_mismatch";
        case ChainFault::Unreadable: return "unreadable";
        case ChainFault::BehindAnchor: return "behind_anchor";
        case ChainFault::AnchorMismatch: return "anchor_mismatch";
    }
    return {};
}

// Opens the journal and lets `work` look at it.
template <class Work>
ExitCode with_journal(Invocation& invocation, const AuditLine& line, Work work)
{
    const Words& say = invocation.say();
    journal::SqliteOptions options;
    options.file = line.journal;
    if (line.journal.empty()) {
        const auto settings = invocation.settings();
        if (!settings) return ExitCode::BadConfiguration;
        options.file = daemon::journal_file(settings->data);
    }
    options.ballast_bytes = 0;
    options.tail_records = 0;  // all of it is walked below
    options.committer = journal::Committer::Loop;
    // Opening would create it, and an empty journal has a perfect chain.
    std::error_code error;
    if (!fs::is_regular_file(options.file, error))
        return invocation.complain(
            ExitCode::Failed,
            say("没有这个日志文件: ", "there is no such journal: ") + options.file.string()
        );
    try {
        journal::SqliteJournal journal(invocation.world().io.get_executor(), options);
        const ExitCode exit = work(journal);
        journal.close();
        return exit;
    } catch (const journal::OpenError& fault) {
        return invocation.complain(
            ExitCode::Failed,
            fault.what() + say("（守护进程正在使用时，请对副本操作）",
                               " (while the daemon has it, work on a copy, with its -wal)")
        );
    }
}

ExitCode verify(Invocation& invocation, const AuditLine& line)
{
    return with_journal(invocation, line, [&](const journal::Journal& journal) {
        const Words& say = invocation.say();
        const auto anchor = line.anchor.empty() ? std::nullopt : parse_anchor(line.anchor);
        const ChainVerdict verdict = journal::verify(journal, anchor);
        js::object document{
            {"ok", verdict.ok()},
            {"seq", verdict.head.seq},
            {"hash", journal::to_hex(verdict.head.hash)}};
        if (verdict.ok()) {
            const std::string text =
                say("完整，链首 ", "sound; head ") + anchor_text(verdict.head) + "\n";
            return invocation.show(ExitCode::Done, document, text);
        }
        const std::string_view fault = name_of(verdict.fault);
        document["fault"] = js::string_view(fault.data(), fault.size());
        document["bad_seq"] = verdict.bad_seq;
        document["detail"] = verdict.words();
        const std::string text = say("链已损坏，第一条坏记录 ", "BROKEN; first bad record ") +
                                 std::to_string(verdict.bad_seq) + ": " + verdict.words() + "\n" +
                                 say("此前完好至 ", "good up to ") + anchor_text(verdict.head) +
                                 "\n";
        return invocation.show(ExitCode::Failed, document, text);
    });
}

ExitCode head(Invocation& invocation, const AuditLine& line)
{
    return with_journal(invocation, line, [&](const journal::Journal& journal) {
        const Head found = journal.head();
        return invocation.show(
            ExitCode::Done,
            {{"seq", found.seq}, {"hash", journal::to_hex(found.hash)}},
            anchor_text(found) + "\n"
        );
    });
}

}  // namespace

void add_audit_verbs(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    CLI::App& family = *app.add_subcommand("audit", say("日志的哈希链", "the journal's chain"));
    family.require_subcommand(1);
    auto line = std::make_shared<AuditLine>();
    const std::string of_journal =
        say("日志文件，默认取自设置", "journal; default: the one of the settings");

    CLI::App& verifying = *family.add_subcommand(
        "verify", say("逐条核对整条链", "walk the whole chain; exit 1 at the first bad record")
    );
    verifying.add_option("--journal", line->journal, of_journal);
    verifying
        .add_option(
            "--anchor",
            line->anchor,
            say("机外保存的链首 序号:哈希；没有它，截尾无法发现",
                "SEQ:HASH kept elsewhere; without it a tail that was cut off goes unseen")
        )
        ->check(anchor_fault);
    verifying.callback([&invocation, line] {
        invocation.leave([&invocation, line] { return verify(invocation, *line); });
    });

    CLI::App& heading = *family.add_subcommand(
        "head", say("打印链首，供机外保存", "print the head, to be kept outside of the machine")
    );
    heading.add_option("--journal", line->journal, of_journal);
    heading.callback([&invocation, line] {
        invocation.leave([&invocation, line] { return head(invocation, *line); });
    });
}

}  // namespace shouwang::client
