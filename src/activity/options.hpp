// What the activity log needs to know from the configuration.
// A value; made by the composition root.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/async.hpp"

namespace agenthub {

// A row of this node, as far as retention is concerned.
struct ActivityPosition {
    std::int64_t epoch = 0;
    std::int64_t sequence = 0;
};

struct ActivityOptions {
    std::filesystem::path path;  // the database file; its directory must exist
    std::string node;            // host name; with epoch and the sequence the key of a row
    std::int64_t epoch = 0;      // random per run of the daemon (base/uuid.hpp)
    std::size_t queue = 65536;   // records accepted and not yet committed; beyond, they are dropped and counted.
                                 // 0: nothing is recorded
    Duration batch{50};          // a record waits at most so long before it is handed to the writer
    bool strict = false;         // a record is handed over at once, and committed durably: somebody waits for it
    int retention_days = 30;     // older rows are deleted; 0 keeps them
    std::int64_t max_bytes = 512 * 1024 * 1024;  // of the file and its WAL; 0: no limit, else at least 4 MiB
    // The newest row that retention may delete, asked on the SQLite thread; nothing may be deleted when it answers
    // nullopt or a position this database does not know. Absent: every row may be deleted.
    std::function<std::optional<ActivityPosition>()> watermark;
};

}  // namespace agenthub
