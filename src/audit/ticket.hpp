// What a part of AgentHub holds of the audit while it does something: the announcement, and how it ends.
// Values; a ticket borrows the service.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

#include "audit/record.hpp"

namespace agenthub {

class AuditService;

struct AuditOptions {
    std::filesystem::path directory;  // must exist; audit.db and audit.head are made there
    std::size_t queue = 4096;         // records not yet on the disk
    std::size_t alerts = 1000;        // kept in memory
};

// An action that has been announced. Whoever forgets it, because it was cancelled, has it recorded as failed.
class AuditTicket {
public:
    AuditTicket(AuditService& service, AuditRecord record) : service_(&service), record_(std::move(record)) {}
    AuditTicket(AuditTicket&& other) noexcept
        : service_(std::exchange(other.service_, nullptr)), record_(std::move(other.record_)) {}
    AuditTicket& operator=(AuditTicket&&) = delete;
    ~AuditTicket();

    const AuditRecord& record() const noexcept { return record_; }

private:
    friend class AuditService;
    AuditService* service_;
    AuditRecord record_;
};

// How an action ended.
struct AuditOutcome {
    AuditStatus status = AuditStatus::success;
    std::string after;
    std::string error;
};

}  // namespace agenthub
