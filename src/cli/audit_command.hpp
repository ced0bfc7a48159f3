// agenthub audit: whether the record of administrative actions is whole, and what is in it.
// Functions; they own what they need while they run.

#pragma once

#include <optional>
#include <string>

#include "cli/console.hpp"

namespace CLI {
class App;
}

namespace agenthub {

struct AuditCommandOptions {
    CLI::App* command = nullptr;  // as the two below: owned by the command line
    CLI::App* verify = nullptr;
    CLI::App* log = nullptr;
    std::optional<std::string> url;
    std::optional<std::string> state_dir;  // read there, without a daemon
    std::string anchor;                    // "SEQ:HASH"; empty: none
    std::string action, actor, subject, since;
    int limit = 20;
    bool json = false;
};

// Adds the command; it writes to `options`, which outlives the parsing.
void add_audit(CLI::App& app, AuditCommandOptions& options, const char* url_help);

// Returns the exit code: kExitFailed when the record is not whole.
int run_audit(const AuditCommandOptions& options, const Console& console);

}  // namespace agenthub
