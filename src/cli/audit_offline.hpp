// Verifying the audit in a state directory that no daemon uses.
// A function.

#pragma once

#include <nlohmann/json.hpp>

#include <string>

#include "base/error.hpp"

namespace agenthub {

// The document of GET /audit/integrity/verify. Nothing is written. `anchor` is "SEQ:HASH" or empty. Errors:
// errc::busy (a daemon runs there), errc::invalid_params, errc::io_error, errc::database_error.
result<nlohmann::ordered_json> verify_offline(const std::string& directory, const std::string& anchor);

}  // namespace agenthub
