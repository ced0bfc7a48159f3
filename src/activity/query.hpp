// What can be asked of the activity log, what comes back, and its JSON.
// Values; no ownership.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace agenthub {

inline constexpr std::int64_t kDefaultPage = 50;
inline constexpr std::int64_t kMaxPage = 1000;

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
    std::int64_t limit = kDefaultPage;  // taken into 0 … kMaxPage
    std::int64_t offset = 0;            // taken to at least 0
};

struct ActivityEntry {
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
    std::int64_t total = 0;  // rows that match every filter, whatever limit and offset are
    std::int64_t limit = 0;  // as applied
    std::int64_t offset = 0;
    std::vector<ActivityEntry> entries;  // newest first: in the reverse order of recording
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
