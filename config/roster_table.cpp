#include "config/roster_table.hpp"

#include "config/roster_fields.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>

namespace shouwang::config {

namespace {

constexpr std::array unit_columns{
    RosterColumn{"id", "编号", true},
    RosterColumn{"name", "名称", true},
    RosterColumn{"short_name", "简称"},
    RosterColumn{"kind", "类别", true},
    RosterColumn{"parent", "上级"},
    RosterColumn{"campus", "校区"},
};
constexpr std::array staff_columns{
    RosterColumn{"id", "工号", true},
    RosterColumn{"kind", "类别", true},
    RosterColumn{"name", "姓名", true},
    RosterColumn{"sex", "性别"},
    RosterColumn{"unit", "单位", true},
    RosterColumn{"title", "职务"},
    RosterColumn{"phone", "手机"},
    RosterColumn{"phone2", "备用手机"},
    RosterColumn{"landline", "座机"},
    RosterColumn{"wecom", "企业微信"},
    RosterColumn{"email", "邮箱"},
    RosterColumn{"webhook", "回调地址"},
    RosterColumn{"campus", "校区"},
    RosterColumn{"lives_on_campus", "住校"},
    RosterColumn{"qualified_watch", "可监护"},
    RosterColumn{"languages", "语言"},
};
constexpr std::array role_columns{
    RosterColumn{"role", "岗位", true},
    RosterColumn{"unit", "单位"},
    RosterColumn{"staff", "人员", true},
    RosterColumn{"order", "顺序"},
};
constexpr std::array student_columns{
    RosterColumn{"id", "学号", true},
    RosterColumn{"name", "姓名", true},
    RosterColumn{"sex", "性别"},
    RosterColumn{"birth_date", "出生日期"},
    RosterColumn{"class", "班级", true},
    RosterColumn{"college", "学院"},
    RosterColumn{"grade", "年级"},
    RosterColumn{"kind", "类别", true},
    RosterColumn{"building", "楼栋"},
    RosterColumn{"room", "房间"},
    RosterColumn{"phone", "手机"},
    RosterColumn{"supervisor", "导师"},
    RosterColumn{"intern_site", "实习单位"},
    RosterColumn{"flags", "标记"},
};
constexpr std::array guardian_columns{
    RosterColumn{"student", "学号", true},
    RosterColumn{"order", "顺序"},
    RosterColumn{"name", "姓名", true},
    RosterColumn{"relation", "关系", true},
    RosterColumn{"legal", "法定监护人"},
    RosterColumn{"phone", "电话"},
    RosterColumn{"language", "语言"},
    RosterColumn{"caution", "联系注意"},
};
constexpr std::array duty_columns{
    RosterColumn{"role", "岗位", true},
    RosterColumn{"unit", "单位"},
    RosterColumn{"from", "开始", true},
    RosterColumn{"to", "结束", true},
    RosterColumn{"staff", "值班人"},
    RosterColumn{"backup", "备班"},
};
constexpr std::array leave_columns{
    RosterColumn{"staff", "人员", true},
    RosterColumn{"from", "开始", true},
    RosterColumn{"to", "结束", true},
    RosterColumn{"delegate", "代理人", true},
};
constexpr std::array calendar_columns{
    RosterColumn{"date", "日期", true},
    RosterColumn{"kind", "类别", true},
    RosterColumn{"name", "名称"},
};
constexpr std::array formats{
    RosterFormat{"units.csv", "单位", true, unit_columns},
    RosterFormat{"staff.csv", "人员", true, staff_columns},
    RosterFormat{"roles.csv", "岗位", true, role_columns},
    RosterFormat{"students.csv", "学生", false, student_columns},
    RosterFormat{"guardians.csv", "家长", false, guardian_columns},
    RosterFormat{"duty.csv", "值班", false, duty_columns},
    RosterFormat{"leave.csv", "请假", false, leave_columns},
    RosterFormat{"calendar.csv", "校历", false, calendar_columns},
};

constexpr std::array yes_no{RosterWord{"yes", "是"}, RosterWord{"no", "否"}};
constexpr std::array sexes{RosterWord{"male", "男"}, RosterWord{"female", "女"}};

std::string listed(std::span<const RosterColumn> columns)
{
    std::string out;
    for (const RosterColumn& column : columns) {
        if (!out.empty()) out += ", ";
        out += column.name;
        out += ' ';
        out += column.chinese;
    }
    return out;
}

std::string listed(std::span<const RosterWord> words)
{
    std::string out;
    for (const RosterWord& word : words) {
        if (!out.empty()) out += ", ";
        out += word.word;
        out += ' ';
        out += word.chinese;
    }
    return out;
}

std::size_t reading_order(const std::string& file)
{
    const auto at = std::find_if(formats.begin(), formats.end(), [&](const RosterFormat& format) {
        return format.file == file;
    });
    return static_cast<std::size_t>(at - formats.begin());
}

bool has_control_character(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

}  // namespace

std::span<const RosterFormat> roster_formats()
{
    return formats;
}

const RosterFormat& roster_format(std::string_view file)
{
    return formats.at(reading_order(std::string(file)));
}

void FaultSink::add(Fault fault)
{
    failed_ = failed_ || !fault.warning;
    if (faults_.size() + 1 < max_)
        faults_.push_back(std::move(fault));
    else
        more_ = true;
}

std::vector<Fault> FaultSink::take()
{
    // Faults of one field keep the order in which they were found.
    using Key = std::tuple<std::size_t, std::string, unsigned, unsigned, std::size_t>;
    std::map<Key, Fault> sorted;
    for (Fault& fault : faults_) {
        Key key(reading_order(fault.file), fault.file, fault.line, fault.column, sorted.size());
        sorted.emplace(std::move(key), std::move(fault));
    }
    faults_.clear();
    for (auto& [key, fault] : sorted) faults_.push_back(std::move(fault));
    if (more_) {
        Fault more{"", 0, 0, "there are more faults than are listed", "mend these first"};
        more.warning = !failed_;
        faults_.push_back(std::move(more));
    }
    return std::move(faults_);
}

RosterTable::RosterTable(
    const RosterFormat& format, const std::optional<std::string>& text, FaultSink& sink
)
    : format_(&format), sink_(&sink), numbers_(format.columns.size())
{
    if (!text) return;
    std::vector<Fault> faults;
    auto rows = read_csv(std::string(format.file), *text, faults);
    for (Fault& fault : faults) sink.add(std::move(fault));
    if (!rows) return;
    if (rows->empty()) {
        fault(1, "", "the file has no header", "its first row: " + listed(format.columns));
        return;
    }
    rows_ = std::move(*rows);
    usable_ = true;
    read_header(rows_.front());
    if (usable_)
        check_widths();
    else
        rows_.clear();
}

void RosterTable::read_header(const CsvRow& header)
{
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const auto number = static_cast<unsigned>(i + 1);
        const std::string& name = header.fields[i];
        if (name.empty()) continue;  // a spreadsheet's empty column
        const auto wrong = [&](std::string what, std::string hint) {
            sink_->add(
                {std::string(format_->file), header.line, number, std::move(what), std::move(hint)}
            );
            usable_ = false;
        };
        const auto column =
            std::find_if(format_->columns.begin(), format_->columns.end(), [&](const auto& known) {
                return known.name == name || known.chinese == name;
            });
        if (column == format_->columns.end()) {
            wrong("no column is called \"" + name + "\"", "columns: " + listed(format_->columns));
            continue;
        }
        unsigned& known = numbers_[static_cast<std::size_t>(column - format_->columns.begin())];
        if (known != 0)
            wrong("the column \"" + name + "\" is there twice", "keep one of them");
        else
            known = number;
    }
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
        const RosterColumn& column = format_->columns[i];
        if (!column.required || numbers_[i] != 0) continue;
        usable_ = false;
        fault(
            header.line,
            "",
            "the column " + std::string(column.name) + " is missing",
            "columns: " + listed(format_->columns)
        );
    }
}

// Takes the header off the front and the rows with a wrong number of fields out. Excel leaves out
// the commas of empty last columns when many rows have them empty (its KB 77295), so a row may be
// short of columns that may be empty.
void RosterTable::check_widths()
{
    const std::size_t width = rows_.front().fields.size();
    std::size_t needed = 0;
    for (std::size_t i = 0; i < numbers_.size(); ++i)
        if (format_->columns[i].required) needed = std::max<std::size_t>(needed, numbers_[i]);
    const auto wrong = [&](CsvRow& row) {
        const std::size_t count = row.fields.size();
        if (count >= needed && count <= width) {
            row.fields.resize(width);
            return false;
        }
        fault(
            row.line,
            "",
            "the row has " + std::to_string(count) + " fields, the header " + std::to_string(width),
            "a field with a comma in it stands in quotes"
        );
        // References to what this row should have said would only repeat the fault.
        usable_ = false;
        return true;
    };
    std::vector<CsvRow> sound;
    sound.reserve(rows_.size());
    for (auto row = std::next(rows_.begin()); row != rows_.end(); ++row)
        if (!wrong(*row)) sound.push_back(std::move(*row));
    rows_ = std::move(sound);
}

unsigned RosterTable::number_of(std::string_view column) const
{
    for (std::size_t i = 0; i < numbers_.size(); ++i)
        if (format_->columns[i].name == column) return numbers_[i];
    return 0;
}

void RosterTable::fault(unsigned line, std::string_view column, std::string what, std::string hint)
    const
{
    const std::string file(format_->file);
    sink_->add({file, line, number_of(column), std::move(what), std::move(hint)});
}

void RosterTable::warn(unsigned line, std::string_view column, std::string what, std::string hint)
    const
{
    const std::string file(format_->file);
    sink_->add({file, line, number_of(column), std::move(what), std::move(hint), true});
}

const std::string& RosterRow::raw(std::string_view column) const
{
    static const std::string nothing;
    const unsigned number = table_.number_of(column);
    const std::string& field = number == 0 ? nothing : row_.fields[number - 1];
    if (!field.empty()) return field;
    for (const RosterColumn& known : table_.format().columns)
        if (known.name == column && known.required)
            fault(column, std::string(column) + " is empty", "every row needs one");
    return field;
}

std::string RosterRow::prose(std::string_view column) const
{
    return raw(column);
}

std::string RosterRow::text(std::string_view column) const
{
    const std::string& field = raw(column);
    if (!has_control_character(field)) return field;
    fault(
        column,
        std::string(column) + " has a line break or another control character in it",
        "one line of plain text"
    );
    return {};
}

std::string RosterRow::id(std::string_view column) const
{
    const std::string& field = raw(column);
    if (field.empty() || is_id(field)) return field;
    fault(
        column,
        "\"" + field + "\" is no id",
        "letters, digits, \"-\", \"_\" and \".\", at most 64; format the column as text when Excel "
        "has made 2.03E+11 of it"
    );
    return {};
}

std::string RosterRow::word(std::string_view column, std::span<const RosterWord> words) const
{
    const std::string& field = raw(column);
    if (field.empty()) return {};
    for (const RosterWord& known : words)
        if (field == known.word || field == known.chinese) return std::string(known.word);
    fault(column, "\"" + field + "\" is no " + std::string(column), "one of " + listed(words));
    return {};
}

bool RosterRow::yes(std::string_view column) const
{
    return word(column, yes_no) == "yes";
}

std::string RosterRow::sex() const
{
    return word("sex", sexes);
}

unsigned RosterRow::number(std::string_view column, unsigned max) const
{
    const std::string& field = raw(column);
    if (field.empty()) return 0;
    if (const auto value = parse_number(field, max)) return *value;
    fault(column, "\"" + field + "\" is no " + std::string(column), "0 to " + std::to_string(max));
    return 0;
}

std::optional<escalation::Day> RosterRow::day(std::string_view column) const
{
    const std::string& field = raw(column);
    if (field.empty()) return std::nullopt;
    const auto value = parse_day(field);
    if (!value) fault(column, "\"" + field + "\" is no date", "such as 2026-10-04");
    return value;
}

void RosterRow::fault(std::string_view column, std::string what, std::string hint) const
{
    table_.fault(row_.line, column, std::move(what), std::move(hint));
}

void RosterRow::warn(std::string_view column, std::string what, std::string hint) const
{
    table_.warn(row_.line, column, std::move(what), std::move(hint));
}

}  // namespace shouwang::config
