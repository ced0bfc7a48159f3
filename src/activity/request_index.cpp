// Sealing segments of rows.
// Owned by ActivityStore; its thread only.

#include "activity/request_index.hpp"

#include <algorithm>
#include <string>

#include "activity/record.hpp"

namespace agenthub {
namespace {

void bind_segment(SQLite::Statement& statement, std::int64_t segment, int bits) {
    statement.bind(1, segment << bits);
    statement.bind(2, ((segment + 1) << bits) - 1);
}

}  // namespace

SealedSegments::SealedSegments(SQLite::Database& db)
    : find_(db, "SELECT 1 FROM activity_request WHERE id BETWEEN ? AND ? LIMIT 1"),
      slice_(db, "SELECT keys FROM activity_request WHERE id = ?") {}

bool SealedSegments::has(std::int64_t segment) {
    bind_segment(find_, segment, kSliceBits);
    const bool found = find_.executeStep();
    find_.reset();
    return found;
}

std::optional<std::vector<std::int64_t>> SealedSegments::ids(std::int64_t segment, std::uint32_t hash) {
    slice_.reset();
    slice_.bind(1, slice_number(segment, hash));
    if (!slice_.executeStep())
        return has(segment) ? std::optional(std::vector<std::int64_t>()) : std::nullopt;
    const auto keys = slice_.getColumn(0);
    auto ids = places_of({static_cast<const char*>(keys.getBlob()), static_cast<std::size_t>(keys.getBytes())}, hash);
    for (std::int64_t& id : ids)
        id |= segment << kSegmentBits;
    slice_.reset();
    return ids;
}

RequestIndex::RequestIndex(SQLite::Database& db)
    : put_(db, "INSERT OR REPLACE INTO activity_request (id, keys) VALUES (?,?)"),
      drop_(db, "DELETE FROM activity_request WHERE id BETWEEN ? AND ?"),
      rows_(db, "SELECT id, request_id FROM activity_row WHERE id BETWEEN ? AND ?"),
      sealed_(db),
      newest_(db.execAndGet("SELECT coalesce(max(id), -1) FROM activity_row").getInt64() >> kSegmentBits) {}

void RequestIndex::added(std::int64_t id, std::string_view request_id) {
    const std::int64_t segment = id >> kSegmentBits;
    if (segment != segment_)
        enter(segment);
    if (!whole_)
        return;
    // As its row holds it.
    if (request_id.find('\0') == std::string_view::npos)
        keys_.add(id, request_id);
    else
        keys_.add(id, stored_text(request_id));
}

// Into a segment that others have begun, or that was left before, one can come late: then it is sealed from its rows,
// some time after it was left again, and until then none of its keys is believed.
void RequestIndex::enter(std::int64_t segment) {
    if (whole_)
        seal(segment_, keys_);
    else if (segment_ >= 0)
        is_behind_ = true;
    keys_.clear();
    segment_ = segment;
    whole_ = segment > newest_;
    newest_ = std::max(newest_, segment);
    if (!whole_)
        unseal(segment);
}

void RequestIndex::seal(std::int64_t segment, RequestKeys& keys) {
    keys.pack(segment, [this](std::int64_t number, std::string_view packed) {
        put_.bind(1, number);
        put_.bindNoCopy(2, packed.data(), static_cast<int>(packed.size()));
        put_.exec();
        put_.reset();
    });
}

void RequestIndex::forget() noexcept {
    for (auto* statement : {&put_, &drop_, &rows_})
        statement->tryReset();
    sealed_.reset();
    keys_.clear();
    segment_ = -1;
    whole_ = false;
    is_behind_ = true;
}

RequestKeys RequestIndex::keys_of(std::int64_t segment) {
    RequestKeys keys;
    bind_segment(rows_, segment, kSegmentBits);
    while (rows_.executeStep()) {
        const auto text = rows_.getColumn(1);
        keys.add(rows_.getColumn(0).getInt64(), {text.getText(), static_cast<std::size_t>(text.getBytes())});
    }
    rows_.reset();
    return keys;
}

bool RequestIndex::seal_one(const std::vector<std::int64_t>& segments) {
    for (const std::int64_t segment : segments) {
        if (segment == segment_ || sealed_.has(segment))
            continue;
        RequestKeys keys = keys_of(segment);
        if (keys.empty())
            continue;
        seal(segment, keys);
        return true;
    }
    is_behind_ = false;
    return false;
}

void RequestIndex::deleted_from(std::int64_t segment) {
    bind_segment(rows_, segment, kSegmentBits);
    const bool has_rows = rows_.executeStep();
    rows_.reset();
    if (!has_rows)
        unseal(segment);
}

void RequestIndex::unseal(std::int64_t segment) {
    bind_segment(drop_, segment, kSliceBits);
    drop_.exec();
    drop_.reset();
}

}  // namespace agenthub
