// Questions to a daemon's administrative routes.
// Functions without state.

#pragma once

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/daemon.hpp"

namespace agenthub::test {

// The body of the reply; null when there is none.
inline nlohmann::json get(const Daemon& daemon, const std::string& path) {
    httplib::Client http("127.0.0.1", daemon.port());
    http.set_read_timeout(30);
    const auto reply = http.Get(path);
    return reply ? nlohmann::json::parse(reply->body) : nlohmann::json();
}

// "process" of GET /servers/{server}; null when there is no such server.
inline nlohmann::json process_of(const Daemon& daemon, const std::string& server = "hostile") {
    return get(daemon, "/servers/" + server)["process"];
}

// The status of the reply; 0 when there is none.
inline int post(const Daemon& daemon, const std::string& path) {
    httplib::Client http("127.0.0.1", daemon.port());
    http.set_read_timeout(30);
    const auto reply = http.Post(path);
    return reply ? reply->status : 0;
}

}  // namespace agenthub::test
