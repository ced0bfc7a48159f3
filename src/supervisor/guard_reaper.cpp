// One task per guard: pidfd wait, reap, then the orphans if the guard was killed. The only file with Boost.Process.
// Owned by whoever owns the supervisor.

#include "supervisor/guard_reaper.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/process/v2/process_handle.hpp>

#include <chrono>

#include "base/log.hpp"
#include "supervisor/exit_status.hpp"

namespace agenthub {
namespace {

// How often the daemon looks again at processes it has just killed.
constexpr std::chrono::milliseconds kHuntInterval{20};

}  // namespace

struct GuardReaper::Handle {
    // The handle and not basic_process, whose destructor would kill the guard and block until it is gone.
    using Process = boost::process::v2::basic_process_handle<Executor>;

    Handle(Executor executor, pid_t pid, int pidfd) : process(executor, pid, pidfd) {}
    Process process;
};

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

result<std::shared_ptr<GuardWatch>> GuardReaper::watch(pid_t guard, UniqueFd pidfd) {
    std::unique_ptr<Handle> handle;
    try {
        handle = std::make_unique<Handle>(executor(), guard, pidfd.get());
    } catch (const boost::system::system_error& e) {
        return Error(errc::busy, std::string("cannot watch the process of a server: ") + e.code().message() +
                                     ". If a limit of the machine is reached (fs.epoll.max_user_watches), raise it.");
    }
    pidfd.release();  // the handle's now
    ledger_.guard_started(guard);
    auto watch = std::make_shared<GuardWatch>(executor(), guard);
    tasks_.spawn(wait_for(watch, std::move(handle)), "guard");
    return watch;
}

awaitable<void> GuardReaper::wait_for(std::shared_ptr<GuardWatch> watch, std::unique_ptr<Handle> handle) {
    boost::system::error_code failure;
    const int raw = co_await handle->process.async_wait(asio::redirect_error(use_awaitable, failure));
    if (failure == asio::error::operation_aborted)
        co_return;
    const auto status = ExitStatus::from_wait_status(raw);
    const bool lost = failure.failed() || status != ExitStatus{ExitStatus::Kind::exited, 0};
    ledger_.guard_ended(watch->pid(), lost);
    if (lost)
        log().warn("guard process {} {}; the processes it guarded are being killed", watch->pid(),
                   failure.failed() ? failure.message() : status.describe());
    SteadyTimer timer(executor());
    while (sweep_orphans(ledger_) > 0) {
        timer.expires_after(kHuntInterval);
        co_await timer.async_wait(use_awaitable);
    }
    watch->set_gone();
}

}  // namespace agenthub
