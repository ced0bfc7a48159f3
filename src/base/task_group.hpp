// Structured concurrency: the only place where a coroutine is started. A group knows its tasks, can cancel them,
// and is joined by its owner before it is destroyed.

#pragma once

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <exception>
#include <list>
#include <optional>
#include <string_view>
#include <utility>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

namespace detail {
template <class T>
awaitable<void> store_result(awaitable<result<T>> operation, std::optional<result<T>>& out) {
    auto value = co_await std::move(operation);
    out.emplace(std::move(value));
}
}  // namespace detail

// Owned by whoever's lifetime the tasks share. Loop thread only.
class TaskGroup {
public:
    explicit TaskGroup(Executor executor);
    ~TaskGroup();  // every task must have ended: join() first
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    // Starts the coroutine: it runs up to its first wait before this returns. An exception that leaves it is logged
    // with `name` (a string literal) and ends only that task; operation_aborted is the normal end of a cancelled task
    // and is not logged.
    void spawn(awaitable<void> task, std::string_view name);

    // Asks every task to end: its present and every later co_await throws operation_aborted.
    void cancel();

    // Returns when no task is left. Does not cancel. One joiner at a time.
    awaitable<void> join();

    std::size_t size() const noexcept { return tasks_.size(); }
    // The tasks in all groups of this thread: what a leak of coroutines shows up in.
    static std::size_t alive() noexcept { return alive_; }
    Executor executor() const noexcept { return executor_; }

private:
    struct Task {
        asio::cancellation_signal signal;
        std::string_view name;
    };
    void finished(std::list<Task>::iterator task, std::exception_ptr failure);

    static thread_local std::size_t alive_;
    Executor executor_;
    std::list<Task> tasks_;
    SteadyTimer drained_;  // never expires; cancelled when the last task ends
};

// Runs the coroutine until it ends or the deadline passes; then it is cancelled. True when it ended by itself.
awaitable<bool> ends_by(awaitable<void> task, Deadline deadline);

// Runs `operation`, cancelling it when the deadline passes; then the result is errc::timeout.
// For cold paths: it costs a timer and a spawned coroutine.
template <class T>
awaitable<result<T>> with_deadline(awaitable<result<T>> operation, Deadline deadline) {
    std::optional<result<T>> out;
    auto stored = detail::store_result(std::move(operation), out);
    const bool ended = co_await ends_by(std::move(stored), deadline);
    if (!ended || !out.has_value())
        co_return Error(errc::timeout, "the operation did not finish in time");
    co_return std::move(*out);
}

// Runs the coroutine to its end on a loop that nobody else runs (tests, start-up). Rethrows what it throws.
void run_to_end(asio::io_context& loop, awaitable<void> task);

}  // namespace agenthub
