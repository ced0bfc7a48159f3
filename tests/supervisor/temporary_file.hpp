// A file for one test to run or to fail on.
// Owned by the test.

#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace agenthub {

// A file in a directory of its own, both removed at the end.
class TemporaryFile {
public:
    TemporaryFile(const std::string& text, mode_t mode) {
        directory_ = "/tmp/agenthub-test-" + std::string(6, 'X');
        ::mkdtemp(directory_.data());
        path_ = directory_ + "/command";
        std::ofstream(path_) << text;
        ::chmod(path_.c_str(), mode);
    }
    ~TemporaryFile() {
        ::unlink(path_.c_str());
        ::rmdir(directory_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }
    const std::string& directory() const { return directory_; }

private:
    std::string directory_;
    std::string path_;
};

}  // namespace agenthub
