// A bridge over real pipes, with the test itself as the server at their other ends.
// Owned by each test; see with_rig().

#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/task_group.hpp"
#include "bridge/stdio_bridge.hpp"
#include "tests/bridge/seen_events.hpp"
#include "tests/bridge/test_exchange.hpp"

namespace agenthub {

// Ends a test's coroutine when the condition is false, as ASSERT_TRUE would end a function.
#define CO_REQUIRE(condition)                  \
    do {                                       \
        if (!(condition)) {                    \
            ADD_FAILURE() << #condition;       \
            throw std::runtime_error("ended"); \
        }                                      \
    } while (false)

using Pipe = asio::posix::basic_stream_descriptor<Executor>;

class ClientCall;
class OwnRequest;

class BridgeRig {
public:
    BridgeRig(asio::io_context& loop, BridgeLimits limits);
    ~BridgeRig();

    // A client's call and AgentHub's own request, running beside the test. The rig keeps them until its end.
    ClientCall& call(std::string request, std::string session = "session", CallTime time = {});
    OwnRequest& request(std::string method, Deadline deadline = {});
    // Lets the loop turn until what was begun before has gone as far as it can without anybody's doing.
    awaitable<void> turns();
    // Returns when every call and request has its outcome.
    awaitable<void> all_settled();

    // The server's side. receive() gives the next line the server reads, without its line feed; "" at the end.
    awaitable<std::string> receive();
    awaitable<void> send(std::string line);
    awaitable<void> send_raw(std::string bytes);
    // Reads exactly `n` bytes, the rest stays in the pipe.
    awaitable<std::string> receive_raw(std::size_t n);
    // The id of the next line the server reads, which must be a request of that method.
    awaitable<std::string> receive_call(std::string_view method);
    // Returns when the bridge has taken every line sent so far: it answers a ping that follows them.
    awaitable<void> lines_are_taken();

    SeenEvents events;
    Pipe server_in, server_out, server_err;
    StdioBridge bridge;

private:
    BridgeRig(asio::io_context& loop, BridgeLimits limits, StdioPipes ours, StdioPipes theirs);
    static std::pair<UniqueFd, UniqueFd> make_pipe();

    std::vector<std::unique_ptr<ClientCall>> calls_;
    std::vector<std::unique_ptr<OwnRequest>> requests_;
    std::string unread_;
    int pings_ = 0;
};

// One client's call. A test that does not wait for it leaves it to the rig.
class ClientCall {
public:
    ClientCall(BridgeRig& rig, std::string request, std::string session = "session", CallTime time = {});

    awaitable<void> settled() { return task_.join(); }
    // The client goes away: its coroutine is cancelled.
    awaitable<void> abandon();
    errc failure() const { return outcome && outcome->has_error() ? outcome->error().code : errc::internal; }
    std::string reply() const { return outcome && outcome->has_value() ? (*outcome)->text() : ""; }

    TestExchange exchange;
    std::optional<result<mcp::Message>> outcome;

private:
    awaitable<void> run(StdioBridge& bridge);
    TaskGroup task_;
};

// AgentHub's own request.
class OwnRequest {
public:
    OwnRequest(BridgeRig& rig, std::string method, Deadline deadline = {});
    awaitable<void> settled() { return task_.join(); }
    errc failure() const { return outcome && outcome->has_error() ? outcome->error().code : errc::internal; }

    std::optional<result<mcp::Message>> outcome;

private:
    awaitable<void> run(StdioBridge& bridge, std::string method, Deadline deadline);
    TaskGroup task_;
};

// Runs `body` with a started bridge, then fails what is pending and stops the bridge; fails the test when that takes
// longer than 30 s.
void with_rig(awaitable<void> (*body)(BridgeRig&), BridgeLimits limits = {});

// A tools/call of the client's id, which is JSON text.
std::string tool_call(std::string_view id, std::string_view meta = {});

// The server's progress for a call; all three are JSON text.
std::string progress(std::string_view token, std::string_view value, std::string_view rest = "");

}  // namespace agenthub
