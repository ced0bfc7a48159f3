// What a slot needs of the world: whom it tells, and what all slots share.
// Owned by the supervisor.

#pragma once

#include <string>

#include "bridge/stdio_bridge.hpp"
#include "mcp/message.hpp"
#include "supervisor/guard_reaper.hpp"
#include "supervisor/launch_surroundings.hpp"

namespace agenthub {

class ServerSlot;

// Told of what servers do unasked. Implemented by whoever knows the clients.
class SupervisorEvents {
public:
    virtual ~SupervisorEvents() = default;
    virtual void on_server_notification(ServerSlot& slot, mcp::Message message) = 0;
    // The handshake is done; `again`: this server ran before, so clients may hold on to what it said then.
    virtual void on_server_running(ServerSlot& slot, bool again) = 0;
};

// What all slots share. References outlive the slots.
struct SlotContext {
    GuardReaper& reaper;
    SupervisorEvents& events;
    std::string guard_path;
    BridgeLimits bridge_limits;
    LaunchSurroundings& surroundings;
};

// The processes of one server that this daemon knows by number.
struct ServerProcesses {
    pid_t guard;
    pid_t server;  // 0: it has ended, and its guard is ending what it left
};

}  // namespace agenthub
