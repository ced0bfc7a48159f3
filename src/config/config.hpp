// The typed configuration: what the file, the environment and the defaults add up to.
// Plain values, owned by app, which hands parts of it down.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "config/fault.hpp"
#include "config/listen_address.hpp"

namespace agenthub {

// Shown by name only; the value may be a secret.
struct EnvVar {
    std::string name, value;
    bool operator==(const EnvVar&) const = default;
};

// The texts of a server as they stand in the file, references not expanded: what people and HTTP clients may see,
// because whatever came out of a variable may be a secret.
struct AsWritten {
    std::string command;
    std::vector<std::string> args;
    std::string cwd;
    bool operator==(const AsWritten&) const = default;
};

// What a server is asked to see whether it works. `params` is JSON text, or empty; it may hold a secret.
struct HealthProbe {
    std::string method = "ping", params;
    bool operator==(const HealthProbe&) const = default;
};

struct ServerConfig {
    std::string name;
    std::string command;  // never run through a shell
    std::vector<std::string> args;
    std::vector<EnvVar> env;  // added to the daemon's own
    std::string cwd;          // absolute, or empty: the daemon's own
    std::optional<AsWritten> written;

    std::string package, transport = "stdio", url, description;
    bool auto_start = false;
    bool restart_on_failure = true;
    int max_restarts = 3;
    Duration health_check_interval{std::chrono::seconds(30)};  // 0: no health check
    Duration health_check_timeout{std::chrono::seconds(10)};
    int health_check_failures = 3;  // in a row, until it is given up
    HealthProbe health_check;
    Duration call_timeout{std::chrono::seconds(60)};  // every progress restarts it
    Duration max_call_time{std::chrono::hours(1)};    // whatever progress there is; 0: any
    Duration start_timeout{std::chrono::seconds(60)};
    Duration stop_timeout{std::chrono::seconds(5)};  // for each step of stopping

    std::size_t max_concurrency = 0;  // calls at a time; 0: any number
    std::size_t queue = 256;          // calls that may wait for a place
    Duration queue_timeout{std::chrono::seconds(30)};
    std::uint32_t breaker_threshold = 3;  // failed calls in a row that open the circuit breaker; 0: never
    Duration breaker_recovery{std::chrono::seconds(30)};

    // Empty: enabled. Otherwise why this one server cannot run; fit to be shown.
    std::string disabled_reason;

    bool operator==(const ServerConfig&) const = default;
};

// What one client, server or reader may take; the behaviour at each limit stands where it is enforced.
struct Limits {
    std::size_t body_bytes = 16777216;  // one HTTP request body
    std::size_t line_bytes = 67108864;  // one line of a server's stdout
    std::size_t header_bytes = 16384;   // request line and headers
    std::size_t connections = 4096;
    std::size_t sessions = 10000;
    std::size_t pending_per_server = 1024;
    Duration session_idle{std::chrono::seconds(3600)};
    std::size_t replay_bytes = 1048576;  // kept per stream for a client that reconnects
    std::size_t streams_per_session = 8;
    std::size_t stream_queue_bytes = 1048576;  // queued towards one slow reader
    Duration header_timeout{std::chrono::seconds(30)};
    Duration body_timeout{std::chrono::seconds(60)};
    Duration keep_alive{std::chrono::seconds(120)};
    Duration drain_timeout{std::chrono::seconds(10)};
    bool operator==(const Limits&) const = default;
};

struct ActivityConfig {
    std::size_t queue = 65536;  // rows waiting for the database
    Duration batch_ms{50};
    int retention_days = 30;
    std::uint64_t max_bytes = 536870912;
    bool operator==(const ActivityConfig&) const = default;
};

struct LogConfig {
    std::string level = "info";   // trace, debug, info, warn, error, off
    std::string format = "text";  // text, json
    bool operator==(const LogConfig&) const = default;
};

struct Config {
    std::vector<ListenAddress> listen;  // never empty once parsed
    std::string state_dir;              // as configured; resolve_state_dir() decides
    std::vector<ServerConfig> servers;  // in the order of the file
    Limits limits;
    std::vector<std::string> allowed_origins;  // "scheme://host[:port]", lower case
    std::vector<std::string> allowed_hosts;    // "host[:port]", lower case
    ActivityConfig activity;
    LogConfig log;
    bool watch = false;       // a changed file is applied by itself
    std::string source_path;  // empty: no file, defaults only
    std::vector<Fault> warnings;
    bool operator==(const Config&) const = default;
};

}  // namespace agenthub
