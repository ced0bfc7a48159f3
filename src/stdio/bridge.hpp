// An MCP server over standard input and output whose work is done by the daemon, over HTTP.
// Owned by run_stdio; loop thread only.

#pragma once

#include <list>
#include <memory>
#include <string>

#include "base/task_group.hpp"
#include "stdio/legacy_link.hpp"
#include "stdio/modern_calls.hpp"

namespace agenthub {

// Requests of the client that are under way at a time; one more is answered with an error.
inline constexpr std::size_t kMaxClientCalls = 512;
// The longest line of the client that is read.
inline constexpr std::size_t kMaxClientLine = 64 * 1024 * 1024;

struct StdioSetup {
    HttpUrl url;
    std::string endpoint;                    // "/mcp", "/mcp/NAME", "/mcp/view/NAME"
    std::unique_ptr<DaemonStarter> starter;  // null: nothing is started
    Duration patience{std::chrono::seconds(30)};
    Duration last_answers{std::chrono::seconds(1)};  // what is under way may be answered after the input's end
    int in = 0, out = 1;                             // descriptors
};

class StdioToHttp {
public:
    StdioToHttp(Executor executor, StdioSetup setup);

    // Serves until the input ends, nobody reads the output any more, or stop(); then ends its session and all it does.
    awaitable<void> run();
    void stop() { end_.notify(); }

private:
    awaitable<void> read();
    awaitable<void> watch_output();
    awaitable<void> serve(std::unique_ptr<ClientCall> call, bool modern);
    awaitable<void> take_line(std::string_view line);
    awaitable<void> take_request(mcp::Message message);
    bool cancel(const mcp::Message& notification);
    awaitable<void> until_idle();

    Executor executor_;
    StdioSetup setup_;
    LineInput in_;
    LineOutput out_;
    DaemonHttp http_;
    DaemonReach reach_;
    ToolMemory tools_;
    LegacyLink legacy_;
    ModernCalls modern_;
    std::list<ClientCall*> calls_;  // each belongs to its coroutine
    Wakeup call_ended_;
    Event end_;
    TaskGroup tasks_;    // what ends with the input
    TaskGroup writing_;  // the output, which ends last
};

}  // namespace agenthub
