// One task per guard: pidfd wait, reap, then the orphans if the guard was killed.
// Owned by whoever owns the supervisor.

#include "supervisor/guard_reaper.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/redirect_error.hpp>

#include <cerrno>
#include <chrono>
#include <cstdint>

#include "base/log.hpp"
#include "guard/cgroup.hpp"
#include "supervisor/exit_status.hpp"

namespace agenthub {
namespace {

// How often the daemon looks again at processes it has just killed.
constexpr std::chrono::milliseconds kHuntInterval{20};

}  // namespace

awaitable<void> GuardWatch::wait_gone() {
    while (!is_gone_) {
        boost::system::error_code ignored;
        co_await gone_.async_wait(asio::redirect_error(use_awaitable, ignored));
    }
}

void GuardWatch::set_gone() {
    is_gone_ = true;
    gone_.cancel();
}

GuardReaper::GuardReaper(Executor executor) : ledger_(list_children()), tasks_(executor) {}

result<std::shared_ptr<GuardWatch>> GuardReaper::watch(pid_t guard, UniqueFd pidfd, std::string cgroup) {
    PidFd end(executor());
    boost::system::error_code ec;
    end.assign(pidfd.get(), ec);
    if (ec)
        return Error(errc::busy, "cannot watch the process of a server: " + ec.message() +
                                     ". If a limit of the machine is reached (fs.epoll.max_user_watches), raise it.");
    pidfd.release();  // the descriptor's now
    ledger_.guard_started(guard);
    auto watch = std::make_shared<GuardWatch>(executor(), guard, std::move(cgroup));
    tasks_.spawn(wait_for(watch, std::move(end)), "guard");
    return watch;
}

std::size_t GuardReaper::children() const {
    std::size_t count = 0;
    for (const pid_t child : list_children())
        count += ledger_.was_present(child) ? 0 : 1;
    return count;
}

// Asks after every wake-up whether the guard has ended at all: the loop may report a descriptor ready that is not, when
// one that had its place was closed in the same turn, and a waitpid that believes it stops the whole daemon.
awaitable<std::optional<int>> GuardReaper::reap(pid_t guard, PidFd& end) {
    int status = 0;
    for (;;) {
        const pid_t reaped = ::waitpid(guard, &status, WNOHANG);
        if (reaped == guard)
            co_return status;
        if (reaped < 0 && errno != EINTR)
            co_return std::nullopt;
        co_await end.async_wait(PidFd::wait_read, use_awaitable);
        // Where there are no pidfds it is a clock, whose tick must be taken; a pidfd has nothing to read, and says so.
        std::uint64_t ticks = 0;
        [[maybe_unused]] const auto taken = ::read(end.native_handle(), &ticks, sizeof ticks);
    }
}

awaitable<void> GuardReaper::wait_for(std::shared_ptr<GuardWatch> watch, PidFd end) {
    const auto raw = co_await reap(watch->pid(), end);
    end.close();
    const auto status = raw ? ExitStatus::from_wait_status(*raw) : ExitStatus{};
    const bool lost = status != ExitStatus{ExitStatus::Kind::exited, 0};
    ledger_.guard_ended(watch->pid(), lost);
    if (lost)
        log().warn("guard process {} {}; the processes it guarded are being killed", watch->pid(), status.describe());
    if (lost && !watch->cgroup_.empty())
        kill_cgroup(watch->cgroup_.c_str());
    SteadyTimer timer(executor());
    while (sweep_orphans(ledger_) > 0) {
        timer.expires_after(kHuntInterval);
        co_await timer.async_wait(use_awaitable);
    }
    // Gone already if the guard did its duty.
    if (!watch->cgroup_.empty() && !remove_cgroup(watch->cgroup_.c_str()))
        log().warn("cannot remove the control group {}: {}", watch->cgroup_, std::generic_category().message(errno));
    watch->set_gone();
}

}  // namespace agenthub
