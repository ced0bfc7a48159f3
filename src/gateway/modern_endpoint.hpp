// The modern era of MCP (2026-07-28): no sessions, everything with each request.
// Owned by the gateway.

#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "gateway/aggregates.hpp"
#include "gateway/call_forwarder.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/modern_call.hpp"
#include "gateway/modern_clients.hpp"
#include "gateway/modern_seats.hpp"
#include "gateway/parked_calls.hpp"
#include "gateway/server_clients.hpp"
#include "gateway/server_directory.hpp"
#include "gateway/tool_headers.hpp"
#include "mcp/modern_request.hpp"

namespace agenthub {

class ModernChannel;
class ModernListen;

class ModernEndpoint {
public:
    ModernEndpoint(const Limits& limits, ServerDirectory& servers, Aggregates& aggregates, ServerClients& clients,
                   CallForwarder& calls, CallRecorder& recorder, TaskGroup& tasks);

    // One message of a client of this era.
    awaitable<void> post(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                         mcp::Message message);

    // Notices, every so often, who has closed its connection, and whose time is over.
    awaitable<void> run();
    // Ends the listens of endpoints that are no more, and all of them: clients come back to the next daemon.
    void end_lost_listens();
    void drain();
    // Gives up what waits for clients.
    void stop();

    std::size_t parked() const noexcept { return parked_.size(); }
    // For others whose calls have no session.
    ModernSeats& seats() noexcept { return seats_; }

private:
    using Reply = result<mcp::Message>;
    // One request that is being served, as long as it may be found closed.
    struct Served {
        HttpResponder& responder;
        ModernCall& call;
        TimePoint since;
    };

    bool is_usual(const HttpRequest& request, std::string_view endpoint, const mcp::Message& message,
                  mcp::ModernMeta& meta);
    awaitable<void> post_any(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                             mcp::Message message);
    awaitable<void> refuse(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                           std::string_view id, const mcp::ModernFault& fault);
    awaitable<void> answer_here(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                std::string_view method, std::string body, unsigned status, std::string_view why);
    awaitable<void> refuse(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                           const mcp::Message& message, const mcp::Caller& caller, const Error& unrecorded);
    mcp::Caller caller_from(const HttpRequest& request, const mcp::ModernMeta& meta);
    std::optional<mcp::ModernFault> check_tool_headers(std::string_view endpoint, const mcp::Message& message,
                                                       const mcp::HeaderSource& headers);
    awaitable<result<ServerInfo>> info_for(std::string_view endpoint, const mcp::Caller& caller);
    awaitable<void> discover(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                             mcp::Message message, mcp::Caller caller);
    awaitable<void> listen(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                           mcp::Message message, mcp::Caller caller);
    std::vector<std::pair<std::string, std::string>> take_seats(const std::string& endpoint, mcp::Caller& caller);
    std::vector<Subscription> subjects_of(std::string_view endpoint, std::string_view wanted, bool can_subscribe);
    awaitable<void> subscribe_all(ModernListen& listen, std::vector<Subscription> subjects);
    awaitable<void> subscribe_each(ModernListen& listen, std::vector<Subscription> subjects);
    awaitable<void> await_end(const ModernListen& listen);
    awaitable<void> serve_call(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                               mcp::Message message, mcp::Caller caller, std::optional<mcp::LogLevel> level);
    std::shared_ptr<ModernCall> call_of(mcp::Message message, mcp::Caller caller, Destination to);
    // A call whose server is known.
    awaitable<void> carry_out(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                              std::shared_ptr<ModernCall> own, std::optional<mcp::LogLevel> level);
    awaitable<void> list_of_many(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                 mcp::Message message);
    bool speaks_modern(std::string_view server, const mcp::Caller& caller) const;
    awaitable<Reply> outcome_of(const std::shared_ptr<ModernCall>& call, bool resumed, const HttpResponder& responder);
    awaitable<Reply> round_of(std::shared_ptr<ModernCall> call, bool resumed, const HttpResponder& responder);
    Reply park(const std::shared_ptr<ModernCall>& call);
    awaitable<Reply> answer(ModernCall& call);
    awaitable<void> run_call(std::shared_ptr<ModernCall> call);
    result<std::shared_ptr<ModernCall>> call_again(std::shared_ptr<ModernCall> retry, bool& resumed);
    awaitable<void> send_reply(HttpResponder& responder, ModernChannel& channel, ModernCall& call,
                               std::string_view endpoint, std::string_view id, const Reply& reply);

    const Limits& limits_;
    ServerDirectory& servers_;
    Aggregates& aggregates_;
    ServerClients& clients_;
    CallForwarder& calls_;
    CallRecorder& recorder_;
    TaskGroup& tasks_;
    ToolHeaders tool_headers_;
    ModernClients known_;
    ModernSeats seats_;
    ParkedCalls parked_;
    std::list<Served> served_;
    std::list<ModernListen*> listens_;  // owned by the requests being served
};

}  // namespace agenthub
