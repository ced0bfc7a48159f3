// Runs of pipelines over HTTP.
// Owned by the gateway.

#include "gateway/pipeline_routes.hpp"

#include <utility>

#include "base/race.hpp"
#include "base/text.hpp"
#include "config/pipeline_plan.hpp"
#include "gateway/documentation_route.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/event_text.hpp"
#include "gateway/hub_calls.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

using Reply = result<mcp::Message>;

awaitable<void> keep(awaitable<Reply> reply, Reply& out) {
    out = co_await std::move(reply);
}

bool wants_events(const HttpRequest& request) {
    return request.header("Accept").find("text/event-stream") != std::string_view::npos;
}

// The prototype knows 422 for what the caller has written, and its own words under "detail" for all else.
HttpReply failure_reply(const Error& error) {
    HttpReply reply = failed_call_reply("", error);
    reply.status = error.code == errc::invalid_params ? 422 : reply.status;
    reply.body = detail_reply(reply.status, error.message).body;
    return reply;
}

// What the call of the hub's tool says, as the reply of the route; `report` is left empty where there is none.
HttpReply reply_of(const Reply& said, bool is_documentation, std::string& report) {
    if (!said)
        return failure_reply(said.error());
    HttpReply reply;
    if (said->kind() == mcp::Kind::error) {
        const std::string_view text = mcp::member(said->error_member(), "message");
        return detail_reply(said->error_code() == mcp::code::invalid_params ? 422 : 500,
                            text.starts_with('"') ? mcp::unescape(text) : std::string(said->error_member()));
    }
    report = mcp::member(said->result_member(), "structuredContent");
    reply.body = report.empty() ? std::string(said->result_member()) : report;  // a hook may have answered
    if (is_documentation && !report.empty())
        reply.body = documentation_reply(report);
    return reply;
}

std::string event_of(std::string_view type, std::string_view document) {
    std::string out;
    append_event(out, {}, mcp::with_member(document, "type", "\"" + std::string(type) + "\""));
    return out;
}

}  // namespace

// One run on its way.
struct PipelineRoutes::Passage {
    HttpRequest& request;
    HttpResponder& responder;
    InnerOrigin origin;
    InnerCall call;
    bool is_documentation = false;
    CallScope scope{};
    Reply said = Error(errc::cancelled, "the client has left");
};

awaitable<void> PipelineRoutes::serve(const Route& route, HttpRequest& request, HttpResponder& responder) {
    if (route.id == RouteId::documentation) {
        co_await run_documentation(request, responder);
    } else if (route.id == RouteId::pipeline_run) {
        co_await run(request, responder, route.server);
    } else {
        HttpReply reply;
        reply.body = pipelines_.document();
        co_await refuse(request, responder, std::move(reply));
    }
}

awaitable<void> PipelineRoutes::refuse(HttpRequest& request, HttpResponder& responder, HttpReply reply) {
    co_await responder.send(reply);
    recorder_.plain({request, reply.status, responder.body_bytes(), {}, {}, {}, {}, {}});
}

void PipelineRoutes::check(const std::string& name, const std::string& input, BodyReader& body) const {
    if (!body.ok())
        return;
    for (const InputFault& fault : pipelines_.check(name, input))
        body.fault(fault.type, fault.name, fault.message, fault.value);
}

awaitable<void> PipelineRoutes::run(HttpRequest& request, HttpResponder& responder, std::string name) {
    if (!pipelines_.has(name)) {
        auto unknown = detail_reply(404, "Pipeline " + name + " not found");
        co_await refuse(request, responder, std::move(unknown));
        co_return;
    }
    std::string input = request.body.empty() ? "{}" : request.body;
    BodyReader body(input);
    check(name, input, body);
    if (!body.ok()) {
        auto refusal = body.refusal();
        co_await refuse(request, responder, std::move(refusal));
        co_return;
    }
    Passage passage{request, responder, origin_of(request), {}};
    passage.call.tool = std::string(kPipelineTool) + name;
    passage.call.arguments = std::move(input);
    co_await start(passage);
}

awaitable<void> PipelineRoutes::run_documentation(HttpRequest& request, HttpResponder& responder) {
    BodyReader body(request.body);
    std::string input = documentation_input(body);
    if (pipelines_.has(kDocumentation))
        check(kDocumentation, input, body);
    if (!body.ok() || !pipelines_.has(kDocumentation)) {
        HttpReply refusal = body.ok() ? detail_reply(503, kNoDocumentation) : body.refusal();
        co_await refuse(request, responder, std::move(refusal));
        co_return;
    }
    Passage passage{request, responder, origin_of(request), {}};
    passage.call.tool.assign(kPipelineTool).append(kDocumentation);
    passage.call.arguments = std::move(input);
    passage.is_documentation = true;
    co_await start(passage);
}

// The call of the hub's tool is the client's own, and its row is that of this request.
awaitable<void> PipelineRoutes::start(Passage& passage) {
    passage.origin.depth = 0;
    passage.call.server = kHubName;
    if (wants_events(passage.request)) {
        co_await stream(passage);
        co_return;
    }
    auto call = caller_.call(passage.origin, passage.call, passage.scope);
    auto work = keep(std::move(call), passage.said);
    auto watch = end_when_left(passage.scope, passage.responder);
    co_await ends_before(std::move(work), std::move(watch));
    std::string report;
    const HttpReply reply = reply_of(passage.said, passage.is_documentation, report);
    co_await passage.responder.send(reply);
}

// The first event opens the stream: what is refused before has its status.
awaitable<void> PipelineRoutes::stream(Passage& passage) {
    const auto events = std::make_shared<EventStream>(executor_, limits_.stream_queue_bytes, WhenFull::drop);
    bool is_open = false;
    passage.call.notify = [&passage, &events, &is_open](const mcp::Message& message) {
        const std::string note = std::string(mcp::member(mcp::member(message.params(), "_meta"), HubCalls::kStepNote));
        if (note.empty())
            return;
        if (!std::exchange(is_open, true))
            passage.responder.start_stream(events);
        events->offer_events(event_of("step", note));
    };
    auto call = caller_.call(passage.origin, passage.call, passage.scope);
    auto work = keep(std::move(call), passage.said);
    auto watch = end_when_left(passage.scope, passage.responder);
    co_await ends_before(std::move(work), std::move(watch));
    if (passage.scope.ended())
        events->break_off();
    std::string report;
    const HttpReply reply = reply_of(passage.said, passage.is_documentation, report);
    if (!is_open && reply.status != 200) {
        co_await passage.responder.send(reply);
        co_return;
    }
    if (!is_open)
        passage.responder.start_stream(events);
    events->push_events(event_of(report.empty() ? "error" : "result", reply.body));
    events->finish();
    co_await passage.responder.stream_ended();
}

}  // namespace agenthub
