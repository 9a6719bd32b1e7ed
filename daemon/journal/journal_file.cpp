#include "daemon/journal/journal_file.hpp"

#include "daemon/journal/sqlite_journal.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <system_error>
#include <unistd.h>

namespace shouwang::journal {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why)
{
    throw OpenError("journal " + file.string() + ": " + why);
}

std::string errno_words()
{
    return std::generic_category().message(errno);
}

}  // namespace

std::optional<std::string_view> network_filesystem(std::int64_t magic)
{
    // statfs(2) and linux/magic.h; f_type is signed or not by architecture, so only 32 bits count.
    switch (static_cast<std::uint32_t>(magic)) {
        case 0x6969U: return "NFS";
        case 0x517BU:
        case 0xFF534D42U:
        case 0xFE534D42U: return "SMB";
        case 0x5346414FU:
        case 0x6B414653U: return "AFS";
        case 0x73757245U: return "Coda";
        case 0x00C36400U: return "Ceph";
        case 0x01021997U: return "9P";
        default: return std::nullopt;
    }
}

void prepare_journal_file(const std::filesystem::path& file)
{
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    struct statfs status = {};
    if (::statfs(folder.c_str(), &status) != 0) {
        refuse(file, "its folder cannot be used: " + errno_words());
    }
    if (const auto network = network_filesystem(static_cast<std::int64_t>(status.f_type))) {
        refuse(file, "lies on " + std::string(*network) + "; it needs a local disk");
    }

    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ::close(fd);
        const int parent = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const bool synced = parent >= 0 && ::fsync(parent) == 0;
        if (parent >= 0) ::close(parent);
        if (!synced) refuse(file, "its folder cannot be synced: " + errno_words());
    } else if (errno != EEXIST) {
        refuse(file, "cannot be created: " + errno_words());
    } else if (::chmod(file.c_str(), 0600) != 0) {
        refuse(file, "cannot be made private: " + errno_words());
    }
}

}  // namespace shouwang::journal
