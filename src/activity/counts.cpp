// Counting rows by kind and bucket.
// Pure; owned by ActivitySummary.

#include "activity/counts.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace agenthub {
namespace {

constexpr std::uint16_t kFoldedAll = 0;
constexpr std::int64_t kPlaces = 1 << kBucketBits;

void count(Bucket& bucket, std::uint16_t kind, std::uint16_t place) {
    for (KindCount& entry : bucket.kinds) {
        if (entry.kind != kind)
            continue;
        ++entry.rows;
        entry.first = std::min(entry.first, place);
        entry.last = std::max(entry.last, place);
        return;
    }
    bucket.kinds.push_back({kind, 1, place, place});
}

}  // namespace

ActivityCounts::ActivityCounts() {
    clear();
}

void ActivityCounts::clear() {
    kinds_.assign(1, Kind());
    kinds_[kFoldedAll].fold = Fold::all;
    kinds_[kFoldedAll].used = true;
    by_key_.clear();
    free_.clear();
    full_kinds_ = 0;
    buckets_.clear();
    stretches_.clear();
    changes_ = {};
}

void ActivityCounts::add_to_stretch(std::int64_t bucket, const Bucket& counted, int sign) {
    auto& rows = stretches_[bucket >> kStretchBits].rows;
    for (const KindCount& entry : counted.kinds) {
        if (rows.size() <= entry.kind)
            rows.resize(entry.kind + 1U);
        rows[entry.kind] += static_cast<std::uint32_t>(sign * entry.rows);
        kinds_[entry.kind].rows += sign * entry.rows;
    }
}

// Sees to what cannot be added up.
void ActivityCounts::look_at_stretch(std::int64_t number) {
    Stretch& stretch = stretches_[number];
    stretch.first_ms = INT64_MAX;
    stretch.last_ms = INT64_MIN;
    stretch.counted = true;
    const auto end = buckets_.lower_bound((number + 1) << kStretchBits);
    auto at = buckets_.lower_bound(number << kStretchBits);
    if (at == end)
        stretches_.erase(number);
    for (; at != end; ++at) {
        stretch.first_ms = std::min(stretch.first_ms, at->second.first_ms);
        stretch.last_ms = std::max(stretch.last_ms, at->second.last_ms);
        stretch.counted = stretch.counted && at->second.counted;
    }
}

void ActivityCounts::load_kind(std::uint16_t id, Kind kind) {
    if (id == kFoldedAll || id >= kMaxKinds)
        return;
    while (kinds_.size() <= id) {
        free_.push_back(static_cast<std::uint16_t>(kinds_.size()));
        kinds_.emplace_back();
    }
    std::erase(free_, id);
    std::string key;
    make_key(key, view_of(kind), kind.fold);
    kind.used = true;
    kind.rows = 0;
    full_kinds_ += kind.fold == Fold::none ? 1 : 0;
    kinds_[id] = std::move(kind);
    by_key_[std::move(key)] = id;
}

void ActivityCounts::load_bucket(std::int64_t bucket, Bucket loaded) {
    const auto is_known = [this](const KindCount& entry) {
        return entry.kind < kinds_.size() && kinds_[entry.kind].used && entry.last < kPlaces;
    };
    if (!std::all_of(loaded.kinds.begin(), loaded.kinds.end(), is_known)) {
        loaded.counted = false;
        loaded.kinds.clear();
    }
    add_to_stretch(bucket, loaded, 1);
    Stretch& stretch = stretches_[bucket >> kStretchBits];
    stretch.first_ms = std::min(stretch.first_ms, loaded.first_ms);
    stretch.last_ms = std::max(stretch.last_ms, loaded.last_ms);
    stretch.counted = stretch.counted && loaded.counted;
    buckets_[bucket] = std::move(loaded);
}

// Its kind, made when there is none yet and room for one.
std::uint16_t ActivityCounts::kind_of(const RowKind& row) {
    for (const Fold fold : {Fold::none, Fold::client}) {
        make_key(key_, row, fold);
        if (const auto found = by_key_.find(std::string_view(key_)); found != by_key_.end())
            return found->second;
        const bool has_room = by_key_.size() + 1 < kMaxKinds && (fold != Fold::none || full_kinds_ < kMaxFullKinds);
        if (has_room)
            return add_kind(key_, kind_from(row, fold));
    }
    return kFoldedAll;
}

std::uint16_t ActivityCounts::add_kind(std::string key, Kind kind) {
    std::uint16_t id = 0;
    if (free_.empty()) {
        id = static_cast<std::uint16_t>(kinds_.size());
        kinds_.emplace_back();
    } else {
        id = free_.back();
        free_.pop_back();
    }
    kind.used = true;
    full_kinds_ += kind.fold == Fold::none ? 1 : 0;
    kinds_[id] = std::move(kind);
    by_key_[std::move(key)] = id;
    changes_.new_kinds.push_back(id);
    return id;
}

// The bucket as it will be after the commit.
Bucket& ActivityCounts::staged(std::int64_t bucket) {
    const auto found = changes_.buckets.find(bucket);
    if (found != changes_.buckets.end()) {
        if (!found->second.has_value())
            found->second.emplace();
        return *found->second;
    }
    const auto present = buckets_.find(bucket);
    auto& entry = changes_.buckets[bucket];
    entry.emplace(present == buckets_.end() ? Bucket() : present->second);
    return *entry;
}

Fold ActivityCounts::added(std::int64_t id, std::int64_t unix_ms, const RowKind& row) {
    Bucket& bucket = staged(id >> kBucketBits);
    bucket.first_ms = std::min(bucket.first_ms, unix_ms);
    bucket.last_ms = std::max(bucket.last_ms, unix_ms);
    if (!bucket.counted)
        return Fold::none;
    const std::uint16_t kind = kind_of(row);
    count(bucket, kind, static_cast<std::uint16_t>(id & (kPlaces - 1)));
    return kinds_[kind].fold;
}

void ActivityCounts::removed(std::int64_t bucket) {
    changes_.buckets[bucket] = std::nullopt;
}

void ActivityCounts::begin_again(std::int64_t bucket) {
    changes_.buckets[bucket] = Bucket();
}

void ActivityCounts::note_lost_kinds() {
    std::map<std::uint16_t, std::int64_t> change;
    for (const auto& [number, bucket] : changes_.buckets) {
        if (const auto before = buckets_.find(number); before != buckets_.end())
            for (const KindCount& entry : before->second.kinds)
                change[entry.kind] -= entry.rows;
        if (bucket.has_value())
            for (const KindCount& entry : bucket->kinds)
                change[entry.kind] += entry.rows;
    }
    changes_.lost_kinds.clear();
    for (const auto& [kind, rows] : change)
        if (kind != kFoldedAll && kinds_[kind].rows + rows <= 0)
            changes_.lost_kinds.push_back(kind);
}

const ActivityCounts::Changes& ActivityCounts::changes() {
    note_lost_kinds();
    return changes_;
}

void ActivityCounts::commit() {
    note_lost_kinds();
    std::set<std::int64_t> touched;
    for (auto& [number, bucket] : changes_.buckets) {
        touched.insert(number >> kStretchBits);
        if (const auto before = buckets_.find(number); before != buckets_.end()) {
            add_to_stretch(number, before->second, -1);
            if (!bucket.has_value())
                buckets_.erase(before);
        }
        if (!bucket.has_value())
            continue;
        add_to_stretch(number, *bucket, 1);
        buckets_[number] = std::move(*bucket);
    }
    for (const std::int64_t stretch : touched)
        look_at_stretch(stretch);
    for (const std::uint16_t lost : changes_.lost_kinds) {
        make_key(key_, view_of(kinds_[lost]), kinds_[lost].fold);
        by_key_.erase(key_);
        full_kinds_ -= kinds_[lost].fold == Fold::none ? 1 : 0;
        kinds_[lost] = Kind();
        free_.push_back(lost);
    }
    changes_ = {};
}

void ActivityCounts::roll_back() {
    for (const std::uint16_t kind : changes_.new_kinds) {
        make_key(key_, view_of(kinds_[kind]), kinds_[kind].fold);
        by_key_.erase(key_);
        full_kinds_ -= kinds_[kind].fold == Fold::none ? 1 : 0;
        kinds_[kind] = Kind();
        free_.push_back(kind);
    }
    changes_ = {};
}

}  // namespace agenthub
