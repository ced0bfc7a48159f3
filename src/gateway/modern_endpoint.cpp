// What a modern request is, who sends it, and what is answered without a server.
// Owned by the gateway.

#include "gateway/modern_endpoint.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/modern_headers.hpp"
#include "gateway/modern_replies.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// A request younger than this is not looked after.
constexpr Duration kLookAfter{100};

bool has_param_headers(const HttpRequest& request) {
    if (request.fields == nullptr)
        return false;
    return std::any_of(request.fields->begin(), request.fields->end(), [](const auto& field) {
        const std::string_view name(field.name_string().data(), field.name_string().size());
        return name.size() >= mcp::header::param_prefix.size() &&
               iequals(name.substr(0, mcp::header::param_prefix.size()), mcp::header::param_prefix);
    });
}

// The schema of a tool says what its headers must be. A server that nobody has met is started for that; why it does not
// start the call itself will be told.
awaitable<void> learn_of_tool(ServerDirectory& servers, Aggregates& aggregates, std::string endpoint,
                              const mcp::Message& call) {
    if (leads_to_many(endpoint)) {
        const Deadline deadline = Deadline::after(Duration(60'000));
        co_await aggregates.destination_of(std::move(endpoint), call, deadline);
        co_return;
    }
    const auto slot = servers.is_met(endpoint) ? nullptr : servers.hold(endpoint);
    if (slot == nullptr)
        co_return;
    const Deadline deadline = Deadline::after(slot->config().start_timeout);
    co_await slot->meet(deadline);
}

}  // namespace

ModernEndpoint::ModernEndpoint(const Limits& limits, ServerDirectory& servers, Aggregates& aggregates,
                               ServerClients& clients, CallForwarder& calls, CallRecorder& recorder, TaskGroup& tasks)
    : limits_(limits),
      servers_(servers),
      aggregates_(aggregates),
      clients_(clients),
      calls_(calls),
      recorder_(recorder),
      tasks_(tasks),
      seats_(servers,
             [&clients](std::string_view server, std::string_view owner) { return clients.has_client(server, owner); }),
      parked_(limits.parked_calls, limits.parked_time) {}

// Not a coroutine: a call of which all is known and in order costs no frame here.
awaitable<void> ModernEndpoint::post(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                     mcp::Message message) {
    mcp::ModernMeta meta;
    if (!is_usual(request, endpoint, message, meta))
        return post_any(request, responder, endpoint, std::move(message));
    auto caller = caller_from(request, meta);
    const auto level = mcp::log_level_of(meta.log_level);
    auto call = call_of(std::move(message), std::move(caller), {std::string(endpoint), {}, {}});
    return carry_out(request, responder, endpoint, std::move(call), level);
}

// A well-formed call for one server that nothing has to be found out for first.
bool ModernEndpoint::is_usual(const HttpRequest& request, std::string_view endpoint, const mcp::Message& message,
                              mcp::ModernMeta& meta) {
    const std::string_view method = message.method();
    if (!message.is_call() || leads_to_many(endpoint) || method == mcp::method::discover ||
        method == mcp::method::listen || has_param_headers(request) || recorder_.refusal())
        return false;
    const ModernHeaders headers(request);
    return !mcp::check_modern(message, headers, meta) &&
           (method != mcp::method::tools_call || !check_tool_headers(endpoint, message, headers));
}

awaitable<void> ModernEndpoint::post_any(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                         mcp::Message message) {
    const ModernHeaders headers(request);
    mcp::ModernMeta meta;
    auto fault = mcp::check_modern(message, headers, meta);
    if (!fault && message.method() == mcp::method::tools_call) {
        if (has_param_headers(request))
            co_await learn_of_tool(servers_, aggregates_, std::string(endpoint), message);
        fault = check_tool_headers(endpoint, message, headers);
    }
    if (fault) {
        const std::string id(message.id());
        co_await refuse(request, responder, endpoint, id, *fault);
        co_return;
    }
    auto caller = caller_from(request, meta);
    if (!message.is_call()) {  // none is defined over HTTP
        co_await answer_here(request, responder, endpoint, message.method(), {}, 202, {});
        co_return;
    }
    // Also what needs no server: its row could not be committed either.
    if (const auto unrecorded = recorder_.refusal()) {
        co_await refuse(request, responder, endpoint, message, caller, *unrecorded);
        co_return;
    }
    const auto level = mcp::log_level_of(meta.log_level);
    if (message.method() == mcp::method::discover)
        co_await discover(request, responder, endpoint, std::move(message), std::move(caller));
    else if (message.method() == mcp::method::listen)
        co_await listen(request, responder, endpoint, std::move(message), std::move(caller));
    else
        co_await serve_call(request, responder, endpoint, std::move(message), std::move(caller), level);
}

awaitable<void> ModernEndpoint::refuse(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                       std::string_view id, const mcp::ModernFault& fault) {
    auto body = mcp::make_error(id, fault.code, fault.message, fault.data);
    co_await answer_here(request, responder, endpoint, {}, std::move(body), fault.http_status, fault.message);
}

awaitable<void> ModernEndpoint::refuse(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                       const mcp::Message& message, const mcp::Caller& caller,
                                       const Error& unrecorded) {
    const auto refusal = failed_call_reply(message.id(), unrecorded);
    co_await responder.send(refusal);
    CallRecorder::Plain row{request, refusal.status, responder.body_bytes(), message.method(), endpoint, {}, {}, {}};
    row.client_id = caller.client_id;
    row.why = unrecorded.message;
    row.outcome = Outcome::refused;
    recorder_.plain(row);
}

awaitable<void> ModernEndpoint::answer_here(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                            std::string_view method, std::string body, unsigned status,
                                            std::string_view why) {
    HttpReply reply;
    reply.status = status;
    reply.body = std::move(body);
    co_await responder.send(reply);
    recorder_.plain({request, status, responder.body_bytes(), method, endpoint, {}, {}, why});
}

// Who asks, as each request says anew (basic, "_meta").
mcp::Caller ModernEndpoint::caller_from(const HttpRequest& request, const mcp::ModernMeta& meta) {
    const ModernClients::Facts& facts = known_.of(meta);
    mcp::Caller caller;
    caller.client_ip = request.peer_ip;
    caller.client_id = client_id_of(request);
    caller.capabilities = meta.capabilities;
    caller.client_info = meta.client_info;
    caller.can_answer = facts.can_answer;
    caller.revision = mcp::Revision::r2026_07_28;
    caller.since = request.began;
    if (caller.client_id == "anonymous" && !facts.name.empty())
        caller.client_id = facts.name;
    return caller;
}

std::optional<mcp::ModernFault> ModernEndpoint::check_tool_headers(std::string_view endpoint,
                                                                   const mcp::Message& message,
                                                                   const mcp::HeaderSource& headers) {
    if (!message.name().starts_with('"'))
        return std::nullopt;
    std::pair<std::string, std::string> tool(endpoint, mcp::unescape(message.name()));
    if (leads_to_many(endpoint))
        tool = aggregates_.tool_of(endpoint, tool.second).value_or(tool);
    const Catalogue* catalogue = servers_.catalogue(tool.first);
    if (catalogue == nullptr)
        return std::nullopt;
    const auto* annotated = tool_headers_.of(tool.first, *catalogue, tool.second);
    if (annotated == nullptr)
        return std::nullopt;
    return mcp::check_param_headers(*annotated, mcp::member(message.params(), "arguments"), headers);
}

// What the server says of itself: now, or when it last ran, or once it has been started for this.
awaitable<result<ServerInfo>> ModernEndpoint::info_for(std::string_view endpoint, const mcp::Caller& caller) {
    if (leads_to_many(endpoint))
        co_return aggregates_.info(endpoint);
    if (const auto present = servers_.ready(endpoint, caller))
        co_return present->info();
    if (const Catalogue* known = servers_.catalogue(endpoint))
        co_return known->info;
    const ServerSlot* slot = servers_.slot(endpoint);
    const Deadline deadline = slot == nullptr ? Deadline() : Deadline::after(slot->config().start_timeout);
    const auto started = co_await servers_.upstream_for(endpoint, caller, deadline);
    if (!started)
        co_return started.error();
    co_return (*started)->info();
}

awaitable<void> ModernEndpoint::discover(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                         mcp::Message message, mcp::Caller caller) {
    const auto info = co_await info_for(endpoint, caller);
    std::string body, why;
    unsigned status = 200;
    if (info) {
        body = mcp::make_response(message.id(), discover_result(*info));
    } else {
        why = info.error().message;
        status = mapping_of(info.error().code).http_status;
        body = rpc_error(message.id(), info.error());
    }
    co_await answer_here(request, responder, endpoint, message.method(), std::move(body), status, why);
}

awaitable<void> ModernEndpoint::run() {
    SteadyTimer timer(tasks_.executor());
    for (;;) {
        timer.expires_after(kLookAfter);
        co_await timer.async_wait(use_awaitable);
        const TimePoint now = Clock::now();
        // Closing the connection is the cancellation (basic/transports/streamable-http, "Cancellation").
        for (const Served& served : served_)
            if (now - served.since >= kLookAfter && !served.call.outcome() && served.responder.client_is_gone())
                served.call.cancel(R"("the client has closed its connection")");
        parked_.expire(now);
        seats_.expire(now);
    }
}

void ModernEndpoint::stop() {
    parked_.cancel_all();
}

}  // namespace agenthub
