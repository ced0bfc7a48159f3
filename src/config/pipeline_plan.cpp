// Checking the plans of pipelines.
// Pure functions.

#include "config/pipeline_plan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "config/pipeline_section.hpp"
#include "config/reference.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

void each_text(const ordered_json& value, const std::function<void(const std::string&)>& visit) {
    if (value.is_string())
        visit(value.get_ref<const std::string&>());
    else if (value.is_structured())
        for (const ordered_json& child : value)
            each_text(child, visit);
}

// One pipeline, step by step.
class PlanCheck {
public:
    PlanCheck(const PipelineConfig& pipeline, Findings& findings)
        : pipeline_(pipeline), path_(child_path("pipelines", pipeline.name)), findings_(findings) {}

    void run() {
        note_names(pipeline_.steps, path_ + ".steps");
        if (count_ > kMaxSteps)
            fault(path_ + ".steps", "found " + std::to_string(count_) +
                                        " steps, with those inside of parallel; allowed: at most " +
                                        std::to_string(kMaxSteps));
        note_inputs();
        check_steps(pipeline_.steps, path_ + ".steps");
        if (!pipeline_.output.empty())
            check_json(pipeline_.output, path_ + ".output");
    }

private:
    void fault(const std::string& path, std::string message) { findings_.faults.push_back({path, std::move(message)}); }

    void note_names(const std::vector<StepConfig>& steps, const std::string& path) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            ++count_;
            const StepConfig& step = steps[i];
            if (!names_.emplace(step.name, step.kind).second)
                fault(element_path(path, i) + ".name",
                      "found " + in_quotes(step.name) + " a second time; allowed: each name once in a pipeline");
            note_names(step.steps, element_path(path, i) + ".parallel.steps");
        }
    }

    void note_inputs() {
        const auto schema = ordered_json::parse(pipeline_.input_schema);
        const auto properties = schema.find("properties");
        if (properties == schema.end() || !properties->is_object())
            return;
        knows_inputs_ = true;
        for (const auto& [name, ignored] : properties->items())
            inputs_.insert(name);
    }

    void check_steps(const std::vector<StepConfig>& steps, const std::string& path) {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            check_step(steps[i], element_path(path, i));
            done_.insert(steps[i].name);
        }
    }

    // What stands in a parallel step becomes known together, when all of it has ended.
    void check_parallel(const StepConfig& step, const std::string& path) {
        for (std::size_t i = 0; i < step.steps.size(); ++i) {
            const std::string own = element_path(path + ".parallel.steps", i);
            if (step.steps[i].kind == StepKind::parallel)
                fault(own, "parallel inside of parallel; allowed: call, enhance, write_file and text");
            else
                check_step(step.steps[i], own);
        }
        for (const StepConfig& inner : step.steps)
            done_.insert(inner.name);
    }

    void check_step(const StepConfig& step, const std::string& path) {
        switch (step.kind) {
            case StepKind::call: check_arguments(step.arguments, path + ".call.arguments"); break;
            case StepKind::enhance: check_text(step.prompt, path + ".enhance.prompt"); break;
            case StepKind::parallel: check_parallel(step, path); break;
            case StepKind::write_file:
                check_text(step.path, path + ".write_file.path");
                check_text(step.content, path + ".write_file.content");
                break;
            case StepKind::text: check_text(step.content, path + ".text"); break;
        }
        if (step.fallback)
            check_json(*step.fallback, path + ".fallback");
    }

    void check_arguments(const std::string& json, const std::string& path) {
        const auto value = ordered_json::parse(json);
        const auto pieces = value.is_string() ? pieces_of(value.get<std::string>()) : std::vector<TextPiece>(1);
        if (value.is_string() && pieces && (pieces->size() != 1 || !pieces->front().reference))
            fault(path, "found " + in_quotes(value.get<std::string>()) +
                            "; allowed: an object, or one reference to an object");
        check_json(json, path);
    }

    void check_json(const std::string& json, const std::string& path) {
        each_text(ordered_json::parse(json), [&](const std::string& text) { check_text(text, path); });
    }

    void check_text(const std::string& text, const std::string& path) {
        const auto pieces = pieces_of(text);
        if (!pieces)
            return fault(path, pieces.error().message);
        for (const TextPiece& piece : *pieces)
            if (piece.reference)
                check_reference(*piece.reference, path);
    }

    void check_reference(const Reference& reference, const std::string& path) {
        if (reference.root == ReferenceRoot::input && knows_inputs_ && !reference.path.empty() &&
            !inputs_.contains(reference.path.front()))
            findings_.warnings.push_back({path, "found " + reference.text() + ", which input_schema does not name"});
        if (reference.root != ReferenceRoot::steps)
            return;
        const std::string& name = reference.path.front();
        const auto step = names_.find(name);
        if (step == names_.end())
            return fault(path, "found " + reference.text() + ", but no step is called " + in_quotes(name));
        if (!done_.contains(name))
            return fault(path, "found " + reference.text() + ", but that step is not carried out before this one");
        if (step->second == StepKind::parallel)
            fault(path, "found " + reference.text() + "; allowed: the steps inside of it, by their own names");
    }

    const PipelineConfig& pipeline_;
    std::string path_;
    Findings& findings_;
    std::map<std::string, StepKind, std::less<>> names_;
    std::set<std::string, std::less<>> done_;
    std::set<std::string, std::less<>> inputs_;
    bool knows_inputs_ = false;
    std::size_t count_ = 0;
};

// Who calls whom.
class CircleCheck {
public:
    CircleCheck(const PipelinesConfig& pipelines, Findings& findings) : pipelines_(pipelines), findings_(findings) {}

    void run() {
        for (const PipelineConfig& pipeline : pipelines_.pipelines) {
            way_.clear();
            seen_.clear();
            visit(pipeline);
        }
    }

private:
    const PipelineConfig* find(std::string_view name) const {
        const auto& all = pipelines_.pipelines;
        const auto found = std::find_if(all.begin(), all.end(), [name](const auto& one) { return one.name == name; });
        return found == all.end() ? nullptr : &*found;
    }

    void visit(const PipelineConfig& pipeline) {
        if (!way_.empty() && way_.front() == &pipeline)
            return refuse();
        if (!seen_.insert(&pipeline).second)
            return;  // where it leads to is known; a circle that the first one is no part of is told of at its own
        way_.push_back(&pipeline);
        visit_steps(pipeline.steps);
        way_.pop_back();
    }

    void visit_steps(const std::vector<StepConfig>& steps) {
        for (const StepConfig& step : steps) {
            if (step.kind == StepKind::call && step.server == "hub")
                visit_call(step);
            visit_steps(step.steps);
        }
    }

    void visit_call(const StepConfig& step) {
        const std::string path = child_path("pipelines", way_.back()->name) + ".steps";
        const bool is_first = way_.size() == 1;
        if (step.tool == "call_many" && is_first)
            findings_.faults.push_back(
                {path, "the step " + in_quotes(step.name) + " calls call_many; allowed: a step \"parallel\""});
        if (!step.tool.starts_with(kPipelineTool))
            return;
        const PipelineConfig* called = find(std::string_view(step.tool).substr(kPipelineTool.size()));
        if (called != nullptr)
            visit(*called);
        else if (is_first)
            findings_.faults.push_back(
                {path, "the step " + in_quotes(step.name) + " calls " + in_quotes(step.tool) + ", which is not there"});
    }

    void refuse() {
        std::string circle;
        for (const PipelineConfig* pipeline : way_)
            circle += pipeline->name + " → ";
        const std::string path = child_path("pipelines", way_.front()->name);
        Fault fault{path, "calls itself: " + circle + way_.front()->name + "; allowed: no circle"};
        if (std::find(findings_.faults.begin(), findings_.faults.end(), fault) == findings_.faults.end())
            findings_.faults.push_back(std::move(fault));
    }

    const PipelinesConfig& pipelines_;
    Findings& findings_;
    std::vector<const PipelineConfig*> way_;
    std::set<const PipelineConfig*> seen_;
};

}  // namespace

void check_plans(const PipelinesConfig& pipelines, Findings& findings) {
    for (const PipelineConfig& pipeline : pipelines.pipelines)
        PlanCheck(pipeline, findings).run();
    CircleCheck(pipelines, findings).run();
}

}  // namespace agenthub
