// Calls to a server of the modern era.
// Owned by the instance of the process.

#include "bridge/modern_upstream.hpp"

#include <map>

#include "base/redactor.hpp"
#include "mcp/era_request.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

mcp::Message empty_result() {
    return mcp::Message::parse(mcp::make_response("0", "{}")).value();
}

// What a legacy client can answer. Extensions are negotiated per request in the modern era, by who knows of them.
std::string capabilities_of(const mcp::Caller& caller) {
    return mcp::without_members(caller.capabilities, {"extensions", "tasks"});
}

// What no client of the legacy era can mean; a listen would never be answered. The tasks of 2025-11-25 are others.
bool is_modern_alone(std::string_view method) noexcept {
    return method == mcp::method::discover || method == mcp::method::listen || method.starts_with("tasks/");
}

std::string meta_of(const Exchange& exchange) {
    const mcp::Caller& caller = exchange.caller();
    const auto level = exchange.log_level ? mcp::to_string(*exchange.log_level) : std::string_view();
    return mcp::modern_meta(capabilities_of(caller), caller.client_info, level);
}

}  // namespace

// A call that waits for its client's answers. Shared by the call and the questions, which may be answered after it.
struct ModernUpstream::Asking {
    Asking(Executor executor, Exchange& e) : exchange(e), changed(executor) {}
    bool is_over() const noexcept { return failure || refusal || open == 0; }

    Exchange& exchange;
    Event changed;
    std::size_t open = 0;
    std::map<std::string, std::string> answers;  // JSON text by key
    std::optional<std::string> refusal;          // a client's error, JSON text
    std::optional<Error> failure;
};

ModernUpstream::ModernUpstream(Executor executor, std::string server, StdioBridge& bridge, Introduction introduction)
    : executor_(executor),
      server_(std::move(server)),
      bridge_(bridge),
      introduction_(std::move(introduction)),
      changed_(executor, TimePoint::max()),
      tasks_(executor) {}

ModernUpstream::~ModernUpstream() = default;

void ModernUpstream::fail(const Error& failure) {
    for (const auto& asking : asking_) {
        asking->failure = failure;
        asking->changed.notify();
    }
}

awaitable<void> ModernUpstream::stop() {
    tasks_.cancel();
    co_await tasks_.join();
}

awaitable<ModernUpstream::Reply> ModernUpstream::call(Exchange& exchange) {
    if (!mcp::traits(exchange.caller().revision).legacy) {
        mcp::PatchList patches;
        return bridge_.call_as(exchange, exchange.request(), patches);
    }
    const std::string_view method = exchange.request().method();
    if (method == mcp::method::subscribe || method == mcp::method::unsubscribe)
        return change_interest(method, Interest(false, mcp::plain_spelling(exchange.request().uri())),
                               exchange.deadline());
    if (is_modern_alone(method))
        return refuse(exchange);
    return call_for_legacy(exchange);
}

// To a legacy client the server is one that has never heard of it.
awaitable<ModernUpstream::Reply> ModernUpstream::refuse(Exchange& exchange) {
    const auto why = "Method not found: " + std::string(exchange.request().method());
    co_return mcp::Message::parse(mcp::make_error("0", mcp::code::method_not_found, why));
}

// The request as a modern server wants it.
awaitable<ModernUpstream::Reply> ModernUpstream::send(Exchange& exchange, const mcp::Message& request) {
    mcp::PatchList patches;
    std::string scratch;
    const std::string meta = meta_of(exchange);
    mcp::put_modern_meta(request, meta, patches, scratch);
    co_return co_await bridge_.call_as(exchange, request, patches);
}

// Asks the client for what the server wants to know first, and repeats the call with it (2026-07-28, "Multi round-trip
// requests").
awaitable<ModernUpstream::Reply> ModernUpstream::call_for_legacy(Exchange& exchange) {
    auto reply = co_await send(exchange, exchange.request());
    for (int round = 0; reply && round < kMaxRounds; ++round) {
        if (!mcp::demands_input(*reply))
            co_return reply;
        const auto asking = asking_.emplace_back(std::make_shared<Asking>(executor_, exchange));
        auto next = co_await ask_all(exchange, std::move(*reply), asking);
        asking_.remove(asking);
        if (!next || next->is_reply())
            co_return next;
        const mcp::Message again = std::move(*next);
        reply = co_await send(exchange, again);
    }
    if (reply && mcp::demands_input(*reply))
        co_return Error(errc::server_unhealthy, "server '" + server_ + "' asked for input " +
                                                    std::to_string(kMaxRounds) + " times in one call; it was given up");
    co_return reply;
}

// One question for each entry, whose reply it notes.
std::vector<std::shared_ptr<Question>> ModernUpstream::questions_of(const std::string& server,
                                                                    const mcp::InputRequired& wanted,
                                                                    const std::shared_ptr<Asking>& asking) {
    std::vector<std::shared_ptr<Question>> questions;
    for (const mcp::InputRequest& request : wanted.requests) {
        const auto answered = [asking, key = request.key, method = request.method](const mcp::Message& reply) {
            if (reply.kind() == mcp::Kind::response)
                asking->answers.emplace(key, reply.result_member());
            else if (!asking->refusal)
                asking->refusal =
                    method + " failed: " + redacted_clip(mcp::member(reply.error_member(), "message"), 300);
            --asking->open;
            asking->changed.notify();
        };
        auto message = mcp::Message::parse(mcp::make_call("0", request.method, request.params));
        if (message)
            questions.push_back(std::make_shared<Question>(server, std::move(*message), answered));
    }
    return questions;
}

// The request to send next; or the error that the call is answered with, if the client refuses.
awaitable<ModernUpstream::Reply> ModernUpstream::ask_all(Exchange& exchange, mcp::Message interim,
                                                         std::shared_ptr<Asking> asking) {
    const auto wanted = mcp::read_input_required(interim);
    if (!wanted)
        co_return Error(errc::server_unhealthy, "server '" + server_ + "' asked for input in a form that is none");
    const auto questions = questions_of(server_, *wanted, asking);
    asking->open = questions.size();
    const Deadline deadline = exchange.time().held();
    for (const auto& question : questions)
        exchange.ask(question);
    while (!asking->is_over() && !deadline.expired()) {
        auto changed = asking->changed.wait();
        co_await ends_by(std::move(changed), deadline);
    }
    for (const auto& question : questions)
        question->withdraw();
    exchange.time().progressed(Clock::now());
    if (asking->failure)
        co_return *asking->failure;
    if (asking->refusal)
        co_return mcp::Message::parse(
            mcp::make_error("0", mcp::code::internal_error, "the client did not answer: " + *asking->refusal));
    if (asking->open > 0)
        co_return Error(errc::call_timeout, "the client did not answer what server '" + server_ +
                                                "' asked within max_call_time; the call was given up");
    std::vector<mcp::InputResponse> responses;
    for (const auto& [key, answer] : asking->answers)
        responses.push_back({key, answer});
    co_return mcp::Message::parse(mcp::with_input_responses(exchange.request(), responses, wanted->request_state));
}

void ModernUpstream::cancel(Exchange& exchange, std::string_view reason) {
    bridge_.cancel(exchange, reason);
    for (const auto& asking : asking_)
        if (&asking->exchange == &exchange) {
            asking->failure = Error(errc::cancelled, "the client cancelled the call");
            asking->changed.notify();
        }
}

// What a legacy client tells its server has no meaning in this era; what is nobody's is passed on.
void ModernUpstream::notify(const mcp::Message& notification) {
    const std::string_view method = notification.method();
    if (method != mcp::method::initialized && method != mcp::method::roots_changed && method != mcp::method::progress)
        bridge_.notify(notification);
}

awaitable<ModernUpstream::Reply> ModernUpstream::request(std::string_view method, std::string_view params,
                                                         Deadline deadline) {
    if (method == mcp::method::subscribe || method == mcp::method::unsubscribe) {
        const std::string_view task = mcp::member(params, "taskId");
        Interest what(!task.empty(), task.empty() ? mcp::member(params, "uri") : task);
        co_return co_await change_interest(method, std::move(what), deadline);
    }
    if (method == mcp::method::set_level)
        co_return empty_result();
    if (method == mcp::method::ping)
        method = mcp::method::discover;
    const auto bare = mcp::Message::parse(mcp::make_call("0", method, params));
    if (!bare)
        co_return bare.error();
    const auto meta = mcp::modern_meta(introduction_.capabilities, introduction_.client_info, {});
    mcp::PatchList patches;
    std::string scratch, whole;
    mcp::put_modern_meta(*bare, meta, patches, scratch);
    bare->append_patched(whole, patches);
    const auto request = mcp::Message::parse(std::move(whole));
    if (!request)
        co_return request.error();
    co_return co_await bridge_.request(method, request->params(), deadline);
}

}  // namespace agenthub
