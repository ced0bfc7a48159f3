// What is asked of the counts.
// Pure; owned by ActivitySummary.

#include <algorithm>

#include "activity/counts.hpp"
#include "activity/record.hpp"

namespace agenthub {
namespace {

enum class Match : std::uint8_t { no, maybe, yes };

constexpr std::int64_t kPlaces = 1 << kBucketBits;

// The filters as rows hold their texts.
class KindFilter {
public:
    explicit KindFilter(const ActivityQuery& query)
        : query_(query),
          method_(stored(query.method)),
          client_(stored(query.client_id)),
          server_(stored(query.server)),
          tool_(stored(query.tool)),
          outcome_(stored(query.outcome)) {}

    Match of(const Kind& kind) const {
        if (kind.fold == Fold::all)
            return has_any() ? Match::maybe : Match::yes;
        const bool fits = equal(method_, kind.method) && equal(server_, kind.server) && equal(tool_, kind.tool) &&
                          equal(outcome_, kind.outcome) && kind.status >= query_.status_min.value_or(INT32_MIN) &&
                          kind.status <= query_.status_max.value_or(INT32_MAX);
        if (!fits)
            return Match::no;
        if (!client_)
            return Match::yes;
        if (kind.fold == Fold::client)
            return Match::maybe;
        return kind.client == *client_ ? Match::yes : Match::no;
    }

private:
    static std::optional<std::string> stored(const std::optional<std::string>& text) {
        return text ? std::optional(stored_text(*text)) : std::nullopt;
    }
    static bool equal(const std::optional<std::string>& wanted, const std::string& is) {
        return !wanted || *wanted == is;
    }
    bool has_any() const {
        return method_ || client_ || server_ || tool_ || outcome_ || query_.status_min || query_.status_max;
    }

    const ActivityQuery& query_;
    std::optional<std::string> method_, client_, server_, tool_, outcome_;
};

std::vector<Match> matches(const std::vector<Kind>& kinds, const ActivityQuery& query) {
    const KindFilter filter(query);
    std::vector<Match> out;
    out.reserve(kinds.size());
    for (const Kind& kind : kinds)
        out.push_back(kind.used ? filter.of(kind) : Match::no);
    return out;
}

// What the bucket has of it; nullopt: nothing.
std::optional<BucketHit> look(std::int64_t number, const Bucket& bucket, const std::vector<Match>& match,
                              const ActivityQuery& query) {
    if ((query.since && bucket.last_ms < *query.since) || (query.until && bucket.first_ms >= *query.until))
        return std::nullopt;
    BucketHit hit;
    hit.bucket = number;
    hit.first_id = number << kBucketBits;
    hit.last_id = hit.first_id + kPlaces - 1;
    hit.cut = !bucket.counted || (query.since && bucket.first_ms < *query.since) ||
              (query.until && bucket.last_ms >= *query.until);
    if (!bucket.counted)
        return hit;
    std::int64_t first = kPlaces;
    std::int64_t last = -1;
    for (const KindCount& entry : bucket.kinds) {
        const Match fits = entry.kind < match.size() ? match[entry.kind] : Match::no;
        if (fits == Match::no)
            continue;
        hit.folded = hit.folded || fits == Match::maybe;
        hit.rows += fits == Match::yes ? entry.rows : 0;
        first = std::min<std::int64_t>(first, entry.first);
        last = std::max<std::int64_t>(last, entry.last);
    }
    if (last < 0)
        return std::nullopt;
    hit.last_id = hit.first_id + last;
    hit.first_id += first;
    return hit;
}

// How many rows of the stretch match, when all of them are known to, or not to, by their kind; nullopt otherwise.
std::optional<std::int64_t> sum_of(const Stretch& stretch, const std::vector<Match>& match,
                                   const ActivityQuery& query) {
    if ((query.since && stretch.last_ms < *query.since) || (query.until && stretch.first_ms >= *query.until))
        return 0;
    if (!stretch.counted || (query.since && stretch.first_ms < *query.since) ||
        (query.until && stretch.last_ms >= *query.until))
        return std::nullopt;
    std::int64_t sum = 0;
    for (std::size_t kind = 0; kind < std::min(stretch.rows.size(), match.size()); ++kind) {
        if (match[kind] == Match::no || stretch.rows[kind] == 0)
            continue;
        if (match[kind] == Match::maybe)
            return std::nullopt;
        sum += stretch.rows[kind];
    }
    return sum;
}

}  // namespace

const Bucket* ActivityCounts::find(std::int64_t bucket) const {
    const auto found = buckets_.find(bucket);
    return found == buckets_.end() ? nullptr : &found->second;
}

bool ActivityCounts::is_counted(std::int64_t bucket) const {
    const Bucket* found = find(bucket);
    return found == nullptr || found->counted;
}

std::optional<std::int64_t> ActivityCounts::uncounted() const {
    const auto found =
        std::find_if(buckets_.rbegin(), buckets_.rend(), [](const auto& one) { return !one.second.counted; });
    return found == buckets_.rend() ? std::nullopt : std::optional(found->first);
}

std::optional<std::int64_t> ActivityCounts::oldest(std::int64_t unix_ms, std::int64_t from, std::int64_t to) const {
    for (auto at = buckets_.lower_bound(from); at != buckets_.end() && at->first <= to; ++at)
        if (at->second.first_ms < unix_ms)
            return at->first;
    return std::nullopt;
}

void ActivityCounts::newest_first(const ActivityQuery& query, const Visit& f, const Pass& pass) const {
    const auto match = matches(kinds_, query);
    // Buckets that f adds lie behind where this goes.
    for (auto stretch = stretches_.end(); stretch != stretches_.begin();) {
        --stretch;
        const auto sum = sum_of(stretch->second, match, query);
        if (sum && (*sum == 0 || pass(*sum)))
            continue;
        auto at = buckets_.lower_bound((stretch->first + 1) << kStretchBits);
        while (at != buckets_.begin()) {
            --at;
            if (at->first >> kStretchBits != stretch->first)
                break;
            const auto hit = look(at->first, at->second, match, query);
            if (hit && !f(*hit))
                return;
        }
    }
}

void ActivityCounts::oldest_first(const ActivityQuery& query, std::int64_t from, const Visit& f) const {
    const auto match = matches(kinds_, query);
    for (auto stretch = stretches_.lower_bound(from >> kStretchBits); stretch != stretches_.end(); ++stretch) {
        if (sum_of(stretch->second, match, query) == 0)
            continue;
        for (auto at = buckets_.lower_bound(std::max(from, stretch->first << kStretchBits));
             at != buckets_.end() && at->first >> kStretchBits == stretch->first; ++at) {
            const auto hit = look(at->first, at->second, match, query);
            if (hit && !f(*hit))
                return;
        }
    }
}

std::vector<std::int64_t> ActivityCounts::stretches(int bits) const {
    std::vector<std::int64_t> out;
    for (auto at = buckets_.rbegin(); at != buckets_.rend(); ++at)
        if (out.empty() || out.back() != at->first >> bits)
            out.push_back(at->first >> bits);
    return out;
}

void ActivityCounts::add_to(ActivityStats& stats) const {
    for (const Kind& kind : kinds_) {
        if (kind.rows == 0)
            continue;
        stats.total_entries += kind.rows;
        stats.by_method[kind.fold == Fold::all ? std::string(kOtherMethods) : kind.method] += kind.rows;
        stats.by_status[kind.status] += kind.rows;
    }
}

}  // namespace agenthub
