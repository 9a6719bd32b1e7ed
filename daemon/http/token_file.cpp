#include "daemon/http/token_file.hpp"

#include "daemon/http/instant_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace shouwang::http {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t file_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t tokens_max = 10'000;
constexpr std::size_t text_bytes_max = 200;
constexpr std::size_t hash_length = 64;

// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    ~Descriptor()
    {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_;
};

TokenFaults one_fault(std::string detail)
{
    TokenFaults faults;
    faults.faults.push_back({"", std::move(detail)});
    return faults;
}

TokenFaults system_fault(const char* doing)
{
    return one_fault(std::string(doing) + ": " + std::generic_category().message(errno));
}

// Whole contents; an empty text for a file that is not there.
TokenResult<std::string> read_private_file(const fs::path& path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file && errno == ENOENT) return std::string();
    if (!file) return system_fault("cannot open the token file");
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return system_fault("cannot look at the token file");
    if (!S_ISREG(status.st_mode)) return one_fault("the token file is a regular file");
    if ((status.st_mode & 077) != 0) {
        return one_fault("only its owner may read and write the token file (chmod 600)");
    }
    if (static_cast<std::size_t>(status.st_size) > file_bytes_max) {
        return one_fault("the token file is at most 4 MiB long");
    }
    std::string text;
    std::array<char, 16 * 1024> piece;
    for (;;) {
        const ssize_t length = ::read(file.number(), piece.data(), piece.size());
        if (length < 0) return system_fault("cannot read the token file");
        if (length == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(length));
        if (text.size() > file_bytes_max) return one_fault("the token file is at most 4 MiB long");
    }
}

bool is_id(std::string_view text)
{
    // The shape is checked by the one function that knows it.
    return token_id_of("sw_" + std::string(text) + "_" + std::string(43, 'a')) == text;
}

bool is_word(std::string_view text)
{
    return !text.empty() && text.size() <= 32 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
               std::string_view::npos;
}

// Reads one entry of the file, and collects what is wrong with it.
class EntryReader {
public:
    EntryReader(const json::value& entry, std::string pointer, std::vector<TokenFault>& faults)
        : entry_(entry), pointer_(std::move(pointer)), faults_(faults)
    {}

    TokenRecord read()
    {
        TokenRecord record;
        if (!entry_.is_object()) {
            fault("", "an object");
            return record;
        }
        refuse_unknown_keys();
        record.id = text("id", true).value_or("");
        if (!is_id(record.id)) fault("/id", "ten lower-case letters and digits");
        record.hash = text("hash", true).value_or("");
        if (record.hash.size() != hash_length ||
            record.hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
            fault("/hash", "64 hex digits");
        }
        if (const auto role = role_named(text("role", true).value_or(""))) {
            record.role = *role;
        } else {
            fault("/role", "one of admin, duty_desk, responder, supervisor, intake");
        }
        if (auto staff = text("staff", false))
            record.staff = escalation::StaffId(std::move(*staff));
        record.note = text("note", false).value_or("");
        record.via = words("via");
        record.created_at = instant("created_at", true).value_or(escalation::Instant());
        record.expires_at = instant("expires_at", false);
        return record;
    }

private:
    void fault(std::string_view where, std::string_view right)
    {
        faults_.push_back({pointer_ + std::string(where), "expected: " + std::string(right)});
    }

    void refuse_unknown_keys()
    {
        static constexpr std::array<std::string_view, 8> known{
            "id", "hash", "role", "staff", "via", "note", "created_at", "expires_at"};
        for (const auto& member : entry_.get_object()) {
            const std::string_view key(member.key().data(), member.key().size());
            if (std::find(known.begin(), known.end(), key) == known.end()) {
                fault("/" + std::string(key), "no such key");
            }
        }
    }

    std::optional<std::string> text(const char* key, bool needed)
    {
        const json::value* value = entry_.get_object().if_contains(key);
        if (!value && !needed) return std::nullopt;
        const bool good =
            value && value->is_string() && value->get_string().size() <= text_bytes_max;
        if (good) return std::string(value->get_string().c_str(), value->get_string().size());
        if (value) fault("/" + std::string(key), "a text of at most 200 bytes");
        return std::nullopt;
    }

    std::optional<escalation::Instant> instant(const char* key, bool needed)
    {
        const auto written = text(key, needed);
        const auto at = written ? parse_rfc3339(*written) : std::nullopt;
        if (!at && (written || needed)) fault("/" + std::string(key), "an RFC 3339 time");
        return at;
    }

    std::vector<std::string> words(const char* key)
    {
        std::vector<std::string> list;
        const json::value* value = entry_.get_object().if_contains(key);
        if (!value) return list;
        bool good = value->is_array();
        if (good) {
            for (const json::value& item : value->get_array()) {
                good = good && item.is_string() && is_word(item.get_string().c_str());
                if (good) list.emplace_back(item.get_string().c_str());
            }
        }
        if (!good) fault("/" + std::string(key), "an array of words like \"hotline\"");
        return list;
    }

    const json::value& entry_;
    std::string pointer_;
    std::vector<TokenFault>& faults_;
};

TokenResult<std::vector<TokenRecord>> parse_tokens(const std::string& text)
{
    boost::system::error_code error;
    const json::value file = json::parse(text, error);
    if (error) return one_fault("the token file is JSON: " + error.message());
    const json::object* object = file.if_object();
    const json::value* tokens = object ? object->if_contains("tokens") : nullptr;
    if (!tokens || !tokens->is_array() || object->size() != 1) {
        return one_fault("the token file is an object with the one key \"tokens\", an array");
    }
    if (tokens->get_array().size() > tokens_max) return one_fault("at most 10000 tokens");

    TokenFaults found;
    std::vector<TokenRecord> records;
    std::set<std::string> ids;
    for (const json::value& entry : tokens->get_array()) {
        const std::string pointer = "/tokens/" + std::to_string(records.size());
        records.push_back(EntryReader(entry, pointer, found.faults).read());
        if (!records.back().id.empty() && !ids.insert(records.back().id).second) {
            found.faults.push_back({pointer + "/id", "expected: an id that is not there already"});
        }
    }
    if (!found.faults.empty()) return found;
    return records;
}

std::string write_tokens(const std::vector<TokenRecord>& records)
{
    json::array tokens;
    for (const TokenRecord& record : records) {
        json::object entry{
            {"id", record.id},
            {"hash", record.hash},
            {"role", json::string_view(name_of(record.role).data(), name_of(record.role).size())},
        };
        if (record.staff) entry["staff"] = record.staff->text();
        entry["via"] = json::array(record.via.begin(), record.via.end());
        if (!record.note.empty()) entry["note"] = record.note;
        entry["created_at"] = to_rfc3339(record.created_at);
        if (record.expires_at) entry["expires_at"] = to_rfc3339(*record.expires_at);
        tokens.push_back(std::move(entry));
    }
    json::object file;
    file["tokens"] = std::move(tokens);
    return json::serialize(file) + "\n";
}

bool write_all(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// After a crash at any moment the old file or the new one is there, whole.
TokenResult<bool> replace_file(const fs::path& path, std::string_view text)
{
    const fs::path fresh = path.string() + ".new";
    {
        ::unlink(fresh.c_str());
        const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
        const Descriptor file(::open(fresh.c_str(), flags, 0600));
        if (!file) return system_fault("cannot make a new token file");
        if (!write_all(file.number(), text) || ::fsync(file.number()) != 0) {
            const TokenFaults fault = system_fault("cannot write the new token file");
            ::unlink(fresh.c_str());
            return fault;
        }
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0)
        return system_fault("cannot replace the token file");
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.number()) != 0) return system_fault("cannot sync the token file");
    return true;
}

// Reads, lets `change` alter the records, and writes if it says so; alone among all programs.
template <class Change>
TokenResult<bool> change_tokens(const fs::path& path, Change change)
{
    const fs::path lock_path = path.string() + ".lock";
    const Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
    );
    if (!lock || ::flock(lock.number(), LOCK_EX) != 0)
        return system_fault("cannot lock the token file");

    auto records = load_tokens(path);
    if (!records) return records.error();
    if (!change(*records)) return false;
    if (records->size() > tokens_max) return one_fault("at most 10000 tokens");
    const std::string text = write_tokens(*records);
    const auto readable = parse_tokens(text);
    if (!readable) return readable.error();
    return replace_file(path, text);
}

}  // namespace

TokenResult<std::vector<TokenRecord>> load_tokens(const fs::path& path)
{
    const auto text = read_private_file(path);
    if (!text) return text.error();
    if (text->empty()) return std::vector<TokenRecord>();
    return parse_tokens(*text);
}

TokenResult<NewToken> add_token(
    const fs::path& path, const TokenGrant& grant, daemon::Entropy& entropy, escalation::Instant now
)
{
    const NewToken token = make_token(entropy);
    TokenRecord record;
    record.id = token.id;
    record.hash = hash_of_secret(token.text);
    record.role = grant.role;
    record.staff = grant.staff;
    record.via = grant.via;
    record.note = grant.note;
    record.created_at = now;
    record.expires_at = grant.expires_at;
    const auto added = change_tokens(path, [&record](std::vector<TokenRecord>& records) {
        records.push_back(std::move(record));
        return true;
    });
    if (!added) return added.error();
    return token;
}

TokenResult<bool> revoke_token(const fs::path& path, std::string_view id)
{
    return change_tokens(path, [id](std::vector<TokenRecord>& records) {
        return std::erase_if(records, [id](const TokenRecord& r) { return r.id == id; }) != 0;
    });
}

}  // namespace shouwang::http
