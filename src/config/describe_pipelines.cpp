// Pipelines for people.
// Pure functions.

#include "config/describe_pipelines.hpp"

#include "config/wording.hpp"

namespace agenthub {
namespace {

std::string what_it_does(const StepConfig& step) {
    switch (step.kind) {
        case StepKind::call: return "call " + in_quotes(step.server) + " " + in_quotes(step.tool);
        case StepKind::enhance:
            return "enhance by the rule of " + (step.client.empty() ? "the caller" : in_quotes(step.client));
        case StepKind::parallel: return "parallel, " + std::to_string(step.max_concurrent) + " at a time";
        case StepKind::write_file: return "write_file " + in_quotes(step.path);
        case StepKind::text: break;
    }
    return "text";
}

std::string_view word_of(OnError on_error) {
    switch (on_error) {
        case OnError::proceed: return "continue";
        case OnError::fallback: return "fallback";
        case OnError::fail: break;
    }
    return "fail";
}

void describe_steps(std::string& out, const std::vector<StepConfig>& steps, const std::string& indent) {
    for (const StepConfig& step : steps) {
        out +=
            indent + step.name + ": " + what_it_does(step) + ", timeout " + duration_text(step.timeout) + ", on_error ";
        out += word_of(step.on_error);
        out += '\n';
        describe_steps(out, step.steps, indent + "  ");
    }
}

}  // namespace

void describe_pipelines(std::string& out, const PipelinesConfig& pipelines) {
    out += "pipelines: " + std::to_string(pipelines.pipelines.size()) + "\n";
    out += "  runs at a time: " + std::to_string(pipelines.max_running) + "\n";
    for (const std::string& root : pipelines.roots)
        out += "  files may be written below " + in_quotes(root) + "\n";
    for (const PipelineConfig& pipeline : pipelines.pipelines) {
        out += "  " + pipeline.name + ": timeout " + duration_text(pipeline.timeout) + "\n";
        describe_steps(out, pipeline.steps, "    ");
    }
}

}  // namespace agenthub
