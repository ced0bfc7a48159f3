// Starting, cancelling and joining coroutines; the only file that calls co_spawn.
// Each group is owned by whoever's lifetime its tasks share.

#include "base/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "base/log.hpp"
#include "base/race.hpp"
#include "base/window.hpp"

namespace agenthub {
namespace {

awaitable<void> work_off(std::size_t& next, std::size_t count, const WindowWork& work) {
    while (next < count) {
        auto piece = work(next++);
        co_await std::move(piece);
    }
}

}  // namespace

thread_local std::size_t TaskGroup::alive_ = 0;

TaskGroup::TaskGroup(Executor executor) : executor_(executor), drained_(executor, TimePoint::max()) {}

TaskGroup::~TaskGroup() {
    // Tasks that are still here hold references into their owner. When the loop itself is being torn down their frames
    // are destroyed without running, so only a running loop makes this a bug.
    assert(tasks_.empty() || executor_.context().stopped());
    alive_ -= tasks_.size();
}

void TaskGroup::spawn(awaitable<void> task, std::string_view name) {
    const auto entry = tasks_.emplace(tasks_.end());
    ++alive_;
    entry->name = name;
    auto done = [this, entry](std::exception_ptr failure) { finished(entry, std::move(failure)); };
    asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(entry->signal.slot(), std::move(done)));
}

void TaskGroup::cancel() {
    // A cancelled task may end at once and take its list node with it: step on before emitting.
    for (auto it = tasks_.begin(); it != tasks_.end();) {
        auto& signal = it->signal;
        ++it;
        signal.emit(asio::cancellation_type::terminal);
    }
}

awaitable<void> TaskGroup::join() {
    while (!tasks_.empty()) {
        boost::system::error_code ignored;
        co_await drained_.async_wait(asio::redirect_error(use_awaitable, ignored));
        if (ignored != asio::error::operation_aborted)
            break;
    }
}

void TaskGroup::finished(std::list<Task>::iterator task, std::exception_ptr failure) {
    if (failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& e) {
            if (e.code() != asio::error::operation_aborted)
                log().error("task {} ended by an error: {}", task->name, e.what());
        } catch (const std::exception& e) {
            log().error("task {} ended by an exception: {}", task->name, e.what());
        }
    }
    tasks_.erase(task);
    --alive_;
    if (tasks_.empty())
        drained_.cancel();
}

awaitable<bool> ends_by(awaitable<void> task, Deadline deadline) {
    const auto executor = co_await asio::this_coro::executor;
    SteadyTimer timer(executor, deadline.at());
    auto work = asio::co_spawn(executor, std::move(task), asio::deferred);
    auto expiry = timer.async_wait(asio::deferred);
    auto group = asio::experimental::make_parallel_group(std::move(work), std::move(expiry));
    const auto [order, failure, expired] = co_await group.async_wait(asio::experimental::wait_for_one(), use_awaitable);
    const bool ended = order[0] == 0;
    if (ended && failure)
        std::rethrow_exception(failure);
    co_return ended;
}

awaitable<bool> ends_before(awaitable<void> task, awaitable<void> other) {
    const auto executor = co_await asio::this_coro::executor;
    auto work = asio::co_spawn(executor, std::move(task), asio::deferred);
    auto rival = asio::co_spawn(executor, std::move(other), asio::deferred);
    auto group = asio::experimental::make_parallel_group(std::move(work), std::move(rival));
    const auto [order, failure, ignored] = co_await group.async_wait(asio::experimental::wait_for_one(), use_awaitable);
    const bool ended = order[0] == 0;
    if (ended && failure)
        std::rethrow_exception(failure);
    co_return ended;
}

awaitable<void> run_window(std::size_t count, std::size_t width, const WindowWork& work) {
    const auto executor = co_await asio::this_coro::executor;
    std::size_t next = 0;
    std::vector<decltype(asio::co_spawn(executor, work_off(next, count, work), asio::deferred))> runners;
    runners.reserve(std::min(width, count));
    for (std::size_t i = 0; i < std::min(width, count); ++i)
        runners.push_back(asio::co_spawn(executor, work_off(next, count, work), asio::deferred));
    if (runners.empty())
        co_return;
    auto group = asio::experimental::make_parallel_group(std::move(runners));
    const auto [order, failures] = co_await group.async_wait(asio::experimental::wait_for_all(), use_awaitable);
    for (const std::exception_ptr& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
}

void run_to_end(asio::io_context& loop, awaitable<void> task) {
    std::exception_ptr failure;
    bool ended = false;
    auto done = [&](std::exception_ptr e) {
        failure = std::move(e);
        ended = true;
    };
    asio::co_spawn(loop, std::move(task), std::move(done));
    while (!ended && loop.run_one() != 0) {
    }
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace agenthub
