// Announcing actions, and what is told of them.
// Owned by the composition root; loop thread only.

#include "audit/service.hpp"

#include <utility>

#include "audit/room.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

std::int64_t monotonic_ms() {
    return std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count();
}

}  // namespace

AuditTicket::~AuditTicket() {
    if (service_ != nullptr)
        service_->abandon(std::move(record_));
}

AuditService::AuditService(Executor executor, AuditOptions options)
    : executor_(executor),
      options_(std::move(options)),
      alerts_(options_.alerts),
      wake_(executor),
      retry_(executor),
      news_(executor),
      room_(std::make_unique<AuditRoom>(options_.directory)),
      off_loop_(executor),
      tasks_(executor) {}

AuditService::~AuditService() = default;

void AuditService::start() {
    tasks_.spawn(write_all(), "audit");
}

awaitable<void> AuditService::stop(Deadline deadline) {
    stopping_ = true;
    wake_.notify();
    retry_.cancel();
    auto joining = tasks_.join();
    const bool ended = co_await ends_by(std::move(joining), deadline);
    if (!ended) {
        tasks_.cancel();
        co_await tasks_.join();
    }
    if (!queue_.empty())
        log().error("{} audit records could not be written before the end. {}", queue_.size(), last_error_);
}

bool AuditService::has_room(std::size_t records) const noexcept {
    return queue_.size() + reserved_ + records <= options_.queue;
}

std::int64_t AuditService::push(AuditRecord record) {
    record.unix_ms = unix_ms_now();
    make_storable(record);
    rules_.recorded(record, Clock::now());
    queue_.push_back(std::move(record));
    wake_.notify();
    return ++accepted_;
}

Error AuditService::refusal(std::string_view why) {
    ++refused_;
    return {errc::unrecorded, "nothing was done, because it could not be recorded in the audit: " + std::string(why)};
}

awaitable<result<AuditTicket>> AuditService::begin(AuditRecord record) {
    if (stopping_)
        co_return refusal("AgentHub is shutting down");
    if (failing_)
        co_return refusal(last_error_);
    if (!has_room(2))
        co_return refusal("too many records wait for the disk (audit.queue); try again in a moment");
    record.status = AuditStatus::initiated;
    AuditTicket ticket(*this, record);
    ++reserved_;
    const std::int64_t number = push(std::move(record));
    const bool is_there = co_await is_on_disk(number);
    if (is_there)
        co_return std::move(ticket);
    const std::string why = last_error_.empty() ? "the disk did not take it in time; try again" : last_error_;
    AuditRecord refused = std::move(ticket.record_);
    ticket.service_ = nullptr;
    --reserved_;
    refused.status = AuditStatus::failed;
    refused.error = "not done: this record could not be written in time";
    push(std::move(refused));
    co_return refusal(why);
}

awaitable<void> AuditService::end(AuditTicket ticket, AuditOutcome outcome) {
    AuditRecord record = std::move(ticket.record_);
    ticket.service_ = nullptr;
    --reserved_;
    record.status = outcome.status;
    record.after = std::move(outcome.after);
    record.error = std::move(outcome.error);
    const std::int64_t number = push(std::move(record));
    const bool is_there = co_await is_on_disk(number);
    if (!is_there)
        log().error("the end of an action is not yet in the audit, and is kept until it can be written: {}",
                    last_error_);
}

// The place that was kept for the end of this action is still there.
void AuditService::abandon(AuditRecord record) noexcept {
    --reserved_;
    try {
        record.status = AuditStatus::failed;
        record.error = "its end is not known: whoever asked for it left, or AgentHub was stopped";
        push(std::move(record));
    } catch (const std::exception& failure) {
        ++dropped_;
        log().error("the end of an action is missing in the audit: {}", failure.what());
    }
}

void AuditService::note(AuditRecord record) {
    if (has_room(1)) {
        push(std::move(record));
        return;
    }
    ++dropped_;
    std::uint64_t suppressed = 0;
    if (drop_log_.admit(monotonic_ms(), suppressed))
        log().error(
            "audit records are being lost: {} wait for the disk and the limit is {} (audit.queue); {} lost so far",
            queue_.size(), options_.queue, dropped_);
}

void AuditService::refused_key(AuditRecord record, bool has_key) {
    const TimePoint now = Clock::now();
    record.unix_ms = unix_ms_now();
    record.action = audit_action::auth_failure;
    record.status = AuditStatus::failed;
    make_storable(record);
    std::string address = record.client_ip;
    const bool is_first = meter_.count(address, now);
    rules_.refused_key(record, has_key, is_first, now);
    if (!is_first)
        return;
    record.client_ip = std::move(address);
    note(std::move(record));
}

void AuditService::tell_repeated(TimePoint now) {
    for (auto& repeated : meter_.take(now)) {
        AuditRecord record;
        record.actor = "system";
        record.client_ip = std::move(repeated.address);
        record.action = audit_action::auth_failure;
        record.subject = "/v1";
        record.status = AuditStatus::failed;
        record.error = std::to_string(repeated.more) + " more within a minute";
        note(std::move(record));
    }
}

AuditCounters AuditService::counters() const {
    AuditCounters out;
    out.rows = rows_;
    out.written = written_;
    out.queued = static_cast<std::int64_t>(queue_.size());
    out.dropped = dropped_;
    out.refused = refused_;
    out.alerts = alerts_.raised();
    out.last_error = last_error_;
    return out;
}

}  // namespace agenthub
