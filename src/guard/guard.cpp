// The guard's loop: control channel, the exec's report, and SIGCHLD; then rounds of SIGKILL until nothing is left.
// Owned by main().

#include "guard/guard.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>

#include "guard/cgroup.hpp"
#include "guard/children.hpp"
#include "guard/server_start.hpp"

// The linker's: where the program text begins and ends.
extern "C" const char __executable_start, etext;  // NOLINT(bugprone-reserved-identifier)

namespace agenthub {
namespace {

// A killed process ends at once unless it is inside the kernel, and its end wakes the loop: the pause only bounds how
// often we look again at those that cannot die yet.
constexpr int kFirstPauseMs = 1;
constexpr int kLongestPauseMs = 250;

// Nothing but SIGKILL ends a guard: who signals it by mistake must not orphan a server.
void ignore_signals() noexcept {
    struct sigaction action = {};
    action.sa_handler = SIG_IGN;
    for (const int signum :
         {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU})
        ::sigaction(signum, &action, nullptr);
    action.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &action, nullptr);  // ignored, it would let children vanish without a status
}

int open_signals() noexcept {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

// The server's stdio must reach end of file when the server is gone, so the guard may hold no copy.
void release_stdio() noexcept {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; ++fd) {
        if (null < 0 || ::dup2(null, fd) < 0)
            ::close(fd);
    }
    if (null > 2)
        ::close(null);
}

// The kernel maps the whole program while it starts; waiting needs a part of it. Dropped pages come back from the page
// cache when they are needed. Halves the RSS of every guard.
void shrink() noexcept {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = (reinterpret_cast<std::uintptr_t>(&__executable_start) + page - 1) & ~(page - 1);
    const auto end = reinterpret_cast<std::uintptr_t>(&etext) & ~(page - 1);
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace

Guard::Guard(const GuardOptions& options) noexcept
    : options_(options), control_(options.control_fd), commands_(options.control_fd) {
    ::setsid();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::fcntl(control_, F_SETFD, FD_CLOEXEC);
    ignore_signals();
    signals_ = open_signals();
}

int Guard::run() noexcept {
    if (start())
        until_no_child_is_left();
    if (options_.cgroup != nullptr)
        end_cgroup(options_.cgroup);
    return 0;
}

void Guard::until_no_child_is_left() noexcept {
    for (;;) {
        if (ending_)
            kill_children();
        if (!reap())
            return;
        wait_for_events();
    }
}

bool Guard::start() noexcept {
    server_ = start_server(options_, report_);
    const int error = errno;
    release_stdio();
    if (server_ < 0)
        send(GuardVerb::start_failed, error, GuardStage::fork);
    return server_ > 0;
}

void Guard::wait_for_events() noexcept {
    int timeout = -1;
    if (ending_) {
        timeout = pause_ms_;
        pause_ms_ = pause_ms_ * 2 < kLongestPauseMs ? pause_ms_ * 2 : kLongestPauseMs;
    }
    // poll() skips negative descriptors.
    pollfd events[] = {{commands_, POLLIN, 0}, {signals_, POLLIN, 0}, {report_, POLLIN, 0}};
    if (::poll(events, 3, timeout) <= 0)
        return;
    if (events[2].revents != 0)
        read_report();
    if (events[1].revents != 0)
        read_signals();
    if (events[0].revents != 0)
        read_control();
}

void Guard::read_control() noexcept {
    GuardMessage message;
    const ssize_t size = ::recv(commands_, &message, sizeof message, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        commands_ = -1;
        ending_ = true;
        pause_ms_ = kFirstPauseMs;
        return;
    }
    if (size != sizeof message || message.verb != GuardVerb::signal || server_ < 0)
        return;
    // Not reaped yet, so neither number can have been given to another process. Before the child's setsid there is no
    // such group.
    if (::kill(-server_, message.value) != 0)
        ::kill(server_, message.value);
}

void Guard::read_report() noexcept {
    GuardMessage message;
    const ssize_t size = ::read(report_, &message, sizeof message);
    if (size < 0 && errno == EINTR)
        return;
    ::close(report_);
    report_ = -1;
    if (size == sizeof message) {
        send(message.verb, message.value, message.stage);
        ::close(control_);
        control_ = commands_ = -1;
        ending_ = true;
        pause_ms_ = kFirstPauseMs;
    } else {
        send(GuardVerb::started, server_);
        shrink();
    }
}

void Guard::read_signals() noexcept {
    signalfd_siginfo info;
    while (::read(signals_, &info, sizeof info) > 0) {
    }
}

bool Guard::reap() noexcept {
    for (;;) {
        siginfo_t info = {};
        if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            return errno != ECHILD;
        if (info.si_pid == 0)
            return true;
        // Looked at first and reaped after: until then the server's number still names its group.
        if (info.si_pid == server_)
            server_ended();
        else
            ::waitpid(info.si_pid, nullptr, 0);
        pause_ms_ = kFirstPauseMs;
    }
}

void Guard::server_ended() noexcept {
    while (report_ >= 0)
        read_report();  // cannot block: its only writer is dead
    ::kill(-server_, SIGKILL);
    int status = 0;
    ::waitpid(server_, &status, 0);
    server_ = -1;
    if (options_.cgroup != nullptr && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        if (const long kills = oom_kills_in_cgroup(options_.cgroup); kills > 0)
            send(GuardVerb::killed_for_memory, static_cast<int>(kills));
    send(GuardVerb::exited, status);
    ending_ = true;
    kill_children();
}

void Guard::kill_children() noexcept {
    // In one stroke, where there is a group; a server may have left it, so the rounds below come in any case.
    if (options_.cgroup != nullptr)
        kill_cgroup(options_.cgroup);
    if (server_ > 0 && ::kill(-server_, SIGKILL) != 0)
        ::kill(server_, SIGKILL);
    // Only direct children, because their numbers cannot be reused before we reap them; what is below them becomes
    // ours when they end. Their groups too: that stops a process that forks faster than we look.
    pid_t children[256];
    const std::size_t count = children_of_this_process(children, sizeof children / sizeof *children);
    for (std::size_t i = 0; i < count; ++i)
        kill_with_group(children[i]);
}

void Guard::send(GuardVerb verb, int value, GuardStage stage) noexcept {
    const GuardMessage message{verb, value, stage};
    if (control_ >= 0)
        ::send(control_, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace agenthub
