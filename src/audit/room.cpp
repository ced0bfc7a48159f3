// The store, opened and given up.
// Owned by AuditService; its thread only.

#include "audit/room.hpp"

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

AuditRoom::Written AuditRoom::write(const std::vector<AuditRecord>& records) {
    Written out;
    out.done = open();
    if (!out.done)
        return out;
    out.done = store_->write(records);
    out.finding = store_->take_finding();
    out.last_row = store_->last().seq;
    if (!out.done && out.done.error().code == errc::io_error)
        store_.reset();
    return out;
}

}  // namespace agenthub
