// How a run has gone.
// Values and pure functions.

#include "pipeline/run_report.hpp"

#include "base/text.hpp"

namespace agenthub {
namespace {

void add_text(std::string& out, std::string_view key, std::string_view value) {
    out += out == "{" ? "\"" : ",\"";
    out += key;
    out += "\":";
    append_json_string(out, value);
}

void add_json(std::string& out, std::string_view key, std::string_view json) {
    out += ",\"";
    out += key;
    out += "\":";
    out += json.empty() ? std::string_view("null") : json;
}

void add_steps(const std::vector<StepConfig>& steps, std::vector<StepReport>& out) {
    for (const StepConfig& step : steps) {
        StepReport report;
        report.name = step.name;
        report.kind = step.kind;
        out.push_back(std::move(report));
        add_steps(step.steps, out);
    }
}

}  // namespace

std::string_view to_string(StepStatus status) noexcept {
    switch (status) {
        case StepStatus::ok: return "ok";
        case StepStatus::fallback: return "fallback";
        case StepStatus::continued: return "continued";
        case StepStatus::failed: return "failed";
        case StepStatus::cancelled: return "cancelled";
        case StepStatus::not_run: break;
    }
    return "not_run";
}

std::string_view to_string(RunStatus status) noexcept {
    switch (status) {
        case RunStatus::partial: return "partial";
        case RunStatus::failed: return "failed";
        case RunStatus::cancelled: return "cancelled";
        case RunStatus::complete: break;
    }
    return "complete";
}

std::string json_of(const StepReport& step) {
    std::string out = "{";
    add_text(out, "name", step.name);
    add_text(out, "kind", to_string(step.kind));
    add_text(out, "status", to_string(step.status));
    add_json(out, "duration_ms", std::to_string(step.time.count()));
    add_json(out, "error", step.error);
    return out + "}";
}

std::string json_of(const RunReport& run) {
    std::string out = "{";
    add_text(out, "pipeline", run.pipeline);
    add_text(out, "run_id", run.run_id);
    add_text(out, "status", to_string(run.status));
    add_json(out, "output", run.output);
    add_json(out, "error", run.error);
    add_json(out, "duration_ms", std::to_string(run.time.count()));
    out += ",\"steps\":[";
    for (std::size_t i = 0; i < run.steps.size(); ++i)
        out += (i == 0 ? "" : ",") + json_of(run.steps[i]);
    return out + "]}";
}

std::vector<StepReport> steps_of(const PipelineConfig& plan) {
    std::vector<StepReport> out;
    add_steps(plan.steps, out);
    return out;
}

}  // namespace agenthub
