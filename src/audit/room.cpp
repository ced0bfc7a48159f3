// The store, opened and given up.
// Owned by AuditService; its thread only.

#include "audit/room.hpp"

#include "base/log.hpp"

namespace agenthub {

result<void> AuditRoom::open() {
    if (store_ != nullptr)
        return {};
    auto opened = AuditStore::open(directory_);
    if (!opened)
        return opened.error();
    store_ = std::move(*opened);
    return {};
}

AuditRoom::Written AuditRoom::attempt(const std::vector<AuditRecord>& records) {
    Written out;
    out.done = open();
    if (!out.done)
        return out;
    out.done = store_->write(records);
    out.finding = store_->take_finding();
    out.last_row = store_->last().seq;
    return out;
}

AuditRoom::Written AuditRoom::write(const std::vector<AuditRecord>& records) {
    Written out = attempt(records);
    if (out.done || out.done.error().code != errc::io_error || store_ == nullptr)
        return out;
    const bool is_damaged = store_->is_damaged();
    store_.reset();
    if (!is_damaged)
        return out;
    log().error("{}", out.done.error().message);
    AuditStore::set_aside(directory_);
    Written again = attempt(records);
    if (!again.finding)
        again.finding = std::move(out.finding);
    return again;
}

}  // namespace agenthub
