// One MCP server process below its guard: start, signals, end.
// Owned by the instance whose server it is; destroying it kills the server and everything below it.

#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <optional>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"
#include "supervisor/exit_status.hpp"
#include "supervisor/guard_reaper.hpp"
#include "supervisor/guard_spawn.hpp"
#include "supervisor/launch_spec.hpp"

namespace agenthub {

// Loop thread only. No member function may be suspended when the object is destroyed, except wait_gone().
class ChildProcess {
public:
    // Returns when the server's exec has succeeded. errc::start_failed with a sentence that says what to mend in the
    // configuration; errc::busy when the machine is short of something; errc::start_timeout when the exec did not
    // happen by the deadline.
    static awaitable<result<std::unique_ptr<ChildProcess>>> launch(GuardReaper& reaper, LaunchSpec spec,
                                                                   Deadline deadline);

    // The server's pid, for display. Signals go through signal() only.
    pid_t pid() const noexcept { return pid_; }
    pid_t guard_pid() const noexcept { return watch_->pid(); }

    // The server's stdio; once.
    ChildPipes take_pipes() noexcept { return std::move(pipes_); }

    // To the server's process group. Nothing happens when the server has ended.
    void signal(int signum) noexcept;

    // SIGKILL to every descendant of the guard, whatever its session or parent. Cannot be taken back.
    void kill_all() noexcept;

    // Returns when the server process itself has ended; its descendants are being killed by then. One waiter; asked
    // again, it answers at once.
    awaitable<ExitStatus> wait_exit();

    // Returns when nothing of the server is left: the guard and all below it. May outlive this object.
    awaitable<void> wait_gone() { return wait_gone_of(watch_); }

private:
    using Control = asio::posix::basic_stream_descriptor<Executor>;

    ChildProcess(Executor executor, SpawnedGuard guard, std::shared_ptr<GuardWatch> watch,
                 std::optional<std::int64_t> oom_kills_before);
    // The guard's answer to the launch: the server's pid, or what failed. errc::start_failed.
    awaitable<result<pid_t>> wait_start(const LaunchSpec& spec);
    // The next message; nullopt when the guard has closed its end.
    awaitable<std::optional<GuardMessage>> next_message();
    // What the wait status says, and whether the kernel did it for want of memory.
    ExitStatus judge(int raw) const;
    static awaitable<void> wait_gone_of(std::shared_ptr<GuardWatch> watch);

    Control control_;
    ChildPipes pipes_;
    std::shared_ptr<GuardWatch> watch_;  // also owned by the reaper's task, which may outlive this
    pid_t pid_ = -1;
    std::optional<ExitStatus> exit_;
    std::optional<std::int64_t> oom_kills_before_;  // see LaunchSpec
    bool oom_kill_in_group_ = false;
    bool killed_here_ = false;  // SIGKILL was ours
};

}  // namespace agenthub
