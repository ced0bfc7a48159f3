// Blocking work on a thread of its own, awaited on the loop.
// Owned by whoever has such work; loop thread only.

#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/async.hpp"
#include "base/blocked_signals.hpp"
#include "base/event.hpp"

namespace agenthub {

// One piece of work at a time, in the order in which they came. Nothing ends work that has begun: it must have limits
// of its own, and the destructor waits for it.
class OffLoop {
public:
    explicit OffLoop(Executor executor) : executor_(executor) {
        const BlockedSignals blocked;
        thread_.emplace(1);
    }

    // What `work` returns or throws, which takes nothing from the loop that may change meanwhile. When the coroutine
    // that waits is cancelled the work goes on, and its result is dropped.
    template <class Work>
    awaitable<std::invoke_result_t<Work>> run(Work work) {
        using Value = std::invoke_result_t<Work>;
        struct Shared {
            explicit Shared(Executor executor) : done(executor) {}
            std::optional<Value> value;
            std::exception_ptr failure;
            Event done;
        };
        // Owners: this coroutine, and the work on its way there and back.
        auto shared = std::make_shared<Shared>(executor_);
        auto job = [shared, executor = executor_, work = std::move(work)]() mutable {
            // On that thread nobody would catch it, and the process would end.
            try {
                shared->value.emplace(work());
            } catch (...) {
                shared->failure = std::current_exception();
            }
            auto* const event = &shared->done;
            asio::post(executor, [shared = std::move(shared), event] { event->notify(); });
        };
        asio::post(*thread_, std::move(job));
        co_await shared->done.wait();
        if (shared->failure)
            std::rethrow_exception(shared->failure);
        co_return std::move(*shared->value);
    }

private:
    Executor executor_;
    std::optional<asio::thread_pool> thread_;
};

}  // namespace agenthub
