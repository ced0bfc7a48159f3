// The calls of the modern era: answered by a server, or with what it wants to know first.
// Owned by the gateway.

#include "gateway/error_reply.hpp"
#include "gateway/modern_channel.hpp"
#include "gateway/modern_endpoint.hpp"
#include "gateway/modern_replies.hpp"
#include "gateway/reply_for_client.hpp"
#include "mcp/client_capability.hpp"
#include "mcp/era_error.hpp"
#include "mcp/era_result.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// A result of AgentHub's own, for the id that the client's reply is given while it is written.
mcp::Message own_result(std::string_view result) {
    return mcp::Message::parse(mcp::make_response("0", result)).value();
}

awaitable<result<mcp::Message>> known_answer(result<mcp::Message> answer) {
    co_return answer;
}

// A place in a list for as long as this lives, whatever happens.
template <class List>
class Listed {
public:
    Listed(List& list, typename List::value_type value) : list_(list), at_(list.insert(list.end(), std::move(value))) {}
    ~Listed() { list_.erase(at_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

private:
    List& list_;
    typename List::iterator at_;
};

}  // namespace

awaitable<void> ModernEndpoint::serve_call(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                           mcp::Message message, mcp::Caller caller,
                                           std::optional<mcp::LogLevel> level) {
    Destination to{std::string(endpoint), {}, {}};
    if (leads_to_many(endpoint)) {
        if (message.method().ends_with("/list")) {
            co_await list_of_many(request, responder, endpoint, std::move(message));
            co_return;
        }
        const Deadline deadline = Deadline::after(limits_.body_timeout);
        auto found = co_await aggregates_.destination_of(to.server, message, deadline);
        if (!found) {
            auto failure = reply_of_nobody(message, found.error());
            if (auto text = mcp::error_for_modern(failure, message))
                replace_text(failure, std::move(*text));
            co_await answer_here(request, responder, endpoint, message.method(), failure.text(), status_of(failure),
                                 found.error().message);
            co_return;
        }
        to = std::move(*found);
    }
    auto call = call_of(std::move(message), std::move(caller), std::move(to));
    co_await carry_out(request, responder, endpoint, std::move(call), level);
}

std::shared_ptr<ModernCall> ModernEndpoint::call_of(mcp::Message message, mcp::Caller caller, Destination to) {
    const CallTime time = calls_.time_of_call(to.server);
    auto call = std::make_shared<ModernCall>(tasks_.executor(), std::move(message), std::move(caller), time,
                                             std::move(to.server));
    call->renamed = to.at;
    call->own_name = std::move(to.own);
    return call;
}

awaitable<void> ModernEndpoint::carry_out(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                          std::shared_ptr<ModernCall> own, std::optional<mcp::LogLevel> level) {
    const std::string& server = own->route.server;
    ModernChannel channel(responder, tasks_.executor(), limits_.stream_queue_bytes);
    calls_.note_wish(*own, request);
    bool resumed = false;
    const auto found = call_again(own, resumed);
    Reply reply = Error();
    const std::shared_ptr<ModernCall> call = found ? *found : own;
    if (found) {
        if (!resumed)
            call->sit_down(seats_, request.began);
        call->attach(&channel, own->request(), level);
        const Served served{responder, *call, request.began};
        const Listed place(served_, served);
        reply = co_await outcome_of(call, resumed, responder);
        const bool failed = reply && (reply->kind() == mcp::Kind::error || reply->tool_error());
        if (failed && !call->lacking().empty())
            reply = mcp::Message::parse(missing_capability_error("0", call->lacking()));
        call->detach();
    } else {
        reply = found.error();
    }
    // What goes out as an event cannot be held back later: it waits for its row here.
    const bool is_kept_first = recorder_.is_strict() && channel.stream() != nullptr;
    if (is_kept_first) {
        const CallRecorder::Call row{request, responder.status(), 0, *call, server, servers_.slot(server)};
        auto kept = recorder_.keep(row, std::move(reply));
        reply = co_await std::move(kept);
    }
    co_await send_reply(responder, channel, *call, endpoint, own->request().id(), reply);
    if (!is_kept_first)
        recorder_.call({request, responder.status(), responder.body_bytes(), *call, server, servers_.slot(server)},
                       reply);
}

awaitable<void> ModernEndpoint::list_of_many(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                             mcp::Message message) {
    const std::string_view method = message.method();
    std::string where(endpoint);
    co_await aggregates_.meet_all(std::move(where));
    const auto page = aggregates_.list(endpoint, method, mcp::member(message.params(), "cursor"));
    std::string why;
    auto reply = own_result("{}");
    if (page) {
        reply = own_result(*page);
    } else {
        why = page.error().message;
        reply = mcp::Message::parse(rpc_error("0", page.error())).value();
    }
    mcp::PatchList patches;
    std::string scratch;
    const auto lifetime = aggregates_.lifetime_of(endpoint, method);
    const ServerInfo info = aggregates_.info(endpoint);
    mcp::ResultExtras extras;
    extras.cacheable = true;
    extras.ttl_ms = lifetime.ttl_ms;
    extras.is_private = lifetime.is_private;
    extras.server_info = info.server_info;
    if (page)
        mcp::complete_result(reply, extras, patches, scratch);
    patches.add(reply.id_span(), message.id());
    const unsigned status = status_of(reply);
    co_await responder.send_message(reply, patches, status);
    recorder_.plain({request, status, responder.body_bytes(), method, endpoint, {}, {}, why});
}

bool ModernEndpoint::speaks_modern(std::string_view server, const mcp::Caller& caller) const {
    if (const auto present = servers_.ready(server, caller))
        return present->info().modern;
    const Catalogue* known = servers_.catalogue(server);
    return known != nullptr && known->info.modern;
}

// Not a coroutine: the frame of whoever forwards it is enough.
awaitable<ModernEndpoint::Reply> ModernEndpoint::answer(ModernCall& call) {
    const std::string_view method = call.request().method();
    const std::string_view server = call.route.server;
    if (method.starts_with("tasks/") && !speaks_modern(server, call.caller()))
        return known_answer(
            Error(errc::method_not_found, "this server has no tasks that a client of this revision could follow"));
    if (method.ends_with("/list") && mcp::member(call.request().params(), "cursor").empty()) {
        const Catalogue* known = servers_.stand_in(server, call.caller());
        if (const std::string* list = known == nullptr ? nullptr : known->list(method))
            return known_answer(own_result(*list));
    }
    return calls_.forward(call, call.route, nullptr);
}

// Who follows a task at an endpoint for many must find its server again.
static std::string task_of_many(const ModernCall& call, const mcp::Message& reply) {
    const bool is_task = call.request().method().starts_with("tasks/") || reply.result_type() == "\"task\"";
    const auto id = is_task ? mcp::member(reply.result_member(), "taskId") : std::string_view();
    if (!id.starts_with('"'))
        return {};
    return task_id_of_many(call.route.server, id);
}

// What the client is told in place of what the server, or AgentHub, has to say; nothing: just that.
static std::optional<mcp::Message> wording_of(const result<mcp::Message>& outcome, const ModernCall& call,
                                              const ServerInfo& info) {
    std::optional<mcp::Message> other;
    if (!outcome) {
        other = mcp::Message::parse(rpc_error("0", outcome.error())).value();
    } else if (outcome->kind() == mcp::Kind::error) {
        other = outcome->copy();
        if (other->error_code() == mcp::code::url_elicitation_required && call.may_ask())
            ask_for_visit(*other, call.caller());
        reword_for_modern(*other, call.request(), info);
    }
    return other;
}

awaitable<void> ModernEndpoint::send_reply(HttpResponder& responder, ModernChannel& channel, ModernCall& call,
                                           std::string_view endpoint, std::string_view id, const Reply& outcome) {
    if (!outcome && is_own_refusal(outcome.error()) && channel.stream() == nullptr) {
        const auto refusal = failed_call_reply(id, outcome.error());
        co_await responder.send(refusal);
        co_return;
    }
    const Catalogue* known = servers_.catalogue(call.route.server);
    static const ServerInfo nobody;
    const ServerInfo* info = known == nullptr ? &nobody : &known->info;
    if (call.route.upstream != nullptr)
        info = &call.route.upstream->info();
    // What a hook has answered in the server's place is as servers of before say it.
    if (info->modern && outcome && outcome->kind() == mcp::Kind::response && outcome->result_type().empty())
        info = &nobody;
    const auto other = wording_of(outcome, call, *info);
    const mcp::Message& reply = other ? *other : *outcome;
    mcp::PatchList patches;
    std::string scratch;
    if (outcome)
        adapt_for_modern(reply, call.request(), *info, call.caller().session_id.empty(), patches, scratch);
    patches.add(reply.id_span(), id);
    const std::string task = leads_to_many(endpoint) ? task_of_many(call, reply) : std::string();
    if (!task.empty())
        patches.add(reply.span_of(mcp::member(reply.result_member(), "taskId")), task);
    if (channel.stream() == nullptr) {
        co_await responder.send_message(reply, patches, status_of(reply));
        co_return;
    }
    std::string text;
    reply.append_patched(text, patches);
    channel.stream()->finish_with(text);
    co_await responder.stream_ended();
}

}  // namespace agenthub
