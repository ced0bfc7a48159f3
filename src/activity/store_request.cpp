// Finding rows by their request id.
// Part of StoreReader.

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <string>
#include <vector>

#include "activity/record.hpp"
#include "activity/request_index.hpp"
#include "activity/store_reader.hpp"

namespace agenthub {

// In each segment, newest first, the rows that its keys name; all its rows while it has no keys.
std::vector<std::int64_t> StoreReader::ids_of_request() {
    const std::string request = stored_text(*query_.request_id);
    const std::uint32_t hash = request_hash(request);
    SealedSegments sealed(db_);
    SQLite::Statement rows(db_,
                           "SELECT a.id FROM activity_row AS a WHERE a.id BETWEEN :first AND :last"
                           " AND a.request_id = :request" +
                               filter_.where() + " ORDER BY a.id DESC");
    filter_.bind(rows);
    rows.bind(":request", request);
    std::vector<std::int64_t> ids;
    int looks = 0;
    const auto count_look = [&] {
        if (++looks % 64 == 0)
            check();
    };
    const auto look = [&](std::int64_t first, std::int64_t last) {
        count_look();
        rows.reset();
        rows.bind(":first", first);
        rows.bind(":last", last);
        while (rows.executeStep())
            ids.push_back(rows.getColumn(0).getInt64());
    };
    for (const std::int64_t segment : counts_.stretches(kSegmentBits - kBucketBits)) {
        count_look();
        const auto named = sealed.ids(segment, hash);
        if (!named)
            look(segment << kSegmentBits, ((segment + 1) << kSegmentBits) - 1);
        else
            for (const std::int64_t id : *named)
                look(id, id);
    }
    return ids;
}

void StoreReader::page_by_request(ActivityPage& page) {
    const auto ids = ids_of_request();
    page.total = static_cast<std::int64_t>(ids.size());
    const auto end = std::min(page.total, page.offset + page.limit);
    for (auto at = std::min(page.offset, end); at < end; ++at)
        read(ids[static_cast<std::size_t>(at)], ids[static_cast<std::size_t>(at)], 0, 1, page.entries);
}

}  // namespace agenthub
