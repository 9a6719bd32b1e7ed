#pragma once

#include <cstdint>
#include <filesystem>

namespace shouwang::journal {

// A file that holds disk space for nothing, so that there is something to let go when the disk is
// full: enough for the records of days, and time for an operator to come.
class Ballast {
public:
    // With 0 bytes there is no ballast, and it always counts as in place.
    Ballast(std::filesystem::path file, std::uint64_t bytes);

    // Puts the ballast in place if it is not. False when there is no room: it takes nothing while
    // less than twice its size is free, else it would itself fill the disk.
    bool restore();
    // True when there was some to free.
    bool release();
    [[nodiscard]] bool in_place() const;

private:
    std::filesystem::path file_;
    std::uint64_t bytes_;
};

}  // namespace shouwang::journal
