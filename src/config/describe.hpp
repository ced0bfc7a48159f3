// The configuration for people (`agenthub check-config`) and for HTTP clients (GET /servers/{name}), secrets hidden.
// Pure functions.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "config/config.hpp"

namespace agenthub {

// What would run: addresses, each server, every setting with its value in force, then the warnings. Of "env" only the
// names; of command and arguments the text in the file, so nothing that came out of a variable is shown.
std::string describe_config(const Config& config);

// The "config" object of GET /servers/{name}: every field; durations in seconds; env values replaced by "***".
nlohmann::json redacted_server_json(const ServerConfig& server);

}  // namespace agenthub
