// Writing in groups, and verifying, through the audit's own thread.
// Owned by the composition root; loop thread only, except where a lambda is handed to the thread.

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>

#include "audit/room.hpp"
#include "audit/service.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kGroup = 512;  // records in one transaction
constexpr int kStepRows = 2000;      // of a verification; then what waits is written
constexpr Duration kBusyRetry{50};   // another process holds the database
constexpr Duration kMinBackoff{1000};
constexpr Duration kMaxBackoff{30'000};

}  // namespace

struct AuditService::Run {
    std::optional<result<Verification>> outcome;
    std::size_t waiting = 0;

    // Counted for as long as it exists.
    struct Seat {
        explicit Seat(std::shared_ptr<Run> r) : run(std::move(r)) { ++run->waiting; }
        ~Seat() { --run->waiting; }
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        std::shared_ptr<Run> run;
    };
};

// However the reading ends, whoever waits for it gets an answer.
struct AuditService::RunEnd {
    ~RunEnd() {
        if (!run->outcome)
            run->outcome.emplace(Error(errc::cancelled, "the verification was ended: AgentHub is shutting down"));
        service.run_.reset();
        service.news_.notify_all();
    }
    AuditService& service;
    std::shared_ptr<Run> run;
};

awaitable<void> AuditService::write_all() {
    for (;;) {
        if (open_ && !failing_ && queue_.empty()) {
            if (stopping_)
                co_return;
            co_await wake_.wait();
            continue;
        }
        const bool went_well = co_await attempt();
        news_.notify_all();
        if (went_well)
            continue;
        if (stopping_ && (queue_.empty() || failing_))
            co_return;
        co_await pause();
    }
}

// Hands what waits to the thread. The records stay in the queue until they are on the disk.
awaitable<bool> AuditService::attempt() {
    const std::size_t count = std::min(queue_.size(), kGroup);
    std::vector<AuditRecord> group(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    auto work = [room = room_.get(), group = std::move(group)] { return room->write(group); };
    auto working = off_loop_.run(std::move(work));
    const AuditRoom::Written written = co_await std::move(working);
    if (written.finding)
        found(*written.finding);
    if (!written.done) {
        failed(written.done.error());
        co_return false;
    }
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    written_ += static_cast<std::int64_t>(count);
    rows_ = written.last_row;
    if (failing_)
        log().info("the audit is being written again to {}", options_.directory.string());
    open_ = true;
    failing_ = false;
    last_error_.clear();
    backoff_ = Duration::zero();
    co_return true;
}

// A lock of another process is waited for; anything else refuses actions until it is over.
void AuditService::failed(const Error& error) {
    const bool is_busy = error.code == errc::busy;
    last_error_ = error.message;
    failing_ = failing_ || !is_busy;
    backoff_ = is_busy ? kBusyRetry : std::clamp(backoff_ * 2, kMinBackoff, kMaxBackoff);
    std::uint64_t suppressed = 0;
    const auto now = std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count();
    if (!is_busy && error_log_.admit(now, suppressed))
        log().error("{}; administrative actions are refused until then", error.message);
}

awaitable<void> AuditService::pause() {
    boost::system::error_code woken;
    retry_.expires_after(backoff_);
    co_await retry_.async_wait(asio::redirect_error(use_awaitable, woken));
}

void AuditService::found(const ChainFinding& finding) {
    // Whoever asks again and again gets the same answer, and the record one row.
    if (finding.fault == last_found_.fault && finding.row == last_found_.row)
        return;
    last_found_ = finding;
    log().critical("the audit is not as AgentHub wrote it: {}. See `agenthub audit verify`", finding.message);
    AuditRecord record;
    record.actor = "system";
    record.action = audit_action::integrity_failure;
    record.subject = std::string(to_string(finding.fault));
    record.status = AuditStatus::failed;
    record.error = finding.message;
    note(std::move(record));
}

awaitable<void> AuditService::settled(std::int64_t number) {
    while (written_ < number && !failing_)
        co_await news_.wait();
}

awaitable<bool> AuditService::is_on_disk(std::int64_t number) {
    auto waiting = settled(number);
    const bool ended = co_await ends_by(std::move(waiting), Deadline::after(kWriteLimit));
    co_return ended&& written_ >= number;
}

awaitable<result<AuditPage>> AuditService::page(AuditQuery query) {
    auto work = [room = room_.get(), query = std::move(query)] {
        return room->with_store([&query](AuditStore& store) { return store.page(query); });
    };
    auto working = off_loop_.run(std::move(work));
    co_return co_await std::move(working);
}

awaitable<result<std::vector<Checkpoint>>> AuditService::checkpoints(int limit) {
    auto work = [room = room_.get(), limit] {
        return room->with_store([limit](AuditStore& store) { return store.checkpoints(limit); });
    };
    auto working = off_loop_.run(std::move(work));
    co_return co_await std::move(working);
}

awaitable<result<Verification>> AuditService::verify(std::optional<ChainPoint> anchor) {
    auto run = run_;
    if (run == nullptr) {
        run = std::make_shared<Run>();
        run_ = run;
        tasks_.spawn(walk(run), "audit verification");
    }
    if (run->waiting >= kVerifiers)
        co_return Error(errc::busy, "too many clients wait for the verification that is under way; try again");
    const Run::Seat seat(run);
    while (!run->outcome)
        co_await news_.wait();
    result<Verification> outcome = *run->outcome;
    if (!outcome || !outcome->valid() || !anchor)
        co_return outcome;
    auto work = [room = room_.get(), point = *anchor] {
        return room->with_store([&point](AuditStore& store) { return store.compare(point); });
    };
    auto working = off_loop_.run(std::move(work));
    auto compared = co_await std::move(working);
    if (!compared)
        co_return compared.error();
    if (compared->fault != ChainFault::none)
        outcome->finding = std::move(*compared);
    co_return outcome;
}

awaitable<void> AuditService::walk(std::shared_ptr<Run> run) {
    const RunEnd end{*this, run};
    auto walking = walked();
    auto outcome = co_await std::move(walking);
    if (outcome && outcome->valid())
        last_found_ = {};
    else if (outcome)
        found(outcome->finding);
    run->outcome.emplace(std::move(outcome));
}

// Step by step, so that what is recorded meanwhile is written in between.
awaitable<result<Verification>> AuditService::walked() {
    // Owners: this coroutine, and the step that runs on the thread when it is cancelled.
    auto walk = std::make_shared<AuditStore::Walk>();
    auto begin = [room = room_.get(), walk] {
        return room->with_store([&walk](AuditStore& store) { return store.begin_walk(*walk); });
    };
    auto beginning = off_loop_.run(std::move(begin));
    result<bool> over = co_await std::move(beginning);
    while (over && !*over && !stopping_) {
        auto step = [room = room_.get(), walk] {
            return room->with_store([&walk](AuditStore& store) { return store.step_walk(*walk, kStepRows); });
        };
        auto stepping = off_loop_.run(std::move(step));
        over = co_await std::move(stepping);
    }
    if (!over)
        co_return over.error();
    if (!*over)
        co_return Error(errc::cancelled, "the verification was ended: AgentHub is shutting down");
    auto end = [room = room_.get(), walk] {
        return room->with_store([&walk](AuditStore& store) { return store.end_walk(*walk); });
    };
    auto ending = off_loop_.run(std::move(end));
    co_return co_await std::move(ending);
}

}  // namespace agenthub
