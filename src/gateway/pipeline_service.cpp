// Pipelines and their runs.
// Owned by the gateway.

#include "gateway/pipeline_service.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/pipeline_plan.hpp"

namespace agenthub {
namespace {

// Of every run: see json_of(RunReport).
constexpr std::string_view kOutputSchema =
    R"({"type":"object","properties":{"pipeline":{"type":"string"},"run_id":{"type":"string"},)"
    R"("status":{"type":"string","enum":["complete","partial","failed"]},"output":{},)"
    R"("error":{"type":["object","null"]},"duration_ms":{"type":"integer"},)"
    R"("steps":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},)"
    R"("kind":{"type":"string"},"status":{"type":"string","enum":["ok","fallback","continued","failed","not_run"]},)"
    R"("duration_ms":{"type":"integer"},"error":{"type":["object","null"]}}}}},)"
    R"("required":["pipeline","run_id","status","output","error","duration_ms","steps"]})";

void add_member(std::string& out, std::string_view key, std::string_view text) {
    out += out.ends_with('{') ? "\"" : ",\"";
    out += key;
    out += "\":";
    append_json_string(out, text);
}

std::string entry_of(const PipelineConfig& pipeline) {
    std::string out = "{";
    add_member(out, "name", std::string(kPipelineTool) + pipeline.name);
    add_member(out, "title", "Pipeline " + pipeline.name);
    add_member(
        out, "description",
        pipeline.description.empty() ? "Runs the configured pipeline '" + pipeline.name + "'." : pipeline.description);
    out += R"(,"inputSchema":)" + pipeline.input_schema + R"(,"outputSchema":)";
    out += kOutputSchema;
    return out + R"(,"annotations":{"readOnlyHint":false,"openWorldHint":true}})";
}

std::string listed(const PipelineConfig& pipeline) {
    std::string out = "{";
    add_member(out, "name", pipeline.name);
    add_member(out, "description", pipeline.description);
    add_member(out, "tool", std::string(kPipelineTool) + pipeline.name);
    out += R"(,"input_schema":)" + pipeline.input_schema + R"(,"timeout":)";
    out += std::to_string(static_cast<double>(pipeline.timeout.count()) / 1000) + R"(,"steps":[)";
    bool first = true;
    for (const StepReport& step : steps_of(pipeline)) {
        out += first ? "{" : ",{";
        first = false;
        add_member(out, "name", step.name);
        add_member(out, "kind", to_string(step.kind));
        out += '}';
    }
    return out + "]}";
}

}  // namespace

PipelineService::PipelineService(Executor executor, const PipelinesConfig& config, InnerCaller& calls,
                                 Enhancer& enhancer)
    : config_(std::make_shared<const PipelinesConfig>(config)), files_(executor), tools_{calls, enhancer, files_} {}

void PipelineService::reconfigure(const PipelinesConfig& config) {
    config_ = std::make_shared<const PipelinesConfig>(config);
}

const PipelineConfig* PipelineService::find(std::string_view name) const {
    const auto& all = config_->pipelines;
    const auto found = std::find_if(all.begin(), all.end(), [name](const auto& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::size_t PipelineService::steps_of(std::string_view name) const {
    const PipelineConfig* plan = find(name);
    return plan == nullptr ? 0 : agenthub::steps_of(*plan).size();
}

std::string PipelineService::document() const {
    std::string out = R"({"pipelines":[)";
    for (const PipelineConfig& pipeline : config_->pipelines)
        out += (out.ends_with('[') ? "" : ",") + listed(pipeline);
    out += R"(],"running":)" + std::to_string(count_.running);
    return out + R"(,"max_running":)" + std::to_string(config_->max_running) + "}";
}

std::string PipelineService::tool_entries() const {
    std::string out;
    for (const PipelineConfig& pipeline : config_->pipelines)
        out += (out.empty() ? "" : ",") + entry_of(pipeline);
    return out;
}

std::vector<InputFault> PipelineService::check(std::string_view name, std::string_view input) const {
    const PipelineConfig* plan = find(name);
    return plan == nullptr ? std::vector<InputFault>() : check_input(plan->input_schema, input);
}

result<void> PipelineService::admit(const std::string& name, std::string_view input, const InnerOrigin& origin) const {
    if (!has(name))
        return Error(errc::invalid_params, "no pipeline named '" + name + "' is configured; GET /pipelines lists them");
    if (input.size() > RunValues::kMaxBytes)
        return Error(errc::invalid_params, "the input of the pipeline '" + name + "' has " +
                                               std::to_string(input.size()) + " bytes, and a run takes at most " +
                                               std::to_string(RunValues::kMaxBytes) + "; send less");
    if (origin.depth > kMaxDepth)
        return Error(errc::invalid_params, "pipelines call each other more than " + std::to_string(kMaxDepth) +
                                               " deep; let fewer of them call others");
    std::string faults;
    for (const InputFault& fault : check(name, input))
        faults += (faults.empty() ? "" : "; ") + fault.name + ": " + fault.message;
    if (!faults.empty())
        return Error(errc::invalid_params,
                     "the input of the pipeline '" + name + "' is not as its schema says: " + faults);
    if (count_.running >= config_->max_running)
        return Error(errc::busy,
                     std::to_string(count_.running) +
                         " pipelines are running, as many as pipeline_runs allows; wait until one "
                         "has ended",
                     std::chrono::seconds(1));
    return {};
}

awaitable<result<RunReport>> PipelineService::run(std::string name, std::string input, const InnerOrigin& origin,
                                                  CallScope& scope, const PipelineRun::OnStep& on_step) {
    if (auto admitted = admit(name, input, origin); !admitted)
        co_return admitted.error();
    const RunCount::Place place(count_);
    const auto config = config_;
    const PipelineConfig& plan = *find(name);
    input = with_defaults(plan.input_schema, std::move(input));
    PipelineRun run(tools_, plan, config->roots, origin, scope, on_step);
    std::string id(ids_.next().view());
    co_return co_await run.run(std::move(input), std::move(id));
}

}  // namespace agenthub
