// One administrative action, as the audit keeps it, and how its row is chained to the one before.
// Values and pure functions.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace agenthub {

// An action is recorded before it is done, and again when its end is known.
enum class AuditStatus : std::uint8_t { initiated, success, failed };
inline constexpr std::array kAuditStatuses = {AuditStatus::initiated, AuditStatus::success, AuditStatus::failed};

std::string_view to_string(AuditStatus status) noexcept;

// The longest text of a row, in bytes; longer ones are cut, at the end, with a mark.
inline constexpr std::size_t kAuditNameLimit = 512;
inline constexpr std::size_t kAuditTextLimit = 4096;

struct AuditRecord {
    std::int64_t unix_ms = 0;
    std::string actor;       // who: the client's id, "system" for AgentHub itself
    std::string client_ip;   // "unix" over a Unix socket; empty: nobody came from outside
    std::string session;     // of MCP, or as X-Session-ID says; may be empty
    std::string request_id;  // the same in both rows of an action, and in the activity
    std::string action;      // "server.start"
    std::string subject;     // what it was done to: the name of a server
    AuditStatus status = AuditStatus::initiated;
    std::string before;  // what was, as JSON or a word; never a secret
    std::string after;   // what is now
    std::string error;   // why it failed
    bool operator==(const AuditRecord&) const = default;
};

// What leaves no secrets in a record, cuts what is too long, and makes all of it UTF-8 without NUL, so that the row is
// read from the database exactly as it was hashed.
void make_storable(AuditRecord& record);

// A record in its place. `seq` counts from 1 without a gap; the hashes are 64 hex digits.
struct AuditRow {
    std::int64_t seq = 0;
    AuditRecord record;
    std::string previous;  // the hash of the row before
    std::string hash;
};

// The "hash before" of the first row: 64 zeros.
std::string_view chain_start() noexcept;

// SHA-256 over `previous` and the row: each of its fields in the order of AuditRow as LENGTH:BYTES and a comma (a
// netstring), so that no two rows are the same bytes. Described with an example in docs/audit.md: other programs check
// it.
std::string row_hash(std::string_view previous, std::int64_t seq, const AuditRecord& record);

}  // namespace agenthub
