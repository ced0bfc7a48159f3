// What the operator wants to happen around calls: rights, which come first, and hooks. Both change with a reload.
// Owned by the gateway; loop thread only.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/exchange.hpp"
#include "gateway/call_route.hpp"
#include "gateway/catalogue_tools.hpp"
#include "hooks/command_runner.hpp"
#include "hooks/hook_chain.hpp"
#include "hooks/rights.hpp"

namespace agenthub {

class Enhancer;

// What rules and hooks call the thing that a request is about; see RightsQuestion::tool.
class CallSubject {
public:
    // `own_name`: JSON text, where the server calls it otherwise than the request does; else empty.
    CallSubject(const mcp::Message& request, std::string_view own_name);
    std::string_view view() const noexcept { return text_.empty() ? plain_ : std::string_view(text_); }

private:
    std::string_view plain_;  // of the request
    std::string text_;        // only where it is written with escapes
};

class CallHooks {
public:
    CallHooks(ServerDirectory& servers, Enhancer& enhancer, GuardReaper& reaper, std::size_t processes);

    // At the start and after each reload. Hooks that are as before keep their counts and all that they remember; calls
    // that are on their way go on with what they began with.
    void reconfigure(const RightsConfig& rights, const std::vector<HookConfig>& hooks);

    // Nothing is configured: calls need not be looked at. (A branch is all that they cost then.)
    bool is_idle() const noexcept { return idle_; }

    // errc::forbidden when the caller has no right to the request; nullopt when it has. The handshake, pings, levels
    // and lists are free: what a client may not call, it may still see.
    std::optional<Error> refusal(const mcp::Caller& caller, std::string_view server, const mcp::Message& request,
                                 std::string_view own_name) const;
    std::optional<Error> refusal(const Exchange& exchange, std::string_view server) const;
    const Rights& rights() const noexcept { return *rights_; }

    // Never null.
    const std::shared_ptr<const HookRegistry>& registry() const noexcept { return registry_; }
    const ServerDirectory& servers() const noexcept { return servers_; }
    const CommandRunner& commands() const noexcept { return commands_; }

    // Kills the programs that run for hooks, and starts no more; join() returns when they are gone.
    void stop() { commands_.stop(); }
    awaitable<void> join() { return commands_.join(); }

private:
    ServerDirectory& servers_;
    Enhancer& enhancer_;
    Executor executor_;
    CatalogueTools tools_;
    CommandRunner commands_;
    std::unique_ptr<Rights> rights_;
    std::shared_ptr<const HookRegistry> registry_;  // other owners: the calls that began with it
    bool idle_ = true;
};

// One call with its hooks, on the frame of whoever forwards it.
class HookedCall {
public:
    using Reply = result<mcp::Message>;

    HookedCall(const CallHooks& hooks, Exchange& exchange, CallRoute& route, Executor executor);
    ~HookedCall() { route_.tell_of_leaving(nullptr); }
    HookedCall(const HookedCall&) = delete;
    HookedCall& operator=(const HookedCall&) = delete;

    // Some hook wants to see it, at some point.
    bool is_seen() const noexcept;

    // Before it goes to its server, whose arguments are in Exchange::rewording then. Not nullopt: it does not go there,
    // this is its reply.
    awaitable<std::optional<Reply>> before();
    // The reply that the client gets for what server or AgentHub have said.
    awaitable<Reply> after(Reply reply);
    // A hook has taken its time: that must not be taken from the server's.
    bool has_waited() const noexcept { return waited_; }

private:
    const HookRegistry::Entries& at(HookPoint point) const noexcept { return registry_->at(point); }
    awaitable<HookOutcome> ask(HookPoint point);
    awaitable<Reply> after_result(mcp::Message reply);
    awaitable<Reply> after_error(Reply reply);

    const std::shared_ptr<const HookRegistry> registry_;
    Exchange& exchange_;
    CallRoute& route_;
    CallSubject subject_;
    HookCall call_;
    Event left_;
    bool waited_ = false;
    bool is_ambiguous_ = false;  // "arguments" stands twice
    bool is_final_ = false;      // a hook has refused it, or its hooks have failed: that is the last word
    std::vector<std::pair<std::shared_ptr<HookEntry>, std::string>> notes_;
};

}  // namespace agenthub
