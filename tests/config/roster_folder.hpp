#pragma once

#include "config/roster.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace shouwang::test {

// A sound little roster; a test replaces the file it is about.
inline std::map<std::string, std::string> sound_roster()
{
    return {
        {"units.csv",
         "id,name,short_name,kind,parent,campus\n"
         "NLMU,南岭医科大学,南岭医大,university,,\n"
         "M,主校区,,campus,NLMU,\n"
         "C03,基础医学院,,college,NLMU,M\n"
         "K03,基础医学2025级1班,,class,C03,M\n"
         "M-09,主校区9号楼,9号楼,building,M,M\n"},
        {"staff.csv",
         "id,kind,name,sex,unit,phone\n"
         "ct-03,person,示例甲,female,C03,199-0000-0001\n"
         "co-03,person,示例乙,male,C03,199-0000-0002\n"
         "vs-03,person,示例丙,male,C03,199-0000-0003\n"},
        {"roles.csv",
         "role,unit,staff,order\n"
         "class_teacher,K03,ct-03,0\n"
         "college_lead,C03,vs-03,0\n"
         "college_lead,C03,co-03,1\n"},
        {"students.csv",
         "id,name,birth_date,class,college,kind,building,room\n"
         "s7,示例丁,2006-11-20,K03,C03,ug,M-09,507\n"},
        {"guardians.csv", "student,order,name,relation,legal,phone\n"},
        {"duty.csv", "role,unit,from,to,staff,backup\n"},
        {"leave.csv", "staff,from,to,delegate\n"},
        {"calendar.csv", "date,kind,name\n"},
    };
}

// A folder of its own under the system's temporary one, gone with the object.
class RosterFolder {
public:
    explicit RosterFolder(const std::map<std::string, std::string>& files)
    {
        std::string name = (std::filesystem::temp_directory_path() / "roster-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
        for (const auto& [file, content] : files)
            std::ofstream(path_ / file, std::ios::binary) << content;
    }
    ~RosterFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    RosterFolder(const RosterFolder&) = delete;
    RosterFolder& operator=(const RosterFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

// Not SHA-256, but as good at telling two texts of a test apart.
inline std::string fnv(std::string_view text)
{
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    return std::to_string(hash);
}

inline config::RosterOptions roster_options()
{
    return {fnv, {}};
}

inline config::LoadedRoster load(const std::map<std::string, std::string>& files)
{
    const RosterFolder folder(files);
    return config::load_roster(folder.path(), std::chrono::minutes(480), roster_options());
}

// The sound roster with `content` for `file`.
inline config::LoadedRoster load_with(const std::string& file, const std::string& content)
{
    auto files = sound_roster();
    files[file] = content;
    return load(files);
}

inline std::string listed(const std::vector<config::Fault>& faults)
{
    std::string text;
    for (const config::Fault& fault : faults)
        text += fault.file + ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column) +
                (fault.warning ? ": warning: " : ": ") + fault.what + "\n";
    return text;
}

}  // namespace shouwang::test
