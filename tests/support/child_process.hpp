// One child process of a test, with pipes or files as its standard streams. Killed when its owner forgets it.
// Owned by the test, or by Daemon.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/wait_until.hpp"

namespace agenthub::test {

struct ChildOptions {
    std::vector<std::string> argv;           // argv[0] is looked up in PATH
    std::map<std::string, std::string> env;  // added to this process's environment
    std::vector<std::string> unset;          // removed from it
    std::string stdout_file;                 // instead of a pipe
    std::string stderr_file;                 // instead of a pipe; empty: inherited
    std::string working_dir;
    std::vector<int> passed_fds;  // become descriptors 3, 4, … of the child; each is above those
};

class ChildProcess {
public:
    // Throws std::system_error when it cannot be started.
    explicit ChildProcess(const ChildOptions& options);
    ~ChildProcess();  // SIGKILL, if need be
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;

    // False when the child no longer reads.
    bool write(std::string_view bytes);
    void close_stdin();

    // The next line of stdout without its newline; nullopt at its end or when `bound` has passed.
    std::optional<std::string> read_line(std::chrono::milliseconds bound = kBound);

    // Exit code, or 128 + signal; nullopt when it still runs after `bound`.
    std::optional<int> wait(std::chrono::milliseconds bound = kBound);

private:
    pid_t pid_ = -1;
    int stdin_ = -1;
    int stdout_ = -1;
    std::string buffer_;
    std::optional<int> exit_code_;
};

}  // namespace agenthub::test
