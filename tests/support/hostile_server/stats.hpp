// What reached the hostile server, byte for byte, so that tests can assert it.
// Owned by Server.

#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace agenthub::test {

class Stats {
public:
    void saw_request(std::string_view method, const std::string& raw);
    void saw_notification(const std::string& raw);
    void saw_answer(const std::string& raw, bool expected);
    void saw_bad_line(const std::string& raw);

    // As one object: requests and calls counted by name, notifications, answers nobody asked for and lines that were no
    // message with their raw text (the last 1000 each), cancelled ids, subscriptions.
    nlohmann::json to_json() const;

    // The raw line of the latest request that was no ping, before the present one.
    const std::string& last_raw() const noexcept { return previous_; }

    std::map<std::string, std::int64_t> calls;  // tools/call by tool
    std::deque<std::string> cancelled;          // raw JSON ids, in order
    std::set<std::string> subscriptions;        // uris
    nlohmann::json initialize_params;
    std::string log_level;

private:
    std::map<std::string, std::int64_t> requests_;
    std::int64_t notification_count_ = 0;
    std::int64_t answer_count_ = 0;
    std::deque<std::string> notifications_;
    std::deque<std::string> unexpected_answers_;
    std::deque<std::string> bad_lines_;
    std::string previous_;
    std::string current_;
};

}  // namespace agenthub::test
