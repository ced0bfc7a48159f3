// Waits for every guard process, so that none becomes a zombie whoever started it, and for what a killed guard leaves.
// One per daemon, owned beside the supervisor and joined after it.

#pragma once

#include <sys/types.h>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/async.hpp"
#include "base/task_group.hpp"
#include "base/unique_fd.hpp"
#include "supervisor/orphans.hpp"

namespace agenthub {

// What is known of one guard. Shared by the ChildProcess that started it and the reaper's task that waits for it:
// either may end first.
class GuardWatch {
public:
    GuardWatch(Executor executor, pid_t pid, std::string cgroup)
        : pid_(pid), cgroup_(std::move(cgroup)), gone_(executor, TimePoint::max()) {}

    pid_t pid() const noexcept { return pid_; }
    // Returns when the guard has been reaped and nothing that it guarded is left. Any number of waiters.
    awaitable<void> wait_gone();
    bool is_gone() const noexcept { return is_gone_; }

private:
    friend class GuardReaper;
    void set_gone();

    pid_t pid_;
    std::string cgroup_;  // of its server; empty: none
    bool is_gone_ = false;
    SteadyTimer gone_;  // never expires; cancelled when the guard is gone
};

// Loop thread only.
class GuardReaper {
public:
    // Children this process has already are left alone for ever.
    explicit GuardReaper(Executor executor);

    // From now on the guard is waited for. Takes the pidfd. Call it in the same turn of the loop as the spawn.
    // `cgroup`: the directory of its server's control group, ended here if the guard could not; empty: none. errc::busy
    // when the loop cannot watch one more descriptor.
    result<std::shared_ptr<GuardWatch>> watch(pid_t guard, UniqueFd pidfd, std::string cgroup = {});

    // Guards that have not been reaped yet: the number of server trees there may be.
    std::size_t guards() const noexcept { return ledger_.guards(); }

    // How many of these guard something else than a server: whoever starts such a one notes it, and its end.
    void note_other(int more) noexcept { others_ += static_cast<std::size_t>(more); }
    std::size_t others() const noexcept { return others_; }

    // Children this process has now, zombies included, without those it had from the start: its guards, and what a
    // killed guard left. Reads /proc.
    std::size_t children() const;

    // Reaps zombies that are not guards. Happens after each guard's end by itself; call it now and then as well when
    // the daemon is process 1 of a container, which inherits strangers.
    void sweep() { sweep_orphans(ledger_); }

    // Returns when no guard is left. Ends none: destroy the ChildProcess objects first.
    awaitable<void> join() { return tasks_.join(); }

    // Gives up waiting, for a shutdown that is out of patience; join() afterwards.
    void cancel() { tasks_.cancel(); }

    Executor executor() const noexcept { return tasks_.executor(); }

private:
    using PidFd = asio::posix::basic_stream_descriptor<Executor>;

    awaitable<void> wait_for(std::shared_ptr<GuardWatch> watch, PidFd end);
    // The wait status; nothing when it cannot be known.
    awaitable<std::optional<int>> reap(pid_t guard, PidFd& end);

    OrphanLedger ledger_;
    std::size_t others_ = 0;
    TaskGroup tasks_;
};

}  // namespace agenthub
