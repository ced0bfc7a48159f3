// Counts and keeps what the client sent.
// Owned by Server.

#include "tests/support/hostile_server/stats.hpp"

#include <unistd.h>

#include <utility>

namespace agenthub::test {
namespace {

void keep(std::deque<std::string>& lines, const std::string& raw) {
    if (lines.size() >= 1000)
        lines.pop_front();
    lines.push_back(raw);
}

}  // namespace

void Stats::saw_request(std::string_view method, const std::string& raw) {
    ++requests_[std::string(method)];
    if (method != "tools/call")
        return;  // health checks and lists come whenever they like
    previous_ = std::exchange(current_, raw);
}

void Stats::saw_notification(const std::string& raw) {
    ++notification_count_;
    keep(notifications_, raw);
}

void Stats::saw_answer(const std::string& raw, bool expected) {
    ++answer_count_;
    if (!expected)
        keep(unexpected_answers_, raw);
}

void Stats::saw_bad_line(const std::string& raw) {
    keep(bad_lines_, raw);
}

nlohmann::json Stats::to_json() const {
    nlohmann::json out;
    out["pid"] = ::getpid();
    out["requests"] = requests_;
    out["calls"] = calls;
    out["notification_count"] = notification_count_;
    out["notifications"] = notifications_;
    out["answer_count"] = answer_count_;
    out["unexpected_answers"] = unexpected_answers_;
    out["bad_lines"] = bad_lines_;
    out["cancelled"] = cancelled;
    out["subscriptions"] = subscriptions;
    out["initialize"] = initialize_params;
    out["log_level"] = log_level;
    return out;
}

}  // namespace agenthub::test
