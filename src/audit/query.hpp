// Which rows of the audit are wanted, and what comes of it.
// Values and pure functions.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/finding.hpp"
#include "audit/record.hpp"

namespace agenthub {

struct AuditQuery {
    static constexpr int kMaxLimit = 1000;

    std::string actor;   // each of these: empty is any, else exactly this
    std::string action;  // one that ends with "*" is a beginning: "server.*"
    std::string subject;
    std::string status;
    std::string request_id;
    std::int64_t since_ms = INT64_MIN;  // these two included
    std::int64_t until_ms = INT64_MAX;
    int limit = 50;
    std::int64_t offset = 0;
};

struct AuditPage {
    std::int64_t total = 0;  // of all that fit, on every page
    int limit = 0;
    std::int64_t offset = 0;
    std::vector<AuditRow> rows;  // newest first
};

// A verification that found everything well.
struct Checkpoint {
    std::int64_t unix_ms = 0;
    std::int64_t rows = 0;
    std::string checksum;
};

void append_json(std::string& out, const AuditRow& row);
void append_json(std::string& out, const AuditPage& page);
void append_json(std::string& out, const Verification& verification);
// {"total":…,"checksums":[…]}
void append_json(std::string& out, const std::vector<Checkpoint>& checkpoints);

}  // namespace agenthub
