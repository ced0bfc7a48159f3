// Questions to the SQLite thread and their way back to the loop.
// Owned by the composition root; loop thread only, except where a lambda says otherwise.

#include "activity/service.hpp"

#include <signal.h>

#include <optional>
#include <utility>

#include "activity/answer.hpp"
#include "activity/worker.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr Duration kStopLimit{2000};
constexpr int kDeleteRows = 2000;  // between two looks at the queue
constexpr const char* kTooLong =
    "the query took too long and was ended: narrow it by since, client_id or request_id, or use a smaller offset";
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

// Makes the step of a job from `use`, which gets the worker and its open store and yields the answer, nullopt when
// there is more to do, or a failure. A database that another process holds is tried again until the deadline.
template <class T, class Use>
auto database_step(Use use) {
    return [use = std::move(use)](ActivityWorker& worker, Answer<T>& answer) mutable {
        if (worker.store() == nullptr) {
            answer.value.emplace(Error(errc::database_error, worker.last_error()));
            return JobStep::done;
        }
        store_result<std::optional<T>> got = use(worker, answer);
        if (got.has_value() && !got->has_value())
            return JobStep::again;
        if (got.has_value()) {
            answer.value.emplace(std::move(**got));
            return JobStep::done;
        }
        StoreFailure failure = got.error();
        if (failure.kind == StoreFailure::Kind::busy)
            return JobStep::blocked;
        if (failure.kind == StoreFailure::Kind::interrupted) {
            answer.value.emplace(Error(errc::timeout, kTooLong));
            return JobStep::done;
        }
        answer.value.emplace(Error(errc::database_error, failure.message));
        worker.failed(std::move(failure));
        return JobStep::done;
    };
}

// One chunk of a deletion; the sum when nothing was left to delete.
store_result<std::optional<std::int64_t>> add_chunk(ActivityWorker& worker, const store_result<std::int64_t>& deleted,
                                                    std::int64_t& sum) {
    if (!deleted.has_value())
        return deleted.error();
    sum += *deleted;
    if (*deleted != 0)
        return std::optional<std::int64_t>();
    worker.compact_soon();
    return std::optional<std::int64_t>(sum);
}

// The SQLite thread's way to the replies that wait on the loop.
ActivityWorker::Tell tell_to(const Executor& loop, const std::shared_ptr<CommitGate>& gate) {
    if (gate == nullptr)
        return nullptr;
    return [loop, gate](std::int64_t settled, bool committed, const std::string& why) {
        asio::post(loop, [gate, settled, committed, why] {
            if (why.empty())
                gate->settled(settled, committed);
            else
                gate->failing(why);
        });
    };
}

}  // namespace

ActivityService::ActivityService(Executor executor, ActivityOptions options)
    : executor_(executor),
      gate_(options.strict ? std::make_shared<CommitGate>(executor) : nullptr),
      log_(executor, queue_, options, gate_),
      worker_(std::make_unique<ActivityWorker>(queue_, std::move(options), tell_to(executor, gate_))) {
    if (gate_ != nullptr)
        gate_->on_hand_over([this] { log_.hand_over_group(); });
    // Signals are the loop's business: the thread inherits a mask that blocks them all.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([worker = worker_.get()] { worker->run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ActivityService::~ActivityService() {
    stop(Deadline::after(kStopLimit));
}

void ActivityService::stop(Deadline deadline) {
    if (!thread_.joinable())
        return;
    if (gate_ != nullptr)
        gate_->on_hand_over(nullptr);
    log_.hand_over();
    queue_.stop(deadline);
    thread_.join();
}

// `step(worker, answer)` runs on the SQLite thread until it says done. A coroutine, so that nothing is asked on behalf
// of a caller that was cancelled before it began.
template <class T, class Step>
awaitable<result<T>> ActivityService::ask(Deadline deadline, Step step) {
    auto answer = std::make_shared<Answer<T>>();
    ActivityJob job;
    job.deadline = deadline;
    job.step = [step = std::move(step), answer](ActivityWorker& worker) mutable { return step(worker, *answer); };
    job.fail = [answer](Error error) { answer->value.emplace(std::move(error)); };
    job.answer = [loop = executor_, answer] { post_answer(loop, answer); };
    job.abandoned = [answer] { return answer->abandoned.load(std::memory_order_relaxed); };
    if (!queue_.submit(std::move(job)))
        answer = ready_answer<T>(Error(errc::busy,
                                       "too many questions to the activity database are open, or AgentHub "
                                       "is shutting down; try again"));
    auto waiting = await_answer<T>(std::move(answer), deadline);
    co_return co_await std::move(waiting);
}

awaitable<result<ActivityPage>> ActivityService::query(ActivityQuery query, Deadline deadline) {
    const Deadline limit = deadline.earlier(Deadline::after(kAnswerLimit));
    auto use = [query = std::move(query), limit](
                   ActivityWorker& worker,
                   const Answer<ActivityPage>& answer) -> store_result<std::optional<ActivityPage>> {
        auto page = worker.store()->page(query, [&] {
            worker.pump();
            return answer.abandoned.load(std::memory_order_relaxed) || limit.expired();
        });
        if (!page.has_value())
            return page.error();
        return std::optional<ActivityPage>(std::move(*page));
    };
    return ask<ActivityPage>(limit, database_step<ActivityPage>(std::move(use)));
}

awaitable<result<ActivitySlice>> ActivityService::slice(ActivityQuery query, std::int64_t after, std::int64_t upto,
                                                        std::int64_t limit) {
    const Deadline until = Deadline::after(kAnswerLimit);
    auto use = [query = std::move(query), after, upto, limit, until](
                   ActivityWorker& worker,
                   const Answer<ActivitySlice>& answer) -> store_result<std::optional<ActivitySlice>> {
        auto slice = worker.store()->slice(query, after, upto, limit, [&] {
            worker.pump();
            return answer.abandoned.load(std::memory_order_relaxed) || until.expired();
        });
        if (!slice.has_value())
            return slice.error();
        return std::optional<ActivitySlice>(std::move(*slice));
    };
    return ask<ActivitySlice>(until, database_step<ActivitySlice>(std::move(use)));
}

awaitable<result<std::int64_t>> ActivityService::last_row() {
    log_.hand_over();
    auto use = [target = log_.accepted()](ActivityWorker& worker,
                                          const Answer<std::int64_t>&) -> store_result<std::optional<std::int64_t>> {
        if (worker.progress().settled() < target)
            return StoreFailure(StoreFailure::Kind::busy, "rows recorded before are not yet written");
        const auto last = worker.store()->last_row();
        if (!last.has_value())
            return last.error();
        return std::optional<std::int64_t>(*last);
    };
    return ask<std::int64_t>(Deadline::after(kAnswerLimit), database_step<std::int64_t>(std::move(use)));
}

awaitable<result<ActivityStats>> ActivityService::stats(Deadline deadline) {
    const Deadline limit = deadline.earlier(Deadline::after(kAnswerLimit));
    auto use = [](ActivityWorker& worker, const Answer<ActivityStats>&) -> store_result<std::optional<ActivityStats>> {
        auto stats = worker.store()->stats();
        if (!stats.has_value())
            return stats.error();
        return std::optional<ActivityStats>(std::move(*stats));
    };
    return ask<ActivityStats>(limit, database_step<ActivityStats>(std::move(use)));
}

awaitable<result<std::int64_t>> ActivityService::cleanup(int days, Deadline deadline) {
    const Deadline limit = deadline.earlier(Deadline::after(kAnswerLimit));
    if (days < 1)
        return await_answer(ready_answer<std::int64_t>(
                                Error(errc::invalid_params, "days must be at least 1; to delete everything, clear")),
                            limit);
    auto use = [before = unix_ms_now() - days * kDayMs, sum = std::int64_t{0}](ActivityWorker& worker,
                                                                               const Answer<std::int64_t>&) mutable {
        return add_chunk(worker, worker.store()->delete_before(before, kDeleteRows), sum);
    };
    return ask<std::int64_t>(limit, database_step<std::int64_t>(std::move(use)));
}

awaitable<result<std::int64_t>> ActivityService::clear(Deadline deadline) {
    const Deadline limit = deadline.earlier(Deadline::after(kAnswerLimit));
    // What is recorded before this call goes too, what comes later stays.
    log_.hand_over();
    auto use = [target = log_.accepted(), sum = std::int64_t{0}](
                   ActivityWorker& worker,
                   const Answer<std::int64_t>&) mutable -> store_result<std::optional<std::int64_t>> {
        if (worker.progress().settled() < target)
            return StoreFailure(StoreFailure::Kind::busy, "rows recorded before are not yet written");
        auto chunk = add_chunk(worker, worker.store()->clear(kDeleteRows), sum);
        const auto left = chunk.has_value() ? worker.store()->last_row() : store_result<std::int64_t>(1);
        if (!left.has_value() || *left != 0)
            return chunk;
        worker.compact_soon();
        return std::optional<std::int64_t>(sum);  // what the next turn would find came later
    };
    return ask<std::int64_t>(limit, database_step<std::int64_t>(std::move(use)));
}

awaitable<bool> ActivityService::flush(Deadline deadline) {
    log_.hand_over();
    const std::int64_t target = log_.accepted();
    const std::int64_t refused = queue_.progress().discarded;
    auto step = [target, refused](ActivityWorker& worker, Answer<bool>& answer) {
        const ActivityProgress progress = worker.progress();
        if (progress.settled() < target)
            return JobStep::blocked;
        answer.value.emplace(progress.discarded == refused);
        return JobStep::done;
    };
    const auto flushed = co_await ask<bool>(deadline, std::move(step));
    co_return flushed.has_value() && *flushed;
}

ActivityCounters ActivityService::counters() const {
    const ActivityProgress progress = queue_.progress();
    ActivityCounters out;
    out.recorded = log_.recorded();
    out.committed = progress.committed;
    out.dropped = log_.dropped();
    out.queued = log_.accepted() - progress.settled();
    out.batches = progress.batches;
    out.last_error = queue_.last_error();
    out.strict = gate_ != nullptr;
    out.off = log_.is_off();
    return out;
}

}  // namespace agenthub
