// The index of request ids in the activity database: the keys of a segment of rows are gathered while they are inserted
// and stored together when the next one begins ("sealed"). What is not sealed yet is found by reading its rows.
// Owned by ActivityStore; its thread only.

#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "activity/request_keys.hpp"

namespace agenthub {

// Which segments have keys; the others are to be read row by row. On any connection.
class SealedSegments {
public:
    explicit SealedSegments(SQLite::Database& db);
    bool has(std::int64_t segment);
    // The rows of a segment that may have a request id of this hash, newest first; nullopt: the segment has no keys.
    std::optional<std::vector<std::int64_t>> ids(std::int64_t segment, std::uint32_t hash);
    void reset() noexcept { find_.tryReset(); }

private:
    SQLite::Statement find_, slice_;
};

// All throw SQLite::Exception, and all that writes is to be called inside of a transaction.
class RequestIndex {
public:
    explicit RequestIndex(SQLite::Database& db);

    // A row was inserted. Seals the segment before when this one begins another.
    void added(std::int64_t id, std::string_view request_id);
    // After a rollback: what was gathered may be of rows that are no more.
    void forget() noexcept;

    // There may be segments that are finished and not sealed: what an end of the daemon left, or an older version.
    bool is_behind() const noexcept { return is_behind_; }
    // Seals one of these segments from its rows, unless it is the one that is being written. False: all are sealed.
    bool seal_one(const std::vector<std::int64_t>& segments);
    // Rows of the segment were deleted: if they were the last, its keys go.
    void deleted_from(std::int64_t segment);

    void release_memory() { keys_.release(); }

private:
    void enter(std::int64_t segment);
    void seal(std::int64_t segment, RequestKeys& keys);
    void unseal(std::int64_t segment);
    RequestKeys keys_of(std::int64_t segment);

    SQLite::Statement put_, drop_, rows_;
    SealedSegments sealed_;
    RequestKeys keys_;           // of segment_, if it is whole
    std::int64_t segment_ = -1;  // that is being written; -1: none
    bool whole_ = false;         // keys_ has all its rows
    std::int64_t newest_;        // segment that was begun, by whomever: those behind it begin here
    bool is_behind_ = true;
};

}  // namespace agenthub
