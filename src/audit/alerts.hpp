// What an operator should look at: the alerts, the newest of them, in memory.
// Pure; owned by AuditService.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

enum class AlertSeverity : std::uint8_t { info, warning, critical };
inline constexpr std::array kAlertSeverities = {AlertSeverity::info, AlertSeverity::warning, AlertSeverity::critical};

std::string_view to_string(AlertSeverity severity) noexcept;
std::optional<AlertSeverity> read_severity(std::string_view text) noexcept;

struct Alert {
    std::int64_t id = 0;  // given by the book, from 1
    std::int64_t unix_ms = 0;
    AlertSeverity severity = AlertSeverity::info;
    std::string type;         // "repeated_failures"; see AlertRules
    std::string description;  // a sentence
    // By name, for programs.
    std::vector<std::pair<std::string, std::string>> details;
    std::string client_id;
    std::string client_ip;
};

class AlertBook {
public:
    // Keeps the newest `limit`.
    explicit AlertBook(std::size_t limit) : limit_(limit) {}

    void add(Alert alert);
    // Newest first, at most `limit`; of one severity where it is given.
    std::vector<const Alert*> newest(std::size_t limit, std::optional<AlertSeverity> severity) const;
    std::size_t count(std::optional<AlertSeverity> severity) const noexcept;
    // Of those that are kept.
    std::map<std::string, std::size_t, std::less<>> by_type() const;

    std::size_t size() const noexcept { return alerts_.size(); }
    // Also those that are no longer kept.
    std::int64_t raised() const noexcept { return raised_; }

private:
    std::size_t limit_;
    std::int64_t raised_ = 0;
    std::deque<Alert> alerts_;  // oldest first
};

// {"total":…,"alerts":[…]} with the newest `limit`, and {"total_alerts":…,"by_severity":{…},"by_type":{…}}.
std::string alerts_document(const AlertBook& book, std::size_t limit, std::optional<AlertSeverity> severity);
std::string alert_stats_document(const AlertBook& book);

}  // namespace agenthub
