// Parent and undertaker of one MCP server: when the server or the daemon ends, it kills everything below itself.
// Owned by main(); one per mcp-guard process.

#pragma once

#include <sys/types.h>

#include "guard/options.hpp"
#include "guard/protocol.hpp"

namespace agenthub {

class Guard {
public:
    explicit Guard(const GuardOptions& options) noexcept;

    // Runs the server to its end. Returns, with the exit code for main(), only when this process has no descendant and
    // the server's control group, if it has one, is removed.
    int run() noexcept;

private:
    bool start() noexcept;
    void until_no_child_is_left() noexcept;
    void read_control() noexcept;
    void read_report() noexcept;
    void read_signals() noexcept;
    // Reaps what has ended. False: this process has no child any more.
    bool reap() noexcept;
    void server_ended() noexcept;
    void kill_children() noexcept;
    void wait_for_events() noexcept;
    void send(GuardVerb verb, int value, GuardStage stage = GuardStage::none) noexcept;

    const GuardOptions& options_;
    int control_;
    int commands_;       // control_ while it is being read, then -1
    int signals_ = -1;   // signalfd for SIGCHLD
    int report_ = -1;    // until the exec has succeeded or failed
    pid_t server_ = -1;  // -1 once it has been reaped: its number may then be somebody else's
    bool ending_ = false;
    int pause_ms_ = 0;  // between two rounds of killing
};

}  // namespace agenthub
