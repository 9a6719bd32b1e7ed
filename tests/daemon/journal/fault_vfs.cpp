#include "tests/daemon/journal/fault_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace shouwang::test {

struct FaultVfs::Shim : sqlite3_vfs {
    sqlite3_vfs* base = nullptr;
    FaultVfs* owner = nullptr;
};

// What SQLite allocates for an open file; the system's own follows it in the same block.
struct FaultFile : sqlite3_file {
    FaultVfs* owner;
    std::size_t number;
    bool new_in_folder;  // its first sync also syncs the folder, as SQLite's unix VFS does

    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    static FaultFile& of(sqlite3_file* file) { return *static_cast<FaultFile*>(file); }

    int refused(FaultVfs::Kind kind) const
    {
        return owner->fault ? owner->fault(kind, owner->names_[number]) : SQLITE_OK;
    }
    void note(FaultVfs::Operation operation)
    {
        operation.file = number;
        owner->note(std::move(operation));
    }
};

namespace {

using Kind = FaultVfs::Kind;

sqlite3_file* below(sqlite3_file* file)
{
    return FaultFile::of(file).below();
}

int close_file(sqlite3_file* file)
{
    return below(file)->pMethods->xClose(below(file));
}

int read_file(sqlite3_file* file, void* data, int size, sqlite3_int64 offset)
{
    return below(file)->pMethods->xRead(below(file), data, size, offset);
}

int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset)
{
    FaultFile& self = FaultFile::of(file);
    if (const int code = self.refused(Kind::Write)) return code;
    self.note(
        {Kind::Write,
         0,
         static_cast<std::uint64_t>(offset),
         std::string(static_cast<const char*>(data), static_cast<std::size_t>(size)),
         false}
    );
    return below(file)->pMethods->xWrite(below(file), data, size, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size)
{
    FaultFile& self = FaultFile::of(file);
    if (const int code = self.refused(Kind::Truncate)) return code;
    self.note({Kind::Truncate, 0, static_cast<std::uint64_t>(size), {}, false});
    return below(file)->pMethods->xTruncate(below(file), size);
}

int sync_file(sqlite3_file* file, int flags)
{
    FaultFile& self = FaultFile::of(file);
    if (const int code = self.refused(Kind::Sync)) return code;
    self.note({Kind::Sync, 0, 0, {}, std::exchange(self.new_in_folder, false)});
    return below(file)->pMethods->xSync(below(file), flags);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size)
{
    return below(file)->pMethods->xFileSize(below(file), size);
}

int lock_file(sqlite3_file* file, int level)
{
    return below(file)->pMethods->xLock(below(file), level);
}

int unlock_file(sqlite3_file* file, int level)
{
    return below(file)->pMethods->xUnlock(below(file), level);
}

int check_lock(sqlite3_file* file, int* reserved)
{
    return below(file)->pMethods->xCheckReservedLock(below(file), reserved);
}

int control_file(sqlite3_file* file, int operation, void* argument)
{
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

int sector_size(sqlite3_file*)
{
    return 512;
}

// No promise of atomic or power-safe writes, so SQLite takes every precaution it knows.
int characteristics(sqlite3_file*)
{
    return 0;
}

// Version 1: no shared memory, so a log works only with the exclusive lock the journal takes.
const sqlite3_io_methods methods = {
    1,
    &close_file,
    &read_file,
    &write_file,
    &truncate_file,
    &sync_file,
    &size_of_file,
    &lock_file,
    &unlock_file,
    &check_lock,
    &control_file,
    &sector_size,
    &characteristics,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr};

std::string leaf(const char* path)
{
    return std::filesystem::path(path).filename().string();
}

}  // namespace

FaultVfs::FaultVfs() : name_("fault"), shim_(std::make_unique<Shim>())
{
    sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
    static_cast<sqlite3_vfs&>(*shim_) = *base;
    shim_->base = base;
    shim_->owner = this;
    shim_->zName = name_.c_str();
    shim_->szOsFile = static_cast<int>(sizeof(FaultFile)) + base->szOsFile;
    shim_->xOpen = &FaultVfs::open;
    shim_->xDelete = &FaultVfs::remove;
    sqlite3_vfs_register(shim_.get(), 0);
}

FaultVfs::~FaultVfs()
{
    sqlite3_vfs_unregister(shim_.get());
}

int FaultVfs::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out)
{
    const Shim& shim = *static_cast<Shim*>(vfs);
    FaultVfs& owner = *shim.owner;
    FaultFile& self = FaultFile::of(file);
    self.pMethods = nullptr;
    const int code = shim.base->xOpen(shim.base, path, self.below(), flags, out);
    if (code != SQLITE_OK) return code;

    const auto [found, created] = owner.existing_.emplace(path, owner.names_.size());
    if (created) owner.names_.push_back(leaf(path));
    self.owner = &owner;
    self.number = found->second;
    // The database itself is made and synced into its folder before SQLite sees it.
    const bool is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    self.new_in_folder = created && !is_database;
    if (created) self.note({Kind::Create, 0, 0, {}, is_database});
    self.pMethods = &methods;
    return SQLITE_OK;
}

int FaultVfs::remove(sqlite3_vfs* vfs, const char* path, int sync_folder)
{
    const Shim& shim = *static_cast<Shim*>(vfs);
    const auto found = shim.owner->existing_.find(path);
    if (found != shim.owner->existing_.end()) {
        shim.owner->note({Kind::Delete, found->second, 0, {}, sync_folder != 0});
        shim.owner->existing_.erase(found);
    }
    return shim.base->xDelete(shim.base, path, sync_folder);
}

void FaultVfs::note(Operation operation)
{
    if (recording) operations.push_back(std::move(operation));
}

// Changes to a folder that were not synced happen in order up to some point, then not.
std::map<std::string, std::size_t> FaultVfs::folder_after_power_cut(std::size_t done, Dice& dice)
    const
{
    std::size_t synced = 0;
    for (std::size_t i = 0; i < done; ++i) {
        if (operations[i].syncs_folder) synced = i + 1;
    }
    const std::size_t until = synced + dice.below(done - synced + 1);
    std::map<std::string, std::size_t> folder;
    for (std::size_t i = 0; i < until; ++i) {
        const Operation& operation = operations[i];
        const std::string& name = names_[operation.file];
        if (operation.kind == Kind::Create) folder[name] = operation.file;
        if (operation.kind == Kind::Delete) folder.erase(name);
    }
    return folder;
}

std::map<std::string, std::string> FaultVfs::after_power_cut(std::size_t done, Dice& dice) const
{
    constexpr std::size_t sector = 512;
    std::map<std::size_t, std::size_t> synced;
    for (std::size_t i = 0; i < done; ++i) {
        if (operations[i].kind == Kind::Sync) synced[operations[i].file] = i;
    }
    std::map<std::size_t, std::string> contents;
    const auto write = [&contents](const Operation& operation, std::size_t from, std::size_t size) {
        std::string& content = contents[operation.file];
        const std::size_t at = operation.offset + from;
        if (content.size() < at + size) content.resize(at + size);
        content.replace(at, size, operation.data, from, size);
    };
    for (std::size_t i = 0; i < done; ++i) {
        const Operation& operation = operations[i];
        const auto sync = synced.find(operation.file);
        const bool durable = sync != synced.end() && i < sync->second;
        if (operation.kind == Kind::Truncate && (durable || dice.chance(1, 2))) {
            contents[operation.file].resize(operation.offset);
        }
        if (operation.kind != Kind::Write) continue;
        for (std::size_t from = 0; from < operation.data.size(); from += sector) {
            const std::size_t size = std::min(sector, operation.data.size() - from);
            if (durable || dice.chance(1, 2)) write(operation, from, size);
        }
    }
    std::map<std::string, std::string> files;
    for (const auto& [name, file] : folder_after_power_cut(done, dice)) {
        files[name] = contents[file];
    }
    return files;
}

}  // namespace shouwang::test
