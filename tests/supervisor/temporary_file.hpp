// A file for one test to run or to fail on.
// Owned by the test.

#pragma once

#include <sys/stat.h>

#include <string>

#include "tests/support/temp_dir.hpp"

namespace agenthub {

// A file in a directory of its own.
class TemporaryFile {
public:
    TemporaryFile(const std::string& text, mode_t mode) {
        test::write_file(path_, text);
        ::chmod(path_.c_str(), mode);
    }
    const std::string& path() const { return path_; }
    std::string directory() const { return directory_.path().string(); }

private:
    test::TempDir directory_;
    std::string path_ = directory_.file("command");
};

}  // namespace agenthub
