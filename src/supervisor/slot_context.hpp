// What a slot needs of the world: whom it tells, and what all slots share.
// Owned by the supervisor.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/stdio_bridge.hpp"
#include "mcp/message.hpp"
#include "supervisor/catalogue_store.hpp"
#include "supervisor/guard_reaper.hpp"
#include "supervisor/launch_surroundings.hpp"

namespace agenthub {

class ServerSlot;

// Told of what servers do unasked. Implemented by whoever knows the clients. `owner`: see ServerSlot::owner_of().
class SupervisorEvents {
public:
    virtual ~SupervisorEvents() = default;
    virtual void on_server_notification(ServerSlot& slot, std::string_view owner, mcp::Message message) = 0;
    // The owner has a process that knows nothing of it yet; `again`: it had another before, so clients may hold on to
    // what that one said.
    virtual void on_server_running(ServerSlot& slot, std::string_view owner, bool again) = 0;
    // The server offers something else than its catalogue has said, as these notifications tell.
    virtual void on_lists_changed(ServerSlot& slot, const std::vector<std::string_view>& notifications) = 0;
    // The catalogue is as the server has just said; these lists may differ from what they were.
    virtual void on_catalogue_learned(ServerSlot& slot, const std::vector<std::string_view>& notifications) = 0;
    // The owner's process asks something while no call of its is in flight. False: there is nobody to ask.
    virtual bool on_server_question(ServerSlot& slot, std::string_view owner, std::shared_ptr<Question> question) = 0;
    // True: clients of this owner wait for what its process does between calls.
    virtual bool is_relied_on(const ServerSlot& slot, std::string_view owner) const = 0;
};

// What all slots share. References outlive the slots.
struct SlotContext {
    GuardReaper& reaper;
    SupervisorEvents& events;
    CatalogueStore& catalogues;
    std::string guard_path;
    BridgeLimits bridge_limits;
    LaunchSurroundings& surroundings;
};

}  // namespace agenthub
