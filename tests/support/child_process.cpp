// Starts and ends one child by posix_spawn.
// Owned by the test.

#include "tests/support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace agenthub::test {
namespace {

std::vector<std::string> environment(const ChildOptions& options) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const std::string name = text.substr(0, text.find('='));
        const auto& unset = options.unset;
        if (!options.env.contains(name) && std::find(unset.begin(), unset.end(), name) == unset.end())
            out.push_back(text);
    }
    for (const auto& [name, value] : options.env)
        out.push_back(std::string(name).append("=").append(value));
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

struct Pipe {
    int read = -1;
    int write = -1;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe2");
        read = ends[0];
        write = ends[1];
    }
};

// The file actions of posix_spawn, as one resource.
struct Actions {
    posix_spawn_file_actions_t raw;
    Actions() { ::posix_spawn_file_actions_init(&raw); }
    ~Actions() { ::posix_spawn_file_actions_destroy(&raw); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    void to_file(int fd, const std::string& path) {
        ::posix_spawn_file_actions_addopen(&raw, fd, path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
};

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
    const Pipe in;
    const Pipe out;
    Actions actions;
    ::posix_spawn_file_actions_adddup2(&actions.raw, in.read, STDIN_FILENO);
    if (options.stdout_file.empty())
        ::posix_spawn_file_actions_adddup2(&actions.raw, out.write, STDOUT_FILENO);
    else
        actions.to_file(STDOUT_FILENO, options.stdout_file);
    if (!options.stderr_file.empty())
        actions.to_file(STDERR_FILENO, options.stderr_file);
    int target = STDERR_FILENO;
    for (const int fd : options.passed_fds)
        ::posix_spawn_file_actions_adddup2(&actions.raw, fd, ++target);
    if (!options.working_dir.empty())
        ::posix_spawn_file_actions_addchdir_np(&actions.raw, options.working_dir.c_str());
    auto arguments = options.argv;
    auto variables = environment(options);
    const int failed = ::posix_spawnp(&pid_, arguments.front().c_str(), &actions.raw, nullptr,
                                      pointers(arguments).data(), pointers(variables).data());
    ::close(in.read);
    ::close(out.write);
    stdin_ = in.write;
    stdout_ = out.read;
    if (failed != 0) {
        ::close(stdin_);
        ::close(stdout_);
        throw std::system_error(failed, std::generic_category(), "cannot start " + arguments.front());
    }
}

ChildProcess::~ChildProcess() {
    if (!wait(std::chrono::milliseconds(0))) {
        signal(SIGKILL);
        wait();
    }
    close_stdin();
    ::close(stdout_);
}

void ChildProcess::signal(int number) const {
    if (!exit_code_)
        ::kill(pid_, number);
}

bool ChildProcess::write(std::string_view bytes) {
    // A child that is gone must be a failed write, not the end of the test.
    ::signal(SIGPIPE, SIG_IGN);
    while (!bytes.empty()) {
        const ssize_t n = ::write(stdin_, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void ChildProcess::close_stdin() {
    if (stdin_ >= 0)
        ::close(stdin_);
    stdin_ = -1;
}

std::optional<std::string> ChildProcess::read_line(std::chrono::milliseconds bound) {
    const auto end = std::chrono::steady_clock::now() + bound;
    std::size_t scanned = 0;
    for (;;) {
        const std::size_t newline = buffer_.find('\n', scanned);
        if (newline != std::string::npos) {
            std::string line = buffer_.substr(0, newline);
            buffer_.erase(0, newline + 1);
            return line;
        }
        scanned = buffer_.size();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        pollfd ready{stdout_, POLLIN, 0};
        if (left < 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0)
            return std::nullopt;
        char chunk[65536];
        const ssize_t n = ::read(stdout_, chunk, sizeof chunk);
        if (n <= 0)
            return std::nullopt;
        buffer_.append(chunk, static_cast<std::size_t>(n));
    }
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds bound) {
    const auto ended = [this] {
        int status = 0;
        if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
            exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return exit_code_.has_value();
    };
    wait_until(ended, bound);
    return exit_code_;
}

}  // namespace agenthub::test
