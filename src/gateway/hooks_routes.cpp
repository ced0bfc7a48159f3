// Documents about hooks.
// Owned by the gateway.

#include "gateway/hooks_routes.hpp"

#include "base/text.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/document_values.hpp"
#include "gateway/error_reply.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

using Kind = HookOutcome::Kind;
using Action = HookVerdict::Action;

HttpReply json_reply(const Document& document) {
    HttpReply reply;
    reply.body = document.dump(-1, ' ', false, Document::error_handler_t::replace);
    return reply;
}

Document run_document(const HookConfig& hook) {
    Document run;
    switch (hook.kind) {
        case HookKind::builtin: run["builtin"] = hook.builtin; break;
        case HookKind::http: run["http"] = hook.url; break;
        case HookKind::command: run["command"] = hook.command; break;
    }
    return run;
}

Document entry_document(const HookEntry& entry) {
    const HookConfig& hook = entry.config;
    const HookCounts& counts = entry.counts;
    Document out;
    out["name"] = hook.name;
    out["on"] = to_string(hook.on);
    out["server"] = hook.server;
    out["method"] = hook.method;
    out["tool"] = hook.tool;
    out["kind"] = to_string(hook.kind);
    out["run"] = run_document(hook);
    out["timeout"] = std::chrono::duration<double>(hook.timeout).count();
    out["calls"] = counts.calls;
    out["changed"] = counts.changed;
    out["answered"] = counts.answered;
    out["refused"] = counts.refused;
    out["failed"] = counts.failed;
    const double spent_ms = std::chrono::duration<double, std::milli>(counts.spent).count();
    out["mean_ms"] = counts.calls == 0 ? Document() : Document(spent_ms / static_cast<double>(counts.calls));
    out["last_error"] = counts.last_error.empty() ? Document() : Document(counts.last_error);
    out["last_error_at"] = time_or_null(counts.last_error_unix_ms);
    return out;
}

// JSON text, whose depth has been checked, as a part of a document.
Document parsed(std::string_view json) {
    return Document::parse(json, nullptr, false);
}

Document report_document(const HookReport& report) {
    Document out;
    out["name"] = report.entry->config.name;
    if (!report.verdict) {
        out["action"] = "fail";
        out["message"] = report.verdict.error().message;
        return out;
    }
    switch (report.verdict->action) {
        case Action::proceed: out["action"] = "continue"; break;
        case Action::change:
            out["action"] = "change";
            out["arguments"] = parsed(report.verdict->text);
            break;
        case Action::answer:
            out["action"] = "answer";
            out[report.verdict->is_error ? "error" : "result"] = parsed(report.verdict->text);
            break;
        case Action::refuse:
            out["action"] = "refuse";
            out["message"] = report.verdict->text;
            break;
    }
    return out;
}

std::string_view word_of(Kind kind) {
    switch (kind) {
        case Kind::answered: return "answer";
        case Kind::refused: return "refuse";
        case Kind::failed: return "fail";
        case Kind::left:
        case Kind::passed: break;
    }
    return "call";
}

Document rights_document(const Rights& rights, const RightsQuestion& question) {
    const RightsDecision decision = rights.decide(question);
    Document out;
    out["allowed"] = decision.allowed;
    out["rule"] = decision.rule ? Document(*decision.rule) : Document();
    if (!decision.allowed)
        out["message"] = Rights::refusal(question, decision);
    return out;
}

std::string call_text(const std::string& tool, std::string_view arguments) {
    std::string params = R"({"name":)";
    append_json_string(params, tool);
    params.append(R"(,"arguments":)").append(arguments).append("}");
    return mcp::make_call("0", mcp::method::tools_call, params);
}

}  // namespace

awaitable<HttpReply> HooksRoutes::serve(RouteId id, const HttpRequest& request) {
    if (id == RouteId::hooks)
        co_return list();
    co_return co_await test(request);
}

HttpReply HooksRoutes::list() const {
    Document out;
    out["hooks"] = Document::array();
    for (const auto& entry : hooks_.registry()->all())
        out["hooks"].push_back(entry_document(*entry));
    out["processes"] = hooks_.commands().running();
    return json_reply(out);
}

awaitable<HttpReply> HooksRoutes::test(const HttpRequest& request) {
    BodyReader body(request.body);
    const auto server = body.text("server", true);
    const auto tool = body.text("tool", true);
    const auto client = body.text("client", false);
    std::string_view arguments = body.ok() ? mcp::member(request.body, "arguments") : std::string_view();
    if (arguments.empty() || arguments == "null")
        arguments = "{}";
    if (body.ok() && !arguments.starts_with('{'))
        body.value_fault("arguments", "it must be an object", std::string(arguments));
    if (!body.ok())
        co_return body.refusal();
    if (!hooks_.servers().exists(*server) || leads_to_many(*server))
        co_return detail_reply(404, "Server " + *server + " not found");
    auto call = mcp::Message::parse(call_text(*tool, arguments));
    if (!call)
        co_return detail_reply(422, call.error().message);
    mcp::Caller caller;
    caller.client_id = client ? *client : std::string(client_id_of(request));
    caller.client_ip = request.peer_ip;
    std::string where = *server;
    const auto document = co_await try_out(std::move(*call), std::move(caller), std::move(where), request);
    co_return json_reply(document);
}

awaitable<Document> HooksRoutes::try_out(mcp::Message message, mcp::Caller caller, std::string server,
                                         const HttpRequest& request) {
    const auto registry = hooks_.registry();
    const CallSubject subject(message, {});
    HookCall call(caller);
    call.request_id = request.id.view();
    call.server = server;
    call.method = message.method();
    call.tool = subject.view();
    call.owner = hooks_.servers().owner_of(server, caller);
    call.params = message.params();
    call.arguments = mcp::member(message.params(), "arguments");
    call.takes_arguments = true;
    call.dry_run = true;
    Document out;
    const auto denied = hooks_.refusal(caller, server, message, {});
    if (denied && subject.view().size() > kMaxJudgedName) {
        out["outcome"] = "forbidden";
        out["message"] = denied->message;
        co_return out;
    }
    out["rights"] = rights_document(hooks_.rights(), {caller.name(), call.server, call.method, call.tool});
    out["hooks"] = Document::array();
    out["outcome"] = "forbidden";
    if (denied)
        co_return out;
    std::vector<HookReport> reports;
    const auto outcome = co_await ask_hooks(registry->at(HookPoint::before), call, nullptr, &reports);
    for (const HookReport& report : reports)
        out["hooks"].push_back(report_document(report));
    out["outcome"] = word_of(outcome.kind);
    if (outcome.kind == Kind::passed)
        out["arguments"] = parsed(call.arguments);
    if (outcome.kind == Kind::refused || outcome.kind == Kind::failed)
        out["message"] = outcome.error.message;
    co_return out;
}

}  // namespace agenthub
