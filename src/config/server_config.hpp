// The typed configuration of one MCP server.
// Plain values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "config/server_limits.hpp"

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

// Who shares a process of a server.
enum class Isolation {
    shared,     // all clients
    session,    // nobody: each session has its own
    caller,     // the sessions of one principal
    automatic,  // all clients, until the server asks one of them something; see ServerSlot::owner_of()
};

// As it is written in the file.
constexpr std::string_view to_string(Isolation isolation) noexcept {
    switch (isolation) {
        case Isolation::session: return "session";
        case Isolation::caller: return "caller";
        case Isolation::automatic: return "auto";
        case Isolation::shared: break;
    }
    return "shared";
}

// Which era of the protocol a server is addressed in.
enum class EraChoice {
    automatic,  // whichever it speaks: it is asked, and what it said is remembered
    legacy,     // initialize, up to 2025-11-25
    modern,     // 2026-07-28
};

// As it is written in the file.
constexpr std::string_view to_string(EraChoice era) noexcept {
    switch (era) {
        case EraChoice::legacy: return "legacy";
        case EraChoice::modern: return "modern";
        case EraChoice::automatic: break;
    }
    return "auto";
}

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

    Isolation isolation = Isolation::shared;
    EraChoice era = EraChoice::automatic;
    std::size_t max_instances = 16;  // processes at a time, unless shared; 0: any number
    std::size_t warm = 0;            // processes kept ready for those who come, unless shared
    Duration idle_stop{0};           // without a call for so long it is stopped; 0: never
    // A session that was cut off and does not come back within this time ends.
    Duration session_grace{std::chrono::seconds(300)};

    std::size_t max_concurrency = 0;  // calls at a time; 0: any number
    std::size_t queue = 256;          // calls that may wait for a place
    Duration queue_timeout{std::chrono::seconds(30)};
    std::uint32_t breaker_threshold = 3;  // failed calls in a row that open the circuit breaker; 0: never
    Duration breaker_recovery{std::chrono::seconds(30)};

    ServerLimits limits;  // of each of its processes

    // Empty: enabled. Otherwise why this one server cannot run; fit to be shown.
    std::string disabled_reason;

    bool operator==(const ServerConfig&) const = default;
};

}  // namespace agenthub
