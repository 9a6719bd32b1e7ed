#include "tests/acceptance/small_disk.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sched.h>
#include <stdexcept>
#include <sys/mount.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace shouwang::test {

namespace {

// Why it could not be done; empty when it was.
std::string mount_tmpfs(const std::filesystem::path& folder, std::uint64_t mebibytes)
{
    const auto because = [](const char* what) {
        return what + (": " + std::generic_category().message(errno));
    };
    const std::string options = "size=" + std::to_string(mebibytes) + "m,mode=0700";
    if (::unshare(CLONE_NEWNS) != 0) return because("no mounts of its own");
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return because("the mounts stay shared");
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, options.c_str()) != 0)
        return because("no tmpfs");
    return {};
}

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path folder, std::uint64_t mebibytes)
    : folder_(std::move(folder)), why_not_(mount_tmpfs(folder_, mebibytes))
{}

SmallDisk::~SmallDisk()
{
    // A daemon that is still running keeps its own hold of it.
    if (why_not_.empty()) ::umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::fill() const
{
    const int fd = ::open(filler().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) throw std::runtime_error("the filler cannot be opened");
    const std::vector<char> page(4096, 'x');
    while (::write(fd, page.data(), page.size()) > 0) {}
    const bool full = errno == ENOSPC;
    ::close(fd);
    if (!full) throw std::runtime_error("the disk does not fill up");
}

void SmallDisk::make_room() const
{
    std::filesystem::remove(filler());
}

}  // namespace shouwang::test
