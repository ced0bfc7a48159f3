// The section "pipelines".
// Pure functions.

#include "config/pipeline_section.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>

#include "config/pipeline_plan.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr IntegerRange kRuns{1, 1000};
constexpr IntegerRange kConcurrent{1, 64};
constexpr DurationRange kStepTime{10ms, 24h};
constexpr std::size_t kMaxName = 48;  // as a tool it is pipeline_NAME, and a tool's name has 64 characters at most

bool is_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), fits);
}

constexpr const char* kNames = "1 to 48 letters, digits, '_' and '-'";

std::string dumped(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// A text, or a list of its lines: JSON has no others.
void read_lines(ObjectReader& reader, std::string_view key, std::string& out) {
    const ordered_json* value = reader.find(key);
    if (value == nullptr)
        return reader.fault(key, "missing; allowed: a text, or a list of its lines");
    if (!value->is_array())
        return reader.read(key, out);
    std::vector<std::string> lines;
    reader.read(key, lines);
    for (std::size_t i = 0; i < lines.size(); ++i)
        out += (i == 0 ? "" : "\n") + lines[i];
}

void read_needed(ObjectReader& reader, std::string_view key, std::string& out, const char* allowed) {
    if (reader.find(key) == nullptr)
        return reader.fault(key, std::string("missing; allowed: ") + allowed);
    reader.read(key, out);
    if (out.empty())
        reader.fault(key, std::string("found nothing in it; allowed: ") + allowed);
}

void read_call(ObjectReader& reader, StepConfig& step) {
    read_needed(reader, "server", step.server, "the name of a server");
    read_needed(reader, "tool", step.tool, "the name of one of its tools");
    if (const ordered_json* arguments = reader.find("arguments")) {
        if (arguments->is_object() || arguments->is_string())
            step.arguments = dumped(*arguments);
        else
            reader.fault("arguments", refusal(*arguments, "an object, or one reference to an object"));
    }
}

std::vector<StepConfig> read_steps(ObjectReader& reader, Findings& findings);

void read_parallel(ObjectReader& reader, Findings& findings, StepConfig& step) {
    reader.read("max_concurrent", step.max_concurrent, kConcurrent);
    step.steps = read_steps(reader, findings);
}

void read_on_error(ObjectReader& reader, StepConfig& step) {
    std::string word = reader.find("fallback") == nullptr ? "fail" : "fallback";
    reader.read_choice("on_error", word, {"fail", "continue", "fallback"});
    step.on_error = word == "fail" ? OnError::fail : word == "continue" ? OnError::proceed : OnError::fallback;
    const ordered_json* fallback = reader.find("fallback");
    if (fallback != nullptr)
        step.fallback = dumped(*fallback);
    if (step.on_error == OnError::fallback && fallback == nullptr)
        reader.fault("on_error", R"(found "fallback" without one; allowed: beside "fallback": what stands in)");
    if (step.on_error != OnError::fallback && fallback != nullptr)
        reader.fault("fallback", R"(found one that is never used; allowed: with "on_error": "fallback")");
}

constexpr std::array kKinds{StepKind::call, StepKind::enhance, StepKind::parallel, StepKind::write_file,
                            StepKind::text};

// What the step does is the one key of these that it has.
void read_kind(ObjectReader& reader, const std::string& path, Findings& findings, StepConfig& step) {
    const auto has = [&reader](StepKind kind) { return reader.find(to_string(kind)) != nullptr; };
    const auto found = std::find_if(kKinds.begin(), kKinds.end(), has);
    if (std::count_if(kKinds.begin(), kKinds.end(), has) != 1)
        return findings.faults.push_back(
            {path, "a step does one thing; allowed: exactly one of call, enhance, parallel, write_file and text"});
    step.kind = *found;
    if (step.kind == StepKind::text)
        return read_lines(reader, "text", step.content);
    const std::string_view key = to_string(step.kind);
    const ordered_json* section = reader.section(key);
    if (section == nullptr)
        return;
    ObjectReader own(*section, reader.path_of(key), findings);
    switch (step.kind) {
        case StepKind::call: read_call(own, step); break;
        case StepKind::enhance:
            read_lines(own, "prompt", step.prompt);
            own.read("client", step.client);
            break;
        case StepKind::parallel: read_parallel(own, findings, step); break;
        default:
            read_needed(own, "path", step.path, "a path below one of pipeline_roots");
            read_lines(own, "content", step.content);
            break;
    }
    own.warn_unknown();
}

StepConfig read_step(const ordered_json& entry, const std::string& path, Findings& findings) {
    StepConfig step;
    ObjectReader reader(entry, path, findings);
    reader.read("name", step.name);
    if (!is_name(step.name))
        reader.fault("name", "found " + in_quotes(step.name) + "; allowed: " + kNames);
    reader.read("timeout", step.timeout, kStepTime);
    read_on_error(reader, step);
    read_kind(reader, path, findings, step);
    reader.warn_unknown();
    return step;
}

std::vector<StepConfig> read_steps(ObjectReader& reader, Findings& findings) {
    constexpr const char* kAllowed = R"(a list of steps as {"name": "a", "text": "…"}, at least one)";
    std::vector<StepConfig> steps;
    const ordered_json* list = reader.find("steps");
    if (list == nullptr || !list->is_array() || list->empty()) {
        reader.fault("steps",
                     list == nullptr ? std::string("missing; allowed: ") + kAllowed : refusal(*list, kAllowed));
        return steps;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string path = element_path(reader.path_of("steps"), i);
        if ((*list)[i].is_object())
            steps.push_back(read_step((*list)[i], path, findings));
        else
            findings.faults.push_back({path, refusal((*list)[i], R"(an object as {"name": "a", "text": "…"})")});
    }
    return steps;
}

void read_schema(ObjectReader& reader, PipelineConfig& pipeline) {
    const ordered_json* schema = reader.section("input_schema");
    if (schema == nullptr)
        return;
    const auto type = schema->find("type");
    if (type != schema->end() && *type != "object")
        return reader.fault("input_schema", R"(its type is not "object"; allowed: a schema of an object)");
    ordered_json whole = *schema;
    if (type == schema->end())
        whole["type"] = "object";
    pipeline.input_schema = dumped(whole);
}

PipelineConfig read_pipeline(const std::string& name, const ordered_json& entry, const std::string& path,
                             Findings& findings) {
    PipelineConfig pipeline;
    pipeline.name = name;
    ObjectReader reader(entry, path, findings);
    reader.read("description", pipeline.description);
    read_schema(reader, pipeline);
    reader.read("timeout", pipeline.timeout, kStepTime);
    if (const ordered_json* output = reader.find("output"))
        pipeline.output = dumped(*output);
    pipeline.steps = read_steps(reader, findings);
    reader.warn_unknown();
    return pipeline;
}

void read_roots(ObjectReader& root, const Environment& environment, Findings& findings, PipelinesConfig& out) {
    root.read("pipeline_roots", out.roots);
    for (std::size_t i = 0; i < out.roots.size(); ++i) {
        std::string& path = out.roots[i];
        const auto home = environment.non_empty("HOME");
        if (path.starts_with("~/") && home)
            path = *home + path.substr(1);
        if (!path.starts_with('/') || ("/" + path + "/").find("/../") != std::string::npos)
            findings.faults.push_back({element_path("pipeline_roots", i),
                                       "found " + in_quotes(path) +
                                           "; allowed: the absolute path of a directory, or one that begins with ~/"});
    }
}

}  // namespace

void read_pipelines(ObjectReader& root, const Environment& environment, Findings& findings, PipelinesConfig& out) {
    read_roots(root, environment, findings, out);
    root.read("pipeline_runs", out.max_running, kRuns);
    const ordered_json* section = root.section("pipelines");
    if (section == nullptr)
        return;
    const std::size_t faults = findings.faults.size();
    for (const auto& [name, entry] : section->items()) {
        const std::string path = child_path("pipelines", name);
        if (name.starts_with('_'))
            continue;
        if (!is_name(name))
            findings.faults.push_back({path, "found the name " + in_quotes(name) + "; allowed: " + kNames});
        else if (!entry.is_object())
            findings.faults.push_back({path, refusal(entry, R"(an object as {"steps": […]})")});
        else
            out.pipelines.push_back(read_pipeline(name, entry, path, findings));
    }
    if (out.pipelines.size() > kMaxPipelines)
        findings.faults.push_back({"pipelines", "found " + std::to_string(out.pipelines.size()) +
                                                    "; allowed: at most " + std::to_string(kMaxPipelines)});
    // What could not be read would look like a fault of the plan.
    if (findings.faults.size() == faults)
        check_plans(out, findings);
}

}  // namespace agenthub
