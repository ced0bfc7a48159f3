// Finding rows by their request id.
// Part of StoreReader.

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <string>
#include <vector>

#include "activity/record.hpp"
#include "activity/store_reader.hpp"

namespace agenthub {

// Each stretch is probed, newest first. The unary plus keeps SQLite from putting the parameter in the place of
// request_id within substr(), which would hide the index.
std::vector<std::int64_t> StoreReader::ids_of_request() {
    const int bits = request_index_.bits;
    const char* const known =
        request_index_.keyed ? " AND a.request_key = :key" : " AND substr(a.request_id, 1, 8) = substr(:request, 1, 8)";
    SQLite::Statement probe(db_, std::string("SELECT a.id FROM activity_row AS a INDEXED BY ") + request_index_.name +
                                     " WHERE a.id >> " + std::to_string(bits) + " = :stretch" + known +
                                     " AND +a.request_id = :request" + filter_.where() + " ORDER BY +a.id DESC");
    filter_.bind(probe);
    const std::string request = stored_text(*query_.request_id);
    probe.bind(":request", request);
    std::vector<std::int64_t> ids;
    int probes = 0;
    for (const std::int64_t stretch : counts_.stretches(bits - kBucketBits)) {
        if (++probes % 64 == 0)
            check();
        probe.reset();
        probe.bind(":stretch", stretch);
        if (request_index_.keyed)
            probe.bind(":key", request_key(stretch << bits, request));
        while (probe.executeStep())
            ids.push_back(probe.getColumn(0).getInt64());
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
