#pragma once

#include "daemon/entropy.hpp"
#include "daemon/journal/record.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace shouwang::journal {

// The 32 bytes that wrap every data key. Held in guarded, locked memory where the system allows
// it, and wiped when let go. Losing it is losing everything sealed.
class MasterKey {
public:
    static constexpr std::size_t size = 32;

    // A file of exactly 32 bytes that others can neither read nor write; group read is allowed,
    // as systemd shows the access list of a credential there. Throws std::runtime_error in words.
    [[nodiscard]] static MasterKey load(const std::filesystem::path& file);
    // For the demo: a new key, which save() keeps for the next start.
    [[nodiscard]] static MasterKey generate(daemon::Entropy& entropy);
    // Creates `file` with mode 0600. Throws std::runtime_error, also when it exists.
    void save(const std::filesystem::path& file) const;

    [[nodiscard]] const std::uint8_t* bytes() const noexcept { return bytes_.get(); }

private:
    MasterKey();
    std::unique_ptr<std::uint8_t, void (*)(void*)> bytes_;
};

// The data keys of a journal, each under its id, wrapped by the master key. A data key is in the
// clear only for as long as one call uses it.
class KeyRing {
public:
    // `entropy` gives keys and nonces and must outlive the ring.
    KeyRing(MasterKey master, daemon::Entropy& entropy);

    // Makes the data key `key_id`. Append the result in the batch of the first record that uses
    // it: until that is durable, nothing sealed with it may leave the process.
    // Throws std::invalid_argument when the ring holds that id.
    [[nodiscard]] WrappedKey create(const std::string& key_id);
    // Takes a key read back from the journal. False when this master key did not wrap it, or it
    // was tampered with: what it sealed then stays closed.
    [[nodiscard]] bool adopt(WrappedKey key);
    // Forgets the key; Journal::destroy_key makes that true for the next start too.
    void forget(const std::string& key_id);
    [[nodiscard]] bool holds(const std::string& key_id) const;

    // Encrypts and signs. `context` is not stored and must be given again to open: it binds the
    // ciphertext to its place (the stream and type of its record), so it cannot be moved.
    // Throws std::out_of_range when the ring does not hold the key.
    [[nodiscard]] std::string seal(
        const std::string& key_id, std::string_view plain, std::string_view context
    );
    // Nothing when the key is destroyed or another, or ciphertext or context were changed.
    [[nodiscard]] std::optional<std::string> open(
        const std::string& key_id, std::string_view sealed, std::string_view context
    ) const;

private:
    MasterKey master_;
    std::reference_wrapper<daemon::Entropy> entropy_;
    std::map<std::string, std::string, std::less<>> wrapped_;
};

}  // namespace shouwang::journal
