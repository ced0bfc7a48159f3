// How many rows there are of which kind, bucket by bucket: what answers totals, statistics and "where are rows like
// this" without looking at rows. Pure; owned by ActivitySummary, which keeps the database's copy of it.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "activity/query.hpp"
#include "activity/row_kind.hpp"

namespace agenthub {

class ActivityCounts {
public:
    // What a transaction has changed, for the database.
    struct Changes {
        std::map<std::int64_t, std::optional<Bucket>> buckets;  // nullopt: gone
        std::vector<std::uint16_t> new_kinds, lost_kinds;
    };

    ActivityCounts();

    // What the database holds, at the beginning. Kinds first; of one that is not known the bucket counts as uncounted.
    void load_kind(std::uint16_t id, Kind kind);
    void load_bucket(std::int64_t bucket, Bucket loaded);
    void clear();

    // One more row. The kind it was counted as is folded when the table of kinds is full.
    Fold added(std::int64_t id, std::int64_t unix_ms, const RowKind& row);
    // The bucket is gone, or empty until its rows are added again.
    void removed(std::int64_t bucket);
    void begin_again(std::int64_t bucket);

    // The changes since the last commit; kinds without rows are among the lost. They hold from commit() on.
    const Changes& changes();
    void commit();
    void roll_back();

    const Kind& kind(std::uint16_t id) const { return kinds_[id]; }
    std::size_t kinds() const noexcept { return by_key_.size(); }
    std::size_t buckets() const noexcept { return buckets_.size(); }
    const Bucket* find(std::int64_t bucket) const;
    bool is_counted(std::int64_t bucket) const;
    // The newest bucket that is not counted; nullopt when all are.
    std::optional<std::int64_t> uncounted() const;
    // The oldest bucket in `from` … `to` that has a row from before `unix_ms`.
    std::optional<std::int64_t> oldest(std::int64_t unix_ms, std::int64_t from, std::int64_t to) const;

    // Calls f for each bucket in which rows may match, newest first or from `from` on oldest first, until it returns
    // false. f may add rows. Of a stretch of buckets with so many rows that match for certain, and no others, `pass` is
    // asked first: when it returns true its buckets are passed over.
    using Visit = std::function<bool(const BucketHit&)>;
    using Pass = std::function<bool(std::int64_t)>;
    void newest_first(const ActivityQuery& query, const Visit& f, const Pass& pass) const;
    void oldest_first(const ActivityQuery& query, std::int64_t from, const Visit& f) const;
    // The numbers of all buckets, newest first, each shifted right by `bits`, once.
    std::vector<std::int64_t> stretches(int bits) const;

    // Adds the counted rows.
    void add_to(ActivityStats& stats) const;

private:
    struct KeyHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept { return std::hash<std::string_view>()(key); }
    };

    std::uint16_t kind_of(const RowKind& row);
    std::uint16_t add_kind(std::string key, Kind kind);
    Bucket& staged(std::int64_t bucket);
    void note_lost_kinds();
    void add_to_stretch(std::int64_t bucket, const Bucket& counted, int sign);
    void look_at_stretch(std::int64_t number);

    std::vector<Kind> kinds_;
    std::unordered_map<std::string, std::uint16_t, KeyHash, std::equal_to<>> by_key_;
    std::vector<std::uint16_t> free_;
    std::size_t full_kinds_ = 0;
    std::map<std::int64_t, Bucket> buckets_;
    std::map<std::int64_t, Stretch> stretches_;
    Changes changes_;
    std::string key_;  // reused
};

}  // namespace agenthub
