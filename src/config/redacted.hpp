// A server's entry without its secrets: what people and HTTP clients (GET /servers/{name}) may see of it.
// Pure functions.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "config/server_config.hpp"

namespace agenthub {

// The texts as they stand in the file, so that nothing that came out of a variable is shown.
AsWritten shown(const ServerConfig& server);

// Without the credentials of a URL, which stand before "@" and after "?".
std::string shown_url(const std::string& url);

// The "config" object of GET /servers/{name}: every field; durations in seconds; env values replaced by "***".
nlohmann::json redacted_server_json(const ServerConfig& server);

}  // namespace agenthub
