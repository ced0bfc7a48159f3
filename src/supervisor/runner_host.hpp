// What one process of a server tells its slot, and asks of it; and what the slot tells it of a new configuration.
// Implemented by ServerSlot.

#pragma once

#include <memory>
#include <optional>

#include "base/async.hpp"
#include "bridge/question.hpp"
#include "mcp/message.hpp"
#include "supervisor/server_stats.hpp"

namespace agenthub {

class ServerRunner;

struct RunnerChange {
    bool replace;    // in what a process is made of: calls from now on wait for the next one …
    bool recheck;    // in how a running one is watched
    Duration limit;  // … and those in flight have up to this
};

class RunnerHost {
public:
    virtual ~RunnerHost() = default;
    virtual void on_runner_notification(ServerRunner& runner, mcp::Message message) = 0;
    // The handshake is done; `again`: this runner had a process before.
    virtual void on_runner_running(ServerRunner& runner, bool again) = 0;
    // Its status has changed, or the last of a process is gone.
    virtual void on_runner_changed(ServerRunner& runner) = 0;
    // A process of an old configuration has been given up for one of the new.
    virtual void on_runner_replaced(ServerRunner& runner) = 0;
    // True: somebody relies on its process also between calls.
    virtual bool is_relied_on(const ServerRunner& runner) const = 0;
    // Whether the server spoke the modern era when it last ran; nullopt: nobody knows.
    virtual std::optional<bool> was_modern() const = 0;
    // The server asks its client something: see ServerEvents.
    virtual void on_runner_asked(ServerRunner& runner) = 0;
    virtual bool on_runner_question(ServerRunner& runner, std::shared_ptr<Question> question) = 0;
    // Where is counted what must outlast the process.
    virtual ServerStats& stats() noexcept = 0;
    // Returns when nothing stands in the way of a process of this runner: true when it had to wait.
    virtual awaitable<bool> clear_to_launch(const ServerRunner& runner) = 0;
};

}  // namespace agenthub
