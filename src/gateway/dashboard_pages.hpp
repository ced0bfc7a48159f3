// The pages of the dashboard, and the parts of them that a page asks for again and again.
// Pure functions of plain values; what they are told is escaped and without secrets in what they return.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "activity/query.hpp"
#include "base/circuit_breaker.hpp"
#include "gateway/admin_documents.hpp"
#include "gateway/embedded_files.hpp"

namespace agenthub {

// One server as a row of the dashboard.
struct ServerRow {
    std::string name;
    std::string description;
    std::string status;
    std::string reason;
    std::string last_error;
    std::optional<std::int32_t> pid;
    std::uint32_t restart_count = 0;
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
    BreakerState breaker = BreakerState::closed;
};

// A whole page: `title`, and `body` as HTML.
std::string page(std::string_view title, std::string_view body);

std::string dashboard_page(std::string_view health, std::string_view stats);
std::string health_part(const std::vector<ServerRow>& servers, const DaemonFacts& facts);
std::string stats_part(const DaemonFacts& facts);
std::string activity_part(const ActivityPage& page);
std::string guides_part();
std::string guide_page(const EmbeddedFile& guide);

}  // namespace agenthub
