// The daemon's side of the control channel.
// Owned by the instance whose server it is.

#include "supervisor/child_process.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <csignal>

#include "base/task_group.hpp"
#include "guard/cgroup.hpp"
#include "supervisor/memory_shortage.hpp"

namespace agenthub {

ChildProcess::ChildProcess(Executor executor, SpawnedGuard guard, std::shared_ptr<GuardWatch> watch,
                           std::optional<std::int64_t> oom_kills_before)
    : control_(executor, guard.control.get()),
      pipes_(std::move(guard.pipes)),
      watch_(std::move(watch)),
      oom_kills_before_(oom_kills_before) {
    guard.control.release();  // control_'s now
}

awaitable<result<std::unique_ptr<ChildProcess>>> ChildProcess::launch(GuardReaper& reaper, LaunchSpec spec,
                                                                      Deadline deadline) {
    auto guard = spawn_guard(spec);
    if (!guard) {
        if (!spec.cgroup.empty())
            remove_cgroup(spec.cgroup.c_str());  // there is no guard to do it
        co_return guard.error();
    }
    auto watch = reaper.watch(guard->pid, std::move(guard->pidfd), spec.cgroup);
    if (!watch)
        co_return watch.error();
    std::unique_ptr<ChildProcess> child(
        new ChildProcess(reaper.executor(), std::move(*guard), std::move(*watch), spec.oom_kills_before));
    auto start = child->wait_start(spec);
    const auto started = co_await with_deadline(std::move(start), deadline);
    if (started) {
        child->pid_ = *started;
        co_return child;
    }
    Error error = started.error();
    if (error.code == errc::timeout)
        error = Error(errc::start_timeout, "'" + spec.shown_command() +
                                               "' could not be run in time. If it is on a network file system, check "
                                               "that; else raise \"start_timeout\".");
    co_return error;
}

awaitable<result<pid_t>> ChildProcess::wait_start(const LaunchSpec& spec) {
    const auto message = co_await next_message();
    if (message && message->verb == GuardVerb::started)
        co_return message->value;
    if (message && message->verb == GuardVerb::start_failed)
        co_return launch_error(spec, message->stage, message->value);
    co_return Error(errc::start_failed, "cannot run '" + spec.shown_command() + "': its guard process (" +
                                            spec.guard_path +
                                            ") ended before the start. Check that it belongs to this version of "
                                            "AgentHub.");
}

awaitable<std::optional<GuardMessage>> ChildProcess::next_message() {
    for (;;) {
        GuardMessage message;
        const ssize_t size = ::recv(control_.native_handle(), &message, sizeof message, MSG_DONTWAIT);
        if (size == sizeof message)
            co_return message;
        const bool later = size < 0 && (errno == EAGAIN || errno == EINTR);
        if (!later)
            co_return std::nullopt;
        co_await control_.async_wait(Control::wait_read, use_awaitable);
    }
}

void ChildProcess::signal(int signum) noexcept {
    killed_here_ = killed_here_ || signum == SIGKILL;
    const GuardMessage message{GuardVerb::signal, signum, GuardStage::none};
    ::send(control_.native_handle(), &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void ChildProcess::kill_all() noexcept {
    killed_here_ = true;
    ::shutdown(control_.native_handle(), SHUT_WR);
}

awaitable<ExitStatus> ChildProcess::wait_exit() {
    while (!exit_) {
        const auto message = co_await next_message();
        if (!message)
            exit_ = ExitStatus{};
        else if (message->verb == GuardVerb::killed_for_memory)
            oom_kill_in_group_ = true;
        else if (message->verb == GuardVerb::exited)
            exit_ = judge(message->value);
    }
    co_return *exit_;
}

ExitStatus ChildProcess::judge(int raw) const {
    ExitStatus status = ExitStatus::from_wait_status(raw);
    if (killed_here_ || status != ExitStatus{ExitStatus::Kind::signaled, SIGKILL})
        return status;
    const bool machine_short = oom_kills_before_ && machine_oom_kills() > oom_kills_before_;
    status.killed_for_memory = oom_kill_in_group_ || machine_short;
    return status;
}

awaitable<void> ChildProcess::wait_gone_of(std::shared_ptr<GuardWatch> watch) {
    co_await watch->wait_gone();
}

}  // namespace agenthub
