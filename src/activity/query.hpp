// What can be asked of the activity log, what comes back, and its JSON.
// Values; no ownership.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

inline constexpr std::int64_t kDefaultPage = 50;
inline constexpr std::int64_t kMaxPage = 1000;
// Rows that match words of an error are counted up to here.
inline constexpr std::int64_t kMaxErrorTotal = 2000;

// Where statistics put rows of methods that are too many to be counted one by one (activity/counts.hpp).
inline constexpr std::string_view kOtherMethods = "(other)";

// Filters that are set must all match, exactly.
struct ActivityQuery {
    std::optional<std::string> method;  // HTTP method
    std::optional<int> status_min;      // both ends belong to the range
    std::optional<int> status_max;
    std::optional<std::string> client_id;
    std::optional<std::string> request_id;
    std::optional<std::string> server;
    std::optional<std::string> tool;
    std::optional<std::string> outcome;
    std::optional<std::int64_t> since;  // milliseconds since the epoch: began then or later
    std::optional<std::int64_t> until;  // began before
    std::optional<std::string> error;   // words that all stand in the error's text; one that ends with * may go on
    std::int64_t limit = kDefaultPage;  // taken into 0 … kMaxPage
    std::int64_t offset = 0;            // taken to at least 0
};

struct ActivityEntry {
    std::int64_t row = 0;  // its place in this database, in the order of recording
    std::string node;
    std::int64_t epoch = 0;
    std::int64_t sequence = 0;
    std::int64_t unix_ms = 0;
    std::string request_id, client_id, client_ip;
    std::string http_method, path;
    int http_status = 0;
    std::string mcp_method, server, tool, session;
    std::string outcome;
    int error_code = 0;
    std::string error_text;
    std::int64_t duration_us = 0, queue_us = 0, server_us = 0;
    std::int64_t bytes_in = 0, bytes_out = 0;
};

struct ActivityPage {
    std::int64_t total = 0;   // rows that match every filter, whatever limit and offset are
    bool total_exact = true;  // false: there are at least so many (kMaxErrorTotal)
    std::int64_t limit = 0;   // as applied
    std::int64_t offset = 0;
    std::vector<ActivityEntry> entries;  // newest first: in the reverse order of recording
};

// Rows in the order of recording, from a position on.
struct ActivitySlice {
    std::int64_t position = 0;  // of the last row that was looked at
    bool done = false;          // nothing that matches follows up to the end that was asked for
    std::vector<ActivityEntry> entries;
};

struct ActivityStats {
    std::int64_t total_entries = 0;
    std::map<std::string, std::int64_t> by_method;
    std::map<int, std::int64_t> by_status;
};

// Append the JSON of GET /audit/activity (one entry, the page) and of /audit/activity/stats. Always valid JSON,
// whatever bytes a client sent as its texts.
void append_json(std::string& out, const ActivityEntry& entry);
void append_json(std::string& out, const ActivityPage& page);
void append_json(std::string& out, const ActivityStats& stats);

}  // namespace agenthub
