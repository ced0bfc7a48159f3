// Values as the administrative documents have them: what is not there is null.
// Pure functions.

#pragma once

#include <optional>

#include "base/text.hpp"
#include "gateway/admin_documents.hpp"
#include "supervisor/server_status.hpp"

namespace agenthub {

inline Document time_or_null(std::optional<std::int64_t> unix_ms) {
    return unix_ms && *unix_ms != 0 ? Document(iso8601(*unix_ms)) : Document();
}

inline Document pid_of(const ServerStatus& status) {
    return status.pid ? Document(*status.pid) : Document();
}

inline Document last_error_of(const ServerStatus& status) {
    return status.last_error.empty() ? Document() : Document(status.last_error);
}

inline Document last_error_code_of(const ServerStatus& status) {
    return status.last_error_code ? Document(code_of(*status.last_error_code)) : Document();
}

}  // namespace agenthub
