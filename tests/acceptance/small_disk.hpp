#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace shouwang::test {

// A small disk of its own over `folder`, in memory, seen by this process and its children alone:
// the mount goes with them whatever happens. Needs root, and a kernel that lets it mount.
class SmallDisk {
public:
    SmallDisk(std::filesystem::path folder, std::uint64_t mebibytes);
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk();

    // Why there is none; empty when there is.
    [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }

    // Takes every byte that is free. Throws std::runtime_error when that cannot be done.
    void fill() const;
    // Gives back what fill() took.
    void make_room() const;

private:
    [[nodiscard]] std::filesystem::path filler() const { return folder_ / "filler"; }

    std::filesystem::path folder_;
    std::string why_not_;
};

}  // namespace shouwang::test
