// The way of one answer from the SQLite thread back to the coroutine that asked.
// Used by ActivityService alone.

#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

// One question's answer. Shared by the coroutine that waits and the job on the SQLite thread (which hands its share to
// the handler that it posts): either may end first.
template <class T>
struct Answer {
    std::optional<result<T>> value;      // the SQLite thread's until it is posted, the loop's when it is ready
    bool ready = false;                  // loop thread only, like `waiter`
    SteadyTimer* waiter = nullptr;       // in the frame of the waiting coroutine
    std::atomic<bool> abandoned{false};  // set once by the loop, seen by a running query
};

// SQLite thread.
template <class T>
void post_answer(const Executor& loop, const std::shared_ptr<Answer<T>>& answer) {
    asio::post(loop, [answer] {
        answer->ready = true;
        if (answer->waiter != nullptr)
            answer->waiter->cancel();
    });
}

// The answer of a question that is not put to the SQLite thread at all.
template <class T>
std::shared_ptr<Answer<T>> ready_answer(Error error) {
    auto answer = std::make_shared<Answer<T>>();
    answer->value.emplace(std::move(error));
    answer->ready = true;
    return answer;
}

// Ties the answer to the waiting coroutine's frame, however that ends.
template <class T>
class Waiting {
public:
    Waiting(Answer<T>& answer, SteadyTimer& timer) noexcept : answer_(answer) { answer_.waiter = &timer; }
    ~Waiting() {
        answer_.waiter = nullptr;
        answer_.abandoned = true;
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

private:
    Answer<T>& answer_;
};

template <class T>
awaitable<result<T>> await_answer(std::shared_ptr<Answer<T>> answer, Deadline deadline) {
    // The thread itself keeps the deadline, and knows the reason; this is for when it hangs in a system call.
    const TimePoint at = deadline.is_never() ? deadline.at() : deadline.at() + Duration(50);
    const Executor executor = co_await asio::this_coro::executor;
    SteadyTimer timer(executor, at);
    const Waiting<T> waiting(*answer, timer);
    boost::system::error_code interrupted;
    if (!answer->ready)
        co_await timer.async_wait(asio::redirect_error(use_awaitable, interrupted));
    if (answer->ready)
        co_return std::move(*answer->value);
    if (interrupted)
        co_return Error(errc::cancelled, "the question to the activity database was cancelled");
    co_return Error(errc::timeout, "the activity database did not answer in time: its disk is stuck; try again");
}

}  // namespace agenthub
