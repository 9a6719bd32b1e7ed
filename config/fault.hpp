#pragma once

#include <string>

namespace shouwang::config {

// One thing wrong in a file that an operator edits. Files are read to the end and every fault is
// reported at once, so a person fixes them in one go.
struct Fault {
    std::string file;      // as the operator named it
    unsigned line = 0;     // from 1; 0: the file as a whole
    unsigned column = 0;   // from 1; 0: the whole line. In a table this is the number of the field
    std::string what;      // what is wrong
    std::string hint;      // what would be right; may be empty
    bool warning = false;  // the file is usable as it is
    friend bool operator==(const Fault&, const Fault&) = default;
};

}  // namespace shouwang::config
