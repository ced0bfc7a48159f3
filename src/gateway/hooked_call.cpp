// One call with its hooks: what they see of it, and what becomes of what they say.
// On the frame of whoever forwards the call.

#include "gateway/call_hooks.hpp"
#include "gateway/error_reply.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

using Kind = HookOutcome::Kind;
using Reply = HookedCall::Reply;

// Only what has a name can be given arguments, and only where an object may stand.
bool takes_arguments(const mcp::Message& request, std::string_view arguments) {
    const std::string_view method = request.method();
    return (method == mcp::method::tools_call || method == mcp::method::prompts_get) && !request.name().empty() &&
           (arguments.empty() || arguments.starts_with('{'));
}

Error not_json(std::string_view why) {
    return {errc::hook_failed, "a hook made something of the reply that is no MCP message: " + std::string(why) +
                                   ". See GET /hooks, and correct it"};
}

// What a hook has given for a reply, JSON text of a result or an error.
Reply reply_of_hook(std::string_view text, bool is_error) {
    std::string line =
        is_error ? R"({"jsonrpc":"2.0","id":0,"error":)" + std::string(text) + "}" : mcp::make_response("0", text);
    auto reply = mcp::Message::parse(std::move(line));
    if (!reply)
        return not_json(reply.error().message);
    return reply;
}

// The reply, which keeps its id, with that in the place of its result or error.
Reply with_outcome(const mcp::Message& reply, std::string_view outcome) {
    const bool is_error = reply.kind() == mcp::Kind::error;
    const mcp::Span at = is_error ? reply.span_of(reply.error_member()) : reply.result_span();
    std::string text;
    reply.append_patched(text, {{at, outcome}});
    auto changed = mcp::Message::parse(std::move(text));
    if (!changed)
        return not_json(changed.error().message);
    return changed;
}

// Not a demand for input, or a task that has just begun: the call goes on.
bool is_whole(const mcp::Message& reply) {
    const std::string_view type = reply.result_type();
    return type.empty() || type == R"("complete")";
}

}  // namespace

HookedCall::HookedCall(const CallHooks& hooks, Exchange& exchange, CallRoute& route, Executor executor)
    : registry_(hooks.registry()),
      exchange_(exchange),
      route_(route),
      subject_(exchange.request(), exchange.renamed.empty() ? std::string_view() : exchange.own_name),
      call_(exchange.caller()),
      left_(executor) {
    const mcp::Message& request = exchange.request();
    if (exchange.request_id.text.front() != '\0')
        call_.request_id = exchange.request_id.view();
    call_.server = route.server;
    call_.method = request.method();
    call_.tool = subject_.view();
    call_.params = request.params();
    if (!is_seen())
        return;
    call_.owner = hooks.servers().owner_of(route.server, exchange.caller());
    for (const mcp::JsonMember& member : mcp::members_of(request.params()))
        if (mcp::spells(member.key, "arguments")) {
            is_ambiguous_ = !call_.arguments.empty();
            call_.arguments = member.value;
        }
    call_.takes_arguments = takes_arguments(request, call_.arguments);
    if (exchange.rewording != nullptr && exchange.rewording->wished)
        call_.enhanced_for = exchange.rewording->client;
    call_.deadline = exchange.deadline();
}

bool HookedCall::is_seen() const noexcept {
    for (const HookPoint point : {HookPoint::before, HookPoint::after, HookPoint::error})
        for (const auto& entry : at(point))
            if (entry->matches(call_.server, call_.method, call_.tool))
                return true;
    return false;
}

awaitable<HookOutcome> HookedCall::ask(HookPoint point) {
    call_.point = point;
    route_.tell_of_leaving(&left_);
    auto outcome = co_await ask_hooks(at(point), call_, &left_);
    route_.tell_of_leaving(nullptr);
    waited_ = waited_ || outcome.waited;
    co_return outcome;
}

awaitable<std::optional<Reply>> HookedCall::before() {
    // A server may read the other one, which no hook has seen.
    if (is_ambiguous_) {
        is_final_ = true;
        co_return Reply(Error(errc::invalid_params, "params.arguments stands twice; send it once"));
    }
    auto outcome = co_await ask(HookPoint::before);
    notes_ = std::move(outcome.notes);
    std::optional<Reply> reply;
    switch (outcome.kind) {
        case Kind::left: reply = Reply(Error(errc::cancelled, "the client cancelled the call")); break;
        case Kind::answered: reply = reply_of_hook(outcome.text, outcome.is_error); break;
        case Kind::refused:
        case Kind::failed:
            is_final_ = true;
            reply = Reply(std::move(outcome.error));
            break;
        case Kind::passed: break;
    }
    if (!reply && outcome.changed) {
        if (exchange_.rewording == nullptr)
            exchange_.rewording = std::make_unique<Rewording>();
        exchange_.rewording->arguments = call_.arguments;
    }
    if (reply)
        notes_.clear();  // nothing of it is the server's
    co_return reply;
}

awaitable<Reply> HookedCall::after(Reply reply) {
    if (is_final_ || (!reply && reply.error().code == errc::cancelled))
        co_return reply;
    call_.deadline = Deadline();  // the server's time is over, a hook has its own
    if (reply && reply->kind() == mcp::Kind::response) {
        auto answered = co_await after_result(std::move(*reply));
        co_return answered;
    }
    auto failed = co_await after_error(std::move(reply));
    co_return failed;
}

awaitable<Reply> HookedCall::after_result(mcp::Message reply) {
    if (!is_whole(reply))
        co_return reply;
    if (!reply.tool_error())
        for (const auto& [entry, note] : notes_)
            std::get<std::unique_ptr<QuickHook>>(entry->body)->finished(note, reply.result_member());
    call_.outcome = reply.result_member();
    auto outcome = co_await ask(HookPoint::after);
    switch (outcome.kind) {
        case Kind::left: co_return Error(errc::cancelled, "the client cancelled the call");
        case Kind::answered: co_return reply_of_hook(outcome.text, outcome.is_error);
        case Kind::refused:
        case Kind::failed: co_return std::move(outcome.error);
        case Kind::passed: break;
    }
    if (outcome.changed)
        co_return with_outcome(reply, call_.outcome);
    co_return reply;
}

// What a hook on errors fails at leaves the error as it is: there is nothing to be made worse.
awaitable<Reply> HookedCall::after_error(Reply reply) {
    const mcp::Message error = reply ? reply->copy() : mcp::Message::parse(rpc_error("0", reply.error())).value();
    call_.outcome = error.error_member();
    auto outcome = co_await ask(HookPoint::error);
    switch (outcome.kind) {
        case Kind::left: co_return Error(errc::cancelled, "the client cancelled the call");
        case Kind::answered: co_return reply_of_hook(outcome.text, outcome.is_error);
        case Kind::refused: co_return std::move(outcome.error);
        case Kind::failed: co_return reply;
        case Kind::passed: break;
    }
    if (outcome.changed)
        co_return with_outcome(error, call_.outcome);
    co_return reply;
}

}  // namespace agenthub
