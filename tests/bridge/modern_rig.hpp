// A modern server's upstream over a bridge's rig: the test is the server.
// Owned by each test; see with_modern().

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridge/modern_upstream.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {

// One client's call at the upstream.
class ModernClientCall {
public:
    ModernClientCall(Executor executor, ModernUpstream& upstream, std::string request, CallTime time = {})
        : exchange(std::move(request), "session", time), task_(executor), upstream_(upstream) {}

    // After the exchange has been filled in.
    void begin() { task_.spawn(run(), "client call"); }
    awaitable<void> settled() { return task_.join(); }
    errc failure() const { return outcome && outcome->has_error() ? outcome->error().code : errc::internal; }
    std::string reply() const { return outcome && outcome->has_value() ? (*outcome)->text() : ""; }

    TestExchange exchange;
    std::optional<result<mcp::Message>> outcome;

private:
    awaitable<void> run();
    TaskGroup task_;
    ModernUpstream& upstream_;
};

class ModernRig {
public:
    explicit ModernRig(BridgeRig& bridge_rig);

    // Call `begin()` of what new_call() gives; call() has done so.
    ModernClientCall& new_call(std::string request, CallTime time = {});
    ModernClientCall& call(std::string request, CallTime time = {});
    // AgentHub's own request at the upstream.
    awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params = {},
                                            Deadline deadline = {}) {
        return upstream.request(method, params, deadline);
    }
    // What the server said of itself: JSON text of its capabilities.
    void introduce(std::string_view capabilities);
    // The next line that the server reads, which must be of that method.
    awaitable<mcp::Message> receive(std::string_view method);
    awaitable<void> answer(const mcp::Message& request, std::string_view result);
    // Ends what the calls wait for, and waits for them.
    awaitable<void> end();

    BridgeRig& rig;
    ModernUpstream upstream;

private:
    std::vector<std::unique_ptr<ModernClientCall>> calls_;
};

// Runs `body` as with_rig() does.
void with_modern(awaitable<void> (*body)(ModernRig&));

}  // namespace agenthub
