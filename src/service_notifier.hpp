// Keeps the service manager informed: ready, status, signs of life, stopping.
// Owned by the daemon; run() lives in the daemon's task group.

#pragma once

#include "base/service_manager.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

class ServiceNotifier {
public:
    // `supervisor` outlives it.
    ServiceNotifier(Executor executor, const ServiceSettings& settings, const Supervisor& supervisor);

    // To be started when AgentHub listens: says so, and then tells what changes, within a second, and feeds the
    // watchdog. It runs on the loop like every request does, so a loop that is stuck starves the watchdog. Ends at once
    // when nobody listens.
    awaitable<void> run();

    // AgentHub has begun to stop. The watchdog is fed on, until the end.
    void stopping();

private:
    std::string status() const;
    void tell();

    SteadyTimer timer_;
    const Supervisor& supervisor_;
    bool listened_to_;
    NotifySocket socket_;
    ServiceReport report_;
    bool stopping_ = false;
    bool failure_logged_ = false;
};

}  // namespace agenthub
