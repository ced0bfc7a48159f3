// The alerts that are kept, and their documents.
// Pure.

#include "audit/alerts.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace agenthub {
namespace {

void append_member(std::string& out, std::string_view key, std::string_view text) {
    append_json_string(out, key);
    out += ':';
    append_json_string(out, text);
}

void append_alert(std::string& out, const Alert& alert) {
    out += R"({"id":)" + std::to_string(alert.id) + ",";
    append_member(out, "timestamp", iso8601(alert.unix_ms));
    out += ',';
    append_member(out, "severity", to_string(alert.severity));
    out += ',';
    append_member(out, "alert_type", alert.type);
    out += ',';
    append_member(out, "description", alert.description);
    out += R"(,"details":{)";
    for (const auto& [key, text] : alert.details) {
        if (out.back() != '{')
            out += ',';
        append_member(out, key, text);
    }
    out += "},";
    append_member(out, "client_id", alert.client_id);
    out += ',';
    append_member(out, "client_ip", alert.client_ip);
    out += '}';
}

}  // namespace

std::string_view to_string(AlertSeverity severity) noexcept {
    switch (severity) {
        case AlertSeverity::info: return "info";
        case AlertSeverity::warning: return "warning";
        case AlertSeverity::critical: return "critical";
    }
    return "critical";
}

std::optional<AlertSeverity> read_severity(std::string_view text) noexcept {
    for (const AlertSeverity severity : kAlertSeverities)
        if (to_string(severity) == text)
            return severity;
    return std::nullopt;
}

void AlertBook::add(Alert alert) {
    alert.id = ++raised_;
    alerts_.push_back(std::move(alert));
    while (alerts_.size() > limit_)
        alerts_.pop_front();
}

std::vector<const Alert*> AlertBook::newest(std::size_t limit, std::optional<AlertSeverity> severity) const {
    std::vector<const Alert*> out;
    for (auto alert = alerts_.rbegin(); alert != alerts_.rend() && out.size() < limit; ++alert)
        if (!severity || alert->severity == *severity)
            out.push_back(&*alert);
    return out;
}

std::size_t AlertBook::count(std::optional<AlertSeverity> severity) const noexcept {
    if (!severity)
        return alerts_.size();
    return static_cast<std::size_t>(
        std::count_if(alerts_.begin(), alerts_.end(), [&](const Alert& alert) { return alert.severity == *severity; }));
}

std::map<std::string, std::size_t, std::less<>> AlertBook::by_type() const {
    std::map<std::string, std::size_t, std::less<>> out;
    for (const Alert& alert : alerts_)
        ++out[alert.type];
    return out;
}

std::string alerts_document(const AlertBook& book, std::size_t limit, std::optional<AlertSeverity> severity) {
    std::string out = R"({"total":)" + std::to_string(book.count(severity)) + R"(,"alerts":[)";
    for (const Alert* alert : book.newest(limit, severity)) {
        if (out.back() != '[')
            out += ',';
        append_alert(out, *alert);
    }
    return out + "]}";
}

std::string alert_stats_document(const AlertBook& book) {
    std::string out = R"({"total_alerts":)" + std::to_string(book.size()) + R"(,"by_severity":{)";
    for (const AlertSeverity severity : kAlertSeverities) {
        if (out.back() != '{')
            out += ',';
        append_json_string(out, to_string(severity));
        out += ":" + std::to_string(book.count(severity));
    }
    out += R"(},"by_type":{)";
    for (const auto& [type, count] : book.by_type()) {
        if (out.back() != '{')
            out += ',';
        append_json_string(out, type);
        out += ":" + std::to_string(count);
    }
    return out + "}}";
}

}  // namespace agenthub
