#include "daemon/journal/sealing.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <new>
#include <span>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace shouwang::journal {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(MasterKey::size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// The first byte of everything encrypted here, so that another cipher can follow one day.
constexpr char format_xchacha20poly1305 = 1;

const std::uint8_t* as_bytes(std::string_view text)
{
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::uint8_t* as_bytes(std::string& text)
{
    return reinterpret_cast<std::uint8_t*>(text.data());
}

// A data key in the clear, on the stack, wiped on every way out.
struct DataKey {
    DataKey() = default;
    DataKey(const DataKey&) = delete;
    DataKey& operator=(const DataKey&) = delete;
    ~DataKey() { sodium_memzero(bytes.data(), bytes.size()); }

    std::array<std::uint8_t, MasterKey::size> bytes{};
};

// format byte || nonce || ciphertext and tag
std::string encrypt(
    daemon::Entropy& entropy,
    const std::uint8_t* key,
    std::string_view plain,
    std::string_view context
)
{
    std::string out(1 + nonce_size + plain.size() + tag_size, '\0');
    out[0] = format_xchacha20poly1305;
    std::uint8_t* const nonce = as_bytes(out) + 1;
    entropy.fill(std::span(nonce, nonce_size));
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        nonce + nonce_size,
        nullptr,
        as_bytes(plain),
        plain.size(),
        as_bytes(context),
        context.size(),
        nullptr,
        nonce,
        key
    );
    return out;
}

// Requires: `plain` has room for what plain_size says.
bool decrypt(
    std::uint8_t* plain, const std::uint8_t* key, std::string_view sealed, std::string_view context
)
{
    if (sealed.size() < 1 + nonce_size + tag_size) return false;
    if (sealed.front() != format_xchacha20poly1305) return false;
    const std::uint8_t* const nonce = as_bytes(sealed) + 1;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               plain,
               nullptr,
               nullptr,
               nonce + nonce_size,
               sealed.size() - 1 - nonce_size,
               as_bytes(context),
               context.size(),
               nonce,
               key
           ) == 0;
}

std::size_t plain_size(std::string_view sealed)
{
    constexpr std::size_t overhead = 1 + nonce_size + tag_size;
    return sealed.size() < overhead ? 0 : sealed.size() - overhead;
}

bool unwrap(
    DataKey& key, const MasterKey& master, std::string_view key_id, std::string_view wrapped
)
{
    return plain_size(wrapped) == key.bytes.size() &&
           decrypt(key.bytes.data(), master.bytes(), wrapped, key_id);
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why)
{
    throw std::runtime_error("master key " + file.string() + ": " + why);
}

std::string errno_words()
{
    return std::generic_category().message(errno);
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int operator*() const { return fd_; }

private:
    int fd_;
};

}  // namespace

MasterKey::MasterKey() : bytes_(nullptr, &sodium_free)
{
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
    // Guard pages, mlock where RLIMIT_MEMLOCK allows it, left out of core dumps, wiped when freed.
    bytes_.reset(static_cast<std::uint8_t*>(sodium_malloc(size)));
    if (!bytes_) throw std::bad_alloc();
}

MasterKey MasterKey::load(const std::filesystem::path& file)
{
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status = {};
    if (*fd < 0 || ::fstat(*fd, &status) != 0) refuse(file, errno_words());
    if (!S_ISREG(status.st_mode)) refuse(file, "is not a file");
    if ((status.st_mode & 0027U) != 0) {
        refuse(file, "can be read or written by others; chmod 600 it");
    }
    if (status.st_size != static_cast<off_t>(size)) {
        refuse(file, "must be exactly 32 bytes, it has " + std::to_string(status.st_size));
    }

    MasterKey key;
    if (::read(*fd, key.bytes_.get(), size) != static_cast<ssize_t>(size)) {
        refuse(file, "cannot be read: " + errno_words());
    }
    return key;
}

MasterKey MasterKey::generate(daemon::Entropy& entropy)
{
    MasterKey key;
    entropy.fill(std::span(key.bytes_.get(), size));
    return key;
}

void MasterKey::save(const std::filesystem::path& file) const
{
    const Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (*fd < 0) refuse(file, errno_words());
    // Synced before the first record is sealed with it: a key lost to a power cut is data lost.
    const bool written = ::write(*fd, bytes(), size) == static_cast<ssize_t>(size);
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!written || ::fsync(*fd) != 0 || ::fsync(*parent) != 0) {
        const std::string why = errno_words();
        ::unlink(file.c_str());
        refuse(file, "cannot be written: " + why);
    }
}

KeyRing::KeyRing(MasterKey master, daemon::Entropy& entropy)
    : master_(std::move(master)), entropy_(entropy)
{}

WrappedKey KeyRing::create(const std::string& key_id)
{
    if (key_id.empty() || holds(key_id))
        throw std::invalid_argument("a key id used twice or empty");
    DataKey key;
    entropy_.get().fill(key.bytes);
    const std::string_view plain(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    std::string wrapped = encrypt(entropy_, master_.bytes(), plain, key_id);
    wrapped_.emplace(key_id, wrapped);
    return {key_id, std::move(wrapped)};
}

bool KeyRing::adopt(WrappedKey key)
{
    DataKey clear;
    if (!unwrap(clear, master_, key.key_id, key.wrapped)) return false;
    wrapped_.insert_or_assign(std::move(key.key_id), std::move(key.wrapped));
    return true;
}

void KeyRing::forget(const std::string& key_id)
{
    const auto found = wrapped_.find(key_id);
    if (found == wrapped_.end()) return;
    sodium_memzero(found->second.data(), found->second.size());
    wrapped_.erase(found);
}

bool KeyRing::holds(const std::string& key_id) const
{
    return wrapped_.contains(key_id);
}

std::string KeyRing::seal(
    const std::string& key_id, std::string_view plain, std::string_view context
)
{
    DataKey key;
    if (!unwrap(key, master_, key_id, wrapped_.at(key_id))) {
        throw std::logic_error("a key of the ring does not unwrap");
    }
    return encrypt(entropy_, key.bytes.data(), plain, context);
}

std::optional<std::string> KeyRing::open(
    const std::string& key_id, std::string_view sealed, std::string_view context
) const
{
    const auto found = wrapped_.find(key_id);
    DataKey key;
    if (found == wrapped_.end() || !unwrap(key, master_, key_id, found->second))
        return std::nullopt;

    std::string plain(plain_size(sealed), '\0');
    if (!decrypt(as_bytes(plain), key.bytes.data(), sealed, context)) return std::nullopt;
    return plain;
}

}  // namespace shouwang::journal
