// The hub's tools that call others.
// Owned by the gateway.

#include "gateway/hub_calls.hpp"

#include "base/text.hpp"
#include "config/pipeline_plan.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kCallMany = "call_many";

std::string call_many_entry(const Limits& limits) {
    const std::string calls = std::to_string(limits.batch_calls);
    const std::string most = std::to_string(limits.batch_concurrency);
    return R"({"name":"call_many","title":"Call many tools",)"
           R"("description":"Calls tools of any servers in parallel, at most max_concurrent at a time, and returns all )"
           R"(results in the order of the calls. One that fails does not affect the others.",)"
           R"("inputSchema":{"type":"object","properties":{"calls":{"type":"array","maxItems":)" +
           calls +
           R"(,"items":{"type":"object","properties":{"server":{"type":"string"},"tool":{"type":"string"},)"
           R"("arguments":{"type":"object"},"timeout":{"type":"number","description":"Seconds"},)"
           R"("retry":{"type":"string","enum":["safe","always","never"],"default":"safe",)"
           R"("description":"safe: only what may be repeated without harm"}},"required":["server","tool"]}},)"
           R"("max_concurrent":{"type":"integer","minimum":1,"maximum":)" +
           most +
           R"(,"default":3},"retries":{"type":"integer","minimum":0,"maximum":10,"default":0},)"
           R"("retry_delay":{"type":"number","minimum":0,"default":2,"description":"Seconds"}},"required":["calls"]},)"
           R"("outputSchema":{"type":"object","properties":{"results":{"type":"array","items":{"type":"object",)"
           R"("properties":{"index":{"type":"integer"},"server":{"type":"string"},"tool":{"type":"string"},)"
           R"("status":{"type":"string","enum":["ok","tool_error","error","failed","refused","cancelled"]},)"
           R"("duration_ms":{"type":"integer"},"attempts":{"type":"integer"},"result":{"type":"object"},)"
           R"("error":{"type":"object"}},"required":["index","server","tool","status","duration_ms","attempts"]}},)"
           R"("summary":{"type":"object","properties":{"total":{"type":"integer"},"ok":{"type":"integer"},)"
           R"("failed":{"type":"integer"},"duration_ms":{"type":"integer"}}}},"required":["results","summary"]},)"
           R"("annotations":{"readOnlyHint":false,"openWorldHint":true}})";
}

// What a tool says (server/tools, "Structured Content"): the document, and the same as text.
std::string tool_result(std::string_view document, bool is_error) {
    std::string out = R"({"content":[{"type":"text","text":)";
    append_json_string(out, document);
    out += R"(}],"structuredContent":)";
    out += document;
    return out + (is_error ? R"(,"isError":true})" : R"(,"isError":false})");
}

std::string refused_arguments(const std::string& why) {
    std::string out = R"({"content":[{"type":"text","text":)";
    append_json_string(out, why);
    return out + R"(}],"isError":true})";
}

void tell_progress(Exchange& exchange, std::size_t done, std::size_t total, const std::string& message,
                   const std::string& meta) {
    const std::string_view token = exchange.request().progress_token();
    if (token.empty())
        return;
    std::string params = R"({"progressToken":)";
    params += token;
    params += R"(,"progress":)" + std::to_string(done) + R"(,"total":)" + std::to_string(total) + R"(,"message":)";
    append_json_string(params, message);
    params += meta.empty() ? "}" : R"(,"_meta":)" + meta + "}";
    if (auto notice = mcp::Message::parse(mcp::make_call("", mcp::method::progress, params)))
        exchange.notify(std::move(*notice));
}

}  // namespace

// Where cancel() finds the scope of a call.
class HubCalls::Running {
public:
    Running(HubCalls& calls, const Exchange& exchange, CallScope& scope) : calls_(calls), exchange_(exchange) {
        calls_.running_[&exchange_] = &scope;
    }
    ~Running() { calls_.running_.erase(&exchange_); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    HubCalls& calls_;
    const Exchange& exchange_;
};

std::string HubCalls::entries() const {
    const std::string pipelines = pipelines_.tool_entries();
    return call_many_entry(limits_) + (pipelines.empty() ? "" : "," + pipelines);
}

bool HubCalls::has(std::string_view tool) const {
    return tool == kCallMany || (tool.starts_with(kPipelineTool) && pipelines_.has(tool.substr(kPipelineTool.size())));
}

void HubCalls::cancel(Exchange& exchange) {
    if (const auto found = running_.find(&exchange); found != running_.end())
        found->second->end();
}

awaitable<result<std::string>> HubCalls::call(Exchange& exchange, std::string tool, std::string arguments) {
    CallScope scope;
    const Running here(*this, exchange, scope);
    if (tool == kCallMany)
        co_return co_await call_many(exchange, scope, std::move(arguments));
    std::string name = tool.substr(kPipelineTool.size());
    co_return co_await run_pipeline(exchange, scope, std::move(name), std::move(arguments));
}

awaitable<result<std::string>> HubCalls::call_many(Exchange& exchange, CallScope& scope, std::string arguments) {
    if (exchange.depth > 0)
        co_return Error(errc::invalid_params,
                        "call_many is not to be called by a batch or a pipeline: put its calls there themselves");
    BodyReader reader(arguments);
    const BatchRequest batch = read_batch(reader, limits_);
    if (!reader.ok())
        co_return refused_arguments(reader.summary());
    const InnerOrigin origin = origin_of(exchange);
    const std::size_t total = batch.calls.size();
    const BatchRunner::OnEnd on_end = [&](std::size_t ended, std::size_t index, std::string_view status) {
        const InnerCall& call = batch.calls[index].call;
        tell_progress(
            exchange, ended, total,
            "call " + std::to_string(index) + ", " + call.server + "/" + call.tool + ": " + std::string(status), {});
    };
    // The document goes out twice, as structure and as text.
    const std::string document = co_await batches_.run(batch, origin, scope, limits_.line_bytes / 2, on_end);
    if (scope.ended())
        co_return Error(errc::cancelled, "the client cancelled the call");
    co_return tool_result(document, false);
}

awaitable<result<std::string>> HubCalls::run_pipeline(Exchange& exchange, CallScope& scope, std::string name,
                                                      std::string arguments) {
    const InnerOrigin origin = origin_of(exchange);
    const std::size_t total = pipelines_.steps_of(name);
    const PipelineRun::OnStep on_step = [&](const StepReport& step, std::size_t ended) {
        std::string meta = "{";
        append_json_string(meta, kStepNote);
        meta += ":" + json_of(step) + "}";
        tell_progress(exchange, ended, total, "step " + step.name + ": " + std::string(to_string(step.status)), meta);
    };
    const auto report = co_await pipelines_.run(std::move(name), std::move(arguments), origin, scope, on_step);
    if (!report)
        co_return report.error();
    if (report->status == RunStatus::cancelled)
        co_return Error(errc::cancelled, "the client cancelled the call");
    co_return tool_result(json_of(*report), report->status == RunStatus::failed);
}

}  // namespace agenthub
