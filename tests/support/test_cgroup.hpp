// A control group of version 2 for one test, and a directory of plain files that looks like one with controllers.
// Owned by the test; what is left in the group is killed and the group removed.

#pragma once

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "guard/cgroup.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {

// Where this machine has the version 2 hierarchy; empty: nowhere.
inline std::string cgroup2_mount() {
    std::ifstream mounts("/proc/self/mounts");
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words(line);
        std::string source, point, type;
        if (words >> source >> point >> type && type == "cgroup2")
            return point;
    }
    return {};
}

class TestCgroup {
public:
    TestCgroup() {
        const std::string mount = cgroup2_mount();
        if (mount.empty())
            return;
        std::string name = mount + "/agenthub-test-XXXXXX";
        if (::mkdtemp(name.data()) != nullptr)
            path_ = name;
    }
    ~TestCgroup() {
        if (!path_.empty())
            end_cgroup(path_.c_str());
    }
    TestCgroup(const TestCgroup&) = delete;
    TestCgroup& operator=(const TestCgroup&) = delete;

    // False: this machine has none to give.
    explicit operator bool() const { return !path_.empty(); }
    const std::string& path() const { return path_; }
    std::string below(const std::string& name) const { return path_ + "/" + name; }
    std::string make(const std::string& name) const {
        ::mkdir(below(name).c_str(), 0755);
        return below(name);
    }
    // The names of the groups in it.
    std::vector<std::string> groups() const {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            if (entry.is_directory())
                out.push_back(entry.path().filename());
        return out;
    }

private:
    std::string path_;
};

inline std::string cgroup_file(const std::string& group, const std::string& file) {
    return read_file(group + "/" + file);
}

}  // namespace agenthub::test

// For tests of what needs a version 2 hierarchy that can be written.
#define AGENTHUB_NEEDS_CGROUP(group) \
    if (!(group))                    \
    GTEST_SKIP() << "this machine has no control groups of version 2 that can be written"
