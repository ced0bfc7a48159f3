// posix_spawn is glibc's vfork: no page table is copied, so the loop is blocked equally short at any size. Boost's
// vfork_launcher is no choice: in 1.81 it runs Asio's fork handlers in the memory shared with the child.

#include "supervisor/guard_spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace agenthub {
namespace {

// Both ends of one channel.
struct Ends {
    UniqueFd ours;
    UniqueFd theirs;
};

// Not the configuration's fault, and it may pass: another attempt is worth while.
Error out_of(std::string_view what, int errno_value) {
    Error error = system_error(what, errno_value);
    error.code = errc::busy;
    error.message += ". If the limit of open files is reached, raise it (ulimit -n, LimitNOFILE).";
    return error;
}

// Keeps the descriptor clear of 0 to 3, which the spawned process redefines one after the other.
bool move_up(UniqueFd& fd) {
    if (fd.get() > kGuardControlFd)
        return true;
    fd.reset(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kGuardControlFd + 1));
    return static_cast<bool>(fd);
}

result<Ends> make_pipe(bool we_read) {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0)
        return out_of("cannot make a pipe for a server", errno);
    Ends ends{UniqueFd(fds[we_read ? 0 : 1]), UniqueFd(fds[we_read ? 1 : 0])};
    // Only our end: the flag belongs to the open file, and servers expect blocking stdio.
    if (::fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK) != 0 || !move_up(ends.theirs))
        return out_of("cannot make a pipe for a server", errno);
    return ends;
}

result<Ends> make_control() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0)
        return out_of("cannot make a control channel for a server", errno);
    Ends ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
    if (!move_up(ends.theirs))
        return out_of("cannot make a control channel for a server", errno);
    return ends;
}

// Strings and the null-terminated array of pointers to them that exec wants.
class StringArray {
public:
    void add(std::string text) { texts_.push_back(std::move(text)); }
    char* const* data() {
        pointers_.clear();
        for (auto& text : texts_)
            pointers_.push_back(text.data());
        pointers_.push_back(nullptr);
        return pointers_.data();
    }

private:
    std::vector<std::string> texts_;
    std::vector<char*> pointers_;
};

StringArray guard_arguments(const LaunchSpec& spec) {
    StringArray argv;
    argv.add("mcp-guard");
    argv.add(std::to_string(kGuardControlFd));
    const auto option = [&](const char* name, const auto& value) {
        argv.add(name);
        argv.add(value);
    };
    if (!spec.cwd.empty())
        option("--cwd", spec.cwd);
    if (!spec.cgroup.empty())
        option("--cgroup", spec.cgroup);
    if (spec.limits.nofile)
        option("--rlimit-nofile", std::to_string(*spec.limits.nofile));
    if (spec.limits.core)
        option("--rlimit-core", std::to_string(*spec.limits.core));
    if (spec.limits.as)
        option("--rlimit-as", std::to_string(*spec.limits.as));
    argv.add("--");
    argv.add(spec.command);
    for (const auto& arg : spec.args)
        argv.add(arg);
    return argv;
}

StringArray environment(const LaunchSpec& spec) {
    StringArray env;
    for (const auto& [name, value] : spec.env) {
        std::string entry = name;
        entry.append("=").append(value);
        env.add(std::move(entry));
    }
    return env;
}

// The two attribute objects of posix_spawn. Their functions fail only for want of memory or on wrong arguments.
class SpawnPlan {
public:
    explicit SpawnPlan(const std::array<int, 4>& descriptors) {
        ::posix_spawn_file_actions_init(&actions_);
        for (int fd = 0; fd < 4; ++fd)
            ::posix_spawn_file_actions_adddup2(&actions_, descriptors[static_cast<std::size_t>(fd)], fd);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, kGuardControlFd + 1);
        sigset_t signals;
        ::posix_spawnattr_init(&attributes_);
        ::sigfillset(&signals);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    // 0 or errno.
    int spawn(pid_t& pid, const std::string& program, StringArray& argv, StringArray& env) const {
        return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv.data(), env.data());
    }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

// For sandboxes without pidfd_open (older seccomp profiles, valgrind): a descriptor that says every 20 ms that it is
// time to ask after the guard.
UniqueFd make_poll_clock() {
    UniqueFd clock(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    itimerspec every{};
    every.it_interval.tv_nsec = every.it_value.tv_nsec = 20'000'000;
    if (clock)
        ::timerfd_settime(clock.get(), 0, &every, nullptr);
    return clock;
}

}  // namespace

result<SpawnedGuard> spawn_guard(const LaunchSpec& spec) {
    if (auto fit = check_launch_spec(spec); !fit)
        return fit.error();
    auto in = make_pipe(false);
    auto out = make_pipe(true);
    auto err = make_pipe(true);
    auto control = make_control();
    for (const auto* ends : {&in, &out, &err, &control}) {
        if (!*ends)
            return ends->error();
    }
    auto argv = guard_arguments(spec);
    auto env = environment(spec);
    const SpawnPlan plan({in->theirs.get(), out->theirs.get(), err->theirs.get(), control->theirs.get()});
    SpawnedGuard guard;
    if (const int error = plan.spawn(guard.pid, spec.guard_path, argv, env); error != 0) {
        // The guard gets what the server gets, so a list that is too long already fails here.
        if (error == E2BIG || error == EAGAIN || error == ENOMEM)
            return launch_error(spec, error == E2BIG ? GuardStage::exec : GuardStage::fork, error);
        return Error(errc::start_failed, "cannot run the guard program '" + spec.guard_path +
                                             "': " + std::generic_category().message(error) +
                                             ". Install AgentHub again, or name the program in $AGENTHUB_GUARD.");
    }
    // Without it nobody would notice the guard's end; the closed control channel ends it, the next sweep reaps it.
    guard.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, guard.pid, 0)));
    if (!guard.pidfd && (errno == ENOSYS || errno == EPERM))
        guard.pidfd = make_poll_clock();
    if (!guard.pidfd)
        return out_of("cannot watch the process of a server (pidfd_open)", errno);
    guard.control = std::move(control->ours);
    guard.pipes = ChildPipes{std::move(in->ours), std::move(out->ours), std::move(err->ours)};
    return guard;
}

}  // namespace agenthub
