// The typed configuration: what the file, the environment and the defaults add up to.
// Plain values, owned by app, which hands parts of it down.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "config/aggregate_config.hpp"
#include "config/enhancement_config.hpp"
#include "config/fault.hpp"
#include "config/listen_address.hpp"
#include "config/ollama_config.hpp"
#include "config/pipeline_config.hpp"
#include "config/policy_config.hpp"
#include "config/record_config.hpp"
#include "config/server_config.hpp"

namespace agenthub {

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
    Duration poll_after{};                     // a call's connection is dropped for its client to come back; 0: never
    std::size_t stream_queue_bytes = 1048576;  // queued towards one slow reader
    std::size_t parked_calls = 256;            // whose servers wait for what modern clients answer
    Duration parked_time{std::chrono::seconds(300)};
    std::size_t batch_calls = 1000;      // in one POST /batch or call_many
    std::size_t batch_concurrency = 64;  // the most that max_concurrent may say
    std::size_t activity_streams = 16;   // clients of GET /audit/activity/stream at a time
    std::size_t hook_processes = 32;     // external commands of hooks at a time; others wait
    Duration header_timeout{std::chrono::seconds(30)};
    Duration body_timeout{std::chrono::seconds(60)};
    Duration keep_alive{std::chrono::seconds(120)};
    Duration drain_timeout{std::chrono::seconds(10)};
    bool operator==(const Limits&) const = default;
};

struct LogConfig {
    std::string level = "info";   // trace, debug, info, warn, error, off
    std::string format = "text";  // text, json
    bool operator==(const LogConfig&) const = default;
};

struct Config {
    std::vector<ListenAddress> listen;  // never empty once parsed
    std::string state_dir;              // as configured; resolve_state_dir() decides
    std::string cgroup = "auto";        // "auto", "off", or the absolute path of a control group
    std::vector<ServerConfig> servers;  // in the order of the file
    AggregateConfig aggregate;
    std::vector<ViewConfig> views;  // in the order of the file
    OllamaConfig ollama;
    EnhancementConfig enhancement;
    std::vector<ApiKey> api_keys;  // none: /v1 asks for no token
    Limits limits;
    std::vector<std::string> allowed_origins;  // "scheme://host[:port]", lower case
    std::vector<std::string> allowed_hosts;    // "host[:port]", lower case
    RightsConfig rights;
    std::vector<HookConfig> hooks;  // in the order of the file
    PipelinesConfig pipelines;
    ActivityConfig activity;
    AuditConfig audit;
    LogConfig log;
    bool watch = false;       // a changed file is applied by itself
    std::string source_path;  // empty: no file, defaults only
    // What POST /servers/install writes to: the file above, unless $MCP_SERVERS_CONFIG names another.
    std::string servers_file;
    std::vector<std::string> more_files;   // that were read as well, or would have been
    std::vector<std::string> secrets;      // values that nobody may see: for hide_secrets()
    std::vector<std::string> credentials;  // by name: what the reading of this configuration asked for
    std::vector<Fault> warnings;
    bool operator==(const Config&) const = default;
};

}  // namespace agenthub
