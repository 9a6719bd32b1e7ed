#pragma once

#include "tests/support/dice.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3_file;
struct sqlite3_vfs;

namespace shouwang::test {

// A SQLite VFS over the system's that can fail on demand and that writes down what reaches the
// disk, so that the disk after a power cut can be rebuilt. For one thread.
class FaultVfs {
public:
    enum class Kind { Create, Write, Truncate, Sync, Delete };

    // Registers under a name of its own until destroyed; no file of it may be open then.
    FaultVfs();
    ~FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }

    // Asked before every write, truncate and sync with the file's name without its folder: any
    // SQLite code but SQLITE_OK is what the caller gets, and the disk is not touched.
    std::function<int(Kind kind, const std::string& file)> fault;

    // One thing that was done to the disk. Files are told apart by `file`, as inodes are: a name
    // deleted and created again is another file.
    struct Operation {
        Kind kind = Kind::Write;
        std::size_t file = 0;
        std::uint64_t offset = 0;
        std::string data;
        bool syncs_folder = false;
    };
    // Filled while `recording`.
    bool recording = false;
    std::vector<Operation> operations;

    // The files, by name, that a disk may hold when the power fails after the first `done`
    // operations: what was synced is there, of the rest any sector may or may not be.
    [[nodiscard]] std::map<std::string, std::string> after_power_cut(std::size_t done, Dice& dice)
        const;

private:
    friend struct FaultFile;
    struct Shim;

    static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out);
    static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder);
    void note(Operation operation);
    [[nodiscard]] std::map<std::string, std::size_t> folder_after_power_cut(
        std::size_t done, Dice& dice
    ) const;

    std::string name_;
    std::unique_ptr<Shim> shim_;
    std::vector<std::string> names_;               // of every file, by number
    std::map<std::string, std::size_t> existing_;  // by path
};

}  // namespace shouwang::test
