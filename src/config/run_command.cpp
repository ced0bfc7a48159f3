// One program below one guard, watched by poll(): its output, the guard's reports, the time.
// Nothing outlives a call.

#include "config/run_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/own_programs.hpp"
#include "base/unique_fd.hpp"
#include "config/command_spawn.hpp"
#include "guard/protocol.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kErrBytes = 4096;
constexpr Duration kBurial{5'000};     // for what was killed to be gone
constexpr Duration kLeftovers{1'000};  // for the rest of its output, once it has ended
constexpr int kLookUpMs = 50;          // whether all is to stop

std::atomic<bool> stopped{false};

// Our ends; the program's are gone once it runs.
struct Channels {
    UniqueFd out, err, control;
};

// Both ends of one channel.
struct Ends {
    UniqueFd ours, theirs;
};

result<Ends> make_ends(bool is_socket) {
    std::array<int, 2> fds{};
    const int made = is_socket ? ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data())
                               : ::pipe2(fds.data(), O_CLOEXEC);
    if (made != 0)
        return system_error("cannot make a channel to a program", errno);
    Ends ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
    // Clear of what the guard's descriptors become, one after the other.
    if (ends.theirs.get() <= kGuardControlFd)
        ends.theirs.reset(::fcntl(ends.theirs.get(), F_DUPFD_CLOEXEC, kGuardControlFd + 1));
    if (!ends.theirs)
        return system_error("cannot make a channel to a program", errno);
    return ends;
}

result<Channels> start(const CommandCall& call, pid_t& pid) {
    const auto guard = find_guard();
    if (!guard)
        return guard.error();
    auto out = make_ends(false);
    auto err = make_ends(false);
    auto control = make_ends(true);
    for (const auto* ends : {&out, &err, &control})
        if (!*ends)
            return ends->error();
    if (const int error =
            spawn_below_guard(pid, *guard, {out->theirs.get(), err->theirs.get(), control->theirs.get()}, call))
        return system_error("cannot run the guard program " + *guard, error);
    return Channels{std::move(out->ours), std::move(err->ours), std::move(control->ours)};
}

// What is known of a program that runs.
class Watch {
public:
    Watch(Channels channels, const CommandCall& call)
        : channels_(std::move(channels)), call_(call), deadline_(Clock::now() + call.timeout) {}

    // Until the guard has ended, and with it everything below it.
    result<CommandOutcome> run() {
        while (channels_.control)
            wait();
        return failure_ ? result<CommandOutcome>(*failure_) : result<CommandOutcome>(std::move(outcome_));
    }
    // The guard has not ended: something below it cannot die.
    bool abandoned() const noexcept { return abandoned_; }

private:
    void wait() {
        std::array<pollfd, 3> events{
            {{channels_.control.get(), POLLIN, 0}, {channels_.out.get(), POLLIN, 0}, {channels_.err.get(), POLLIN, 0}}};
        const auto left = std::chrono::duration_cast<Duration>(deadline_ - Clock::now()).count() + 1;
        const int ready =
            ::poll(events.data(), events.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, kLookUpMs)));
        if (Clock::now() >= deadline_)
            return end_of_time();
        if (stopped && !killed_)
            kill(Error(errc::cancelled, "was killed: AgentHub is ending"));
        if (ready <= 0)
            return;
        if (events[1].revents != 0 && !take(channels_.out, outcome_.out, call_.max_bytes))
            kill(Error(errc::too_large, "wrote more than " + std::to_string(call_.max_bytes) + " bytes"));
        if (events[2].revents != 0)
            take(channels_.err, outcome_.err, kErrBytes);
        if (events[0].revents != 0)
            take_report();
    }

    void end_of_time() {
        if (killed_) {  // nothing more can be done about what the kernel does not let die
            abandoned_ = true;
            channels_.control.reset();
        } else {
            kill(Error(errc::timeout, "did not end within " + std::to_string(call_.timeout.count()) + " ms"));
        }
    }

    // What comes after the first reason is its consequence.
    void kill(Error reason) {
        if (!failure_)
            failure_ = std::move(reason);
        killed_ = true;
        deadline_ = Clock::now() + kBurial;
        ::shutdown(channels_.control.get(), SHUT_WR);
    }

    // False when there is more than `limit`; it is read on all the same, so that the program need not wait.
    static bool take(UniqueFd& from, std::string& to, std::size_t limit) {
        std::array<char, 4096> bytes;
        const ssize_t count = ::read(from.get(), bytes.data(), bytes.size());
        if (count == 0 || (count < 0 && errno != EINTR))
            from.reset();
        if (count <= 0)
            return true;
        const auto size = static_cast<std::size_t>(count);
        const bool fits = to.size() + size <= limit;
        to.append(bytes.data(), std::min(size, limit - to.size()));
        return fits;
    }

    void take_report() {
        GuardMessage message{};
        const ssize_t count = ::recv(channels_.control.get(), &message, sizeof message, 0);
        if (count < 0 && errno == EINTR)
            return;
        if (count != sizeof message)  // the guard has ended
            return end();
        if (message.verb == GuardVerb::exited)
            outcome_.status = message.value;
        if (message.verb == GuardVerb::start_failed)
            failure_ = Error(errc::start_failed, std::generic_category().message(message.value));
    }

    // What it wrote last is still in the pipes. Nobody should be left to write more; but where somebody else has got
    // hold of them, as over a socket, their ends never come.
    void end() {
        channels_.control.reset();
        deadline_ = Clock::now() + kLeftovers;
        while (channels_.out && !failure_ && has_more(channels_.out))
            if (!take(channels_.out, outcome_.out, call_.max_bytes))
                failure_ = Error(errc::too_large, "wrote more than " + std::to_string(call_.max_bytes) + " bytes");
        while (channels_.err && !failure_ && outcome_.err.size() < kErrBytes && has_more(channels_.err))
            take(channels_.err, outcome_.err, kErrBytes);
    }

    // False when nothing is there, nor comes in time.
    bool has_more(const UniqueFd& from) const {
        for (;;) {
            const auto left = std::chrono::duration_cast<Duration>(deadline_ - Clock::now()).count();
            pollfd event{from.get(), POLLIN, 0};
            const int ready = left <= 0 ? 0 : ::poll(&event, 1, static_cast<int>(left));
            if (ready >= 0 || errno != EINTR)
                return ready > 0;
        }
    }

    Channels channels_;
    const CommandCall& call_;
    TimePoint deadline_;
    CommandOutcome outcome_;
    std::optional<Error> failure_;
    bool killed_ = false;
    bool abandoned_ = false;
};

}  // namespace

std::string CommandOutcome::status_text() const {
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status));
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

result<CommandOutcome> run_command(const CommandCall& call) {
    pid_t pid = -1;
    if (stopped)
        return Error(errc::cancelled, "was not run: AgentHub is ending");
    auto channels = start(call, pid);
    if (!channels)
        return channels.error();
    Watch watch(std::move(*channels), call);
    auto outcome = watch.run();
    // It is at its end. The daemon's sweep may have been faster; nobody needs the status of a guard.
    while (::waitpid(pid, nullptr, watch.abandoned() ? WNOHANG : 0) < 0 && errno == EINTR) {
    }
    return outcome;
}

void stop_commands() noexcept {
    stopped = true;
}

}  // namespace agenthub
