#include "daemon/journal/ballast.hpp"

#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace shouwang::journal {

Ballast::Ballast(std::filesystem::path file, std::uint64_t bytes)
    : file_(std::move(file)), bytes_(bytes)
{}

bool Ballast::restore()
{
    if (in_place()) return true;
    std::error_code failed;
    std::filesystem::remove(file_, failed);
    const std::filesystem::path folder = file_.has_parent_path() ? file_.parent_path() : ".";
    const std::filesystem::space_info space = std::filesystem::space(folder, failed);
    if (failed || space.available < 2 * bytes_) return false;

    const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    // Allocated, not sparse: a hole would free nothing.
    const bool taken = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes_)) == 0;
    ::close(fd);
    if (!taken) ::unlink(file_.c_str());
    return taken;
}

bool Ballast::release()
{
    std::error_code failed;
    return bytes_ != 0 && std::filesystem::remove(file_, failed) && !failed;
}

bool Ballast::in_place() const
{
    if (bytes_ == 0) return true;
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(file_, failed);
    return !failed && size == bytes_;
}

}  // namespace shouwang::journal
