// The child's side of the fork, from the fork to the exec.
// Owned by the guard.

#include "guard/server_start.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "guard/cgroup.hpp"
#include "guard/protocol.hpp"

namespace agenthub {
namespace {

constexpr int kReportFd = 3;
constexpr const char* kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

[[noreturn]] void fail(GuardStage stage, int error) noexcept {
    const GuardMessage message{GuardVerb::start_failed, error, stage};
    // Less than PIPE_BUF: written whole, or the guard is gone and nobody wants it.
    [[maybe_unused]] const ssize_t written = ::write(kReportFd, &message, sizeof message);
    ::_exit(127);
}

void reset_signals() noexcept {
    // Ignored signals survive an exec: a server that expects SIGPIPE or SIGINT to end it must find the defaults. The
    // bare system call, because the C library hides two signals that its posix_spawn has just ignored. The kernel's
    // struct sigaction differs between machines, but all zeros is SIG_DFL, no flags and no mask in each.
    const unsigned long defaults[8] = {};
    for (int signum = 1; signum < NSIG; ++signum)
        ::syscall(SYS_rt_sigaction, signum, defaults, nullptr, (NSIG - 1) / 8);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// ENOENT has two causes that a person mends differently.
GuardStage stage_of(const char* file, int error) noexcept {
    const bool present = error == ENOENT && ::access(file, F_OK) == 0;
    return present ? GuardStage::interpreter : GuardStage::exec;
}

// Replaces this process by `name`, found as execvp finds it, but without its way out through a shell for a script that
// has no first line naming an interpreter: that fails with ENOEXEC.
[[noreturn]] void exec_by_path(char** argv) noexcept {
    const char* const name = argv[0];
    if (std::strchr(name, '/') != nullptr || *name == '\0') {
        ::execve(name, argv, environ);
        const int error = errno;
        fail(stage_of(name, error), error);
    }
    const char* path = std::getenv("PATH");
    if (path == nullptr)
        path = kDefaultPath;
    bool refused = false;
    const std::size_t name_size = std::strlen(name);
    for (;;) {
        const char* const end = ::strchrnul(path, ':');
        const auto size = static_cast<std::size_t>(end - path);
        char file[PATH_MAX];
        if (size + name_size + 2 <= sizeof file) {
            std::memcpy(file, path, size);
            // An empty element means the working directory.
            char* at = file + size;
            if (size > 0)
                *at++ = '/';
            std::memcpy(at, name, name_size + 1);
            ::execve(file, argv, environ);
            const int error = errno;
            const GuardStage stage = stage_of(file, error);
            if (error == EACCES)
                refused = true;  // as the shells do: look on, but remember
            else if (stage == GuardStage::interpreter || (error != ENOENT && error != ENOTDIR))
                fail(stage, error);
        }
        if (*end == '\0')
            fail(GuardStage::exec, refused ? EACCES : ENOENT);
        path = end + 1;
    }
}

[[noreturn]] void become_server(const GuardOptions& options, int report_fd, pid_t guard) noexcept {
    // The report pipe goes to a known place, and everything above it away, whatever this process was given.
    if (report_fd != kReportFd) {
        ::dup2(report_fd, kReportFd);
        ::fcntl(kReportFd, F_SETFD, FD_CLOEXEC);
    }
    if (::close_range(kReportFd + 1, ~0U, 0) != 0) {
        for (int fd = kReportFd + 1, last = static_cast<int>(::sysconf(_SC_OPEN_MAX)); fd < last; ++fd)
            ::close(fd);
    }
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The guard may have died before the line above: then no signal will come.
    if (::getppid() != guard)
        ::_exit(127);
    reset_signals();
    // First of all that may fail, so that nothing of the server ever runs outside of its group.
    if (options.cgroup != nullptr && !join_cgroup(options.cgroup))
        fail(GuardStage::cgroup, errno);
    if (options.directory != nullptr && ::chdir(options.directory) != 0)
        fail(GuardStage::directory, errno);
    for (std::size_t i = 0; i < options.limit_count; ++i) {
        const rlimit limit{options.limits[i].value, options.limits[i].value};
        if (::setrlimit(static_cast<__rlimit_resource_t>(options.limits[i].resource), &limit) != 0)
            fail(GuardStage::limit, errno);
    }
    exec_by_path(options.command);
}

}  // namespace

pid_t start_server(const GuardOptions& options, int& report_fd) noexcept {
    int report[2];
    if (::pipe2(report, O_CLOEXEC) != 0)
        return -1;
    const pid_t guard = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0)
        become_server(options, report[1], guard);
    const int error = errno;
    ::close(report[1]);
    if (pid < 0)
        ::close(report[0]);
    else
        report_fd = report[0];
    errno = error;
    return pid;
}

}  // namespace agenthub
