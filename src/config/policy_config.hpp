// The typed configuration of what happens around a call: rights, and hooks.
// Plain values.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.hpp"

namespace agenthub {

// One rule about who may call what. The patterns are globs; the first rule that matches decides.
struct RightConfig {
    std::string client = "*";  // its id: X-Client-ID, an API key's client_name, clientInfo's name
    std::string server = "*";
    std::string method = "*";
    std::string tool = "*";  // of tools/call the tool, of prompts/get the prompt, of resources/read the uri
    bool allow = false;
    bool operator==(const RightConfig&) const = default;
};

struct RightsConfig {
    bool allow_others = true;  // what no rule matches
    std::vector<RightConfig> rules;
    bool operator==(const RightsConfig&) const = default;
};

// When a hook runs: before the call goes to its server, after its answer, or when there is none.
enum class HookPoint : std::uint8_t { before, after, error };

// As it is written in the file.
constexpr std::string_view to_string(HookPoint point) noexcept {
    switch (point) {
        case HookPoint::after: return "after";
        case HookPoint::error: return "error";
        case HookPoint::before: break;
    }
    return "before";
}

enum class HookKind : std::uint8_t { builtin, command, http };

constexpr std::string_view to_string(HookKind kind) noexcept {
    switch (kind) {
        case HookKind::command: return "command";
        case HookKind::http: return "http";
        case HookKind::builtin: break;
    }
    return "builtin";
}

// What a rate limit counts together.
enum class RateKey : std::uint8_t { client_tool, client, tool, all };

// The options of the built-in hooks, of all kinds; each reads its own.
struct BuiltinOptions {
    // rate_limit: so many calls in that time, of which `burst` may come at once; 0: all of them.
    std::size_t calls = 60;
    Duration per{std::chrono::minutes(1)};
    std::size_t burst = 0;
    RateKey by = RateKey::client_tool;
    // rate_limit and cache: how many are kept in mind; the one that was used longest ago gives way.
    std::size_t max_entries = 10000;
    // cache
    Duration ttl{std::chrono::minutes(5)};
    std::size_t max_bytes = 16777216;
    bool every_tool = false;  // also those that do not say that they are read-only
    bool shared = false;      // among all clients
    // redact: globs for names of members, and for words in texts
    std::vector<std::string> keys, words;
    std::string replacement = "[redacted]";
    // normalize
    bool coerce = true;         // "5" becomes 5 where the schema wants a number, and the like
    bool defaults = true;       // of the schema, for arguments that are not there
    bool drop_unknown = false;  // arguments that the schema does not name
    // enhance: which argument, and by whose rule; empty: the first that is a prompt, the caller's
    std::string argument, client;
    bool operator==(const BuiltinOptions&) const = default;
};

struct HookConfig {
    std::string name;
    HookPoint on = HookPoint::before;
    std::string server = "*";  // a glob, as the next two
    std::string method = "tools/call";
    std::string tool = "*";
    HookKind kind = HookKind::builtin;
    std::string builtin;                                       // rate_limit, enhance, cache, redact, normalize
    BuiltinOptions options;                                    // of a built-in one
    std::vector<std::string> command;                          // program and arguments, no shell
    std::vector<std::pair<std::string, std::string>> env;      // of a command, besides the daemon's own PATH and HOME
    std::string url;                                           // of an HTTP endpoint
    std::vector<std::pair<std::string, std::string>> headers;  // of an HTTP endpoint
    Duration timeout{std::chrono::seconds(2)};
    bool operator==(const HookConfig&) const = default;
};

}  // namespace agenthub
