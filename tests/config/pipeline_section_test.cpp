// The sections "pipelines", "pipeline_roots" and "pipeline_runs", and the plans in them.

#include "config/pipeline_section.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/describe.hpp"
#include "config/difference.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

std::string with_steps(const std::string& steps, const std::string& more = "") {
    return R"({"pipelines": {"p": {"steps": [)" + steps + "]" + more + "}}}";
}

// The only fault of a pipeline with these steps; "" for none.
std::string fault_of(const std::string& steps, const std::string& more = "") {
    const auto faults = faults_of(with_steps(steps, more));
    EXPECT_LE(faults.size(), 1U) << (faults.empty() ? "" : faults.back());
    return faults.empty() ? "" : faults.front();
}

void expect_fault(const std::string& steps, std::string_view path, std::string_view words,
                  const std::string& more = "") {
    const std::string fault = fault_of(steps, more);
    EXPECT_TRUE(fault.starts_with(path)) << fault;
    EXPECT_NE(fault.find(words), std::string::npos) << fault;
}

TEST(PipelineSection, every_setting) {
    const PipelinesConfig config =
        parsed(R"({"pipeline_roots": ["/a", "~/b"], "pipeline_runs": 3, "pipelines": {"p-1": {
        "description": "d", "timeout": "5m", "input_schema": {"properties": {"x": {"type": "string"}}},
        "output": {"o": "${steps.w.path}"},
        "steps": [
            {"name": "t", "text": ["one", "two ${input.x}"]},
            {"name": "c", "timeout": 2, "on_error": "continue",
             "call": {"server": "s", "tool": "t", "arguments": {"a": "${steps.t.text}", "b": [1.50]}}},
            {"name": "e", "enhance": {"prompt": "${steps.t.text}", "client": "k"}, "fallback": {"text": "${steps.t.text}"}},
            {"name": "par", "parallel": {"max_concurrent": 2, "steps": [{"name": "i", "text": "x"}]}},
            {"name": "w", "write_file": {"path": "f", "content": "${steps.i.text}"}}]}}})",
               fixed_environment({{"HOME", "/home/me"}}))
            .pipelines;
    EXPECT_EQ(config.roots, (std::vector<std::string>{"/a", "/home/me/b"}));
    EXPECT_EQ(config.max_running, 3U);
    ASSERT_EQ(config.pipelines.size(), 1U);
    const PipelineConfig& p = config.pipelines.front();
    EXPECT_EQ(p.name, "p-1");
    EXPECT_EQ(p.description, "d");
    EXPECT_EQ(p.timeout, 300s);
    EXPECT_EQ(p.input_schema, R"({"properties":{"x":{"type":"string"}},"type":"object"})");
    EXPECT_EQ(p.output, R"({"o":"${steps.w.path}"})");
    ASSERT_EQ(p.steps.size(), 5U);
    EXPECT_EQ(p.steps[0].content, "one\ntwo ${input.x}");
    EXPECT_EQ(p.steps[1].arguments, R"({"a":"${steps.t.text}","b":[1.5]})");
    EXPECT_EQ(p.steps[1].timeout, 2s);
    EXPECT_EQ(p.steps[1].on_error, OnError::proceed);
    EXPECT_EQ(p.steps[2].client, "k");
    EXPECT_EQ(p.steps[2].on_error, OnError::fallback) << "to give one is to want it";
    EXPECT_EQ(p.steps[2].fallback, R"({"text":"${steps.t.text}"})");
    EXPECT_EQ(p.steps[3].max_concurrent, 2U);
    EXPECT_EQ(p.steps[4].kind, StepKind::write_file);
    EXPECT_EQ(parsed("").pipelines, PipelinesConfig());
}

TEST(PipelineSection, faults_name_their_place) {
    expect_fault("", "pipelines.p.steps: ", "at least one");
    expect_fault(R"({"name": "a"})", "pipelines.p.steps[0]: ", "exactly one of call");
    expect_fault(R"({"name": "a", "text": "x", "call": {"server": "s", "tool": "t"}})",
                 "pipelines.p.steps[0]: ", "exactly one");
    expect_fault(R"({"text": "x"})", "pipelines.p.steps[0].name: ", "letters");
    expect_fault(R"({"name": "a.b", "text": "x"})", "pipelines.p.steps[0].name: ", "letters");
    expect_fault(R"({"name": "a", "call": {"server": "s"}})", "pipelines.p.steps[0].call.tool: ", "missing");
    expect_fault(R"({"name": "a", "call": {"server": "s", "tool": "t", "arguments": 1}})",
                 "pipelines.p.steps[0].call.arguments: ", "an object");
    expect_fault(R"({"name": "a", "call": {"server": "s", "tool": "t", "arguments": "a ${input}"}})",
                 "pipelines.p.steps[0].call.arguments: ", "one reference to an object");
    expect_fault(R"({"name": "a", "write_file": {"path": "f"}})",
                 "pipelines.p.steps[0].write_file.content: ", "missing");
    expect_fault(R"({"name": "a", "text": "x", "on_error": "ignore"})", "pipelines.p.steps[0].on_error: ", "continue");
    expect_fault(R"({"name": "a", "text": "x", "on_error": "fallback"})",
                 "pipelines.p.steps[0].on_error: ", "without one");
    expect_fault(R"({"name": "a", "text": "x", "on_error": "fail", "fallback": 1})",
                 "pipelines.p.steps[0].fallback: ", "never used");
    expect_fault(R"({"name": "a", "text": "x", "timeout": 0})", "pipelines.p.steps[0].timeout: ", "allowed");
    expect_fault(R"({"name": "a", "text": "x"})", "pipelines.p.input_schema: ", "object",
                 R"(, "input_schema": {"type": "array"})");
    EXPECT_EQ(faults_of(R"({"pipeline_roots": ["relative"]})").size(), 1U);
    EXPECT_EQ(faults_of(R"({"pipeline_roots": ["/a/../b"]})").size(), 1U);
    EXPECT_EQ(faults_of(R"({"pipeline_runs": 0})").size(), 1U);
    EXPECT_EQ(faults_of(R"({"pipelines": {"a b": {"steps": [{"name": "a", "text": "x"}]}}})").size(), 1U);
    EXPECT_EQ(parsed(with_steps(R"({"name": "a", "text": "x", "txet": 1})")).warnings.size(), 1U);
}

TEST(PipelinePlan, references_lead_to_steps_that_were_carried_out_before) {
    const std::string a = R"({"name": "a", "text": "x"}, )";
    EXPECT_EQ(fault_of(a + R"({"name": "b", "text": "${steps.a.text}"})"), "");
    expect_fault(a + R"({"name": "b", "text": "${steps.c.text}"})",
                 "pipelines.p.steps[1].text: ", R"(no step is called "c")");
    expect_fault(R"({"name": "b", "text": "${steps.a.text}"}, {"name": "a", "text": "x"})",
                 "pipelines.p.steps[0].text: ", "not carried out before");
    expect_fault(R"({"name": "a", "text": "${steps.a.text}"})",
                 "pipelines.p.steps[0].text: ", "not carried out before");
    expect_fault(a + R"({"name": "a", "text": "y"})", "pipelines.p.steps[1].name: ", "a second time");
    expect_fault(R"({"name": "a", "text": "${nothing}"})", "pipelines.p.steps[0].text: ", "allowed: ${input.NAME}");
    expect_fault(R"({"name": "a", "text": "x"})", "pipelines.p.output: ", "no step is called",
                 R"(, "output": ["${steps.z}"])");
    expect_fault(R"({"name": "a", "text": "x", "fallback": {"k": "${steps.z}"}})",
                 "pipelines.p.steps[0].fallback: ", "no step");
    expect_fault(R"({"name": "a", "call": {"server": "s", "tool": "t", "arguments": {"k": ["${steps.z}"]}}})",
                 "pipelines.p.steps[0].call.arguments: ", "no step");
}

TEST(PipelinePlan, what_runs_at_the_same_time_does_not_know_each_other) {
    const auto parallel = [](const std::string& steps) {
        return R"({"name": "par", "parallel": {"steps": [)" + steps + "]}}";
    };
    const std::string two = R"({"name": "a", "text": "x"}, {"name": "b", "text": "${steps.a.text}"})";
    expect_fault(parallel(two), "pipelines.p.steps[0].parallel.steps[1].text: ", "not carried out before");
    EXPECT_EQ(fault_of(parallel(R"({"name": "a", "text": "x"})") + R"(, {"name": "c", "text": "${steps.a.text}"})"),
              "");
    expect_fault(parallel(R"({"name": "a", "text": "x"})") + R"(, {"name": "c", "text": "${steps.par}"})",
                 "pipelines.p.steps[1].text: ", "the steps inside of it");
    expect_fault(parallel(R"({"name": "in", "parallel": {"steps": [{"name": "a", "text": "x"}]}})"),
                 "pipelines.p.steps[0].parallel.steps[0]: ", "parallel inside of parallel");
    expect_fault(parallel(R"({"name": "par", "text": "x"})"),
                 "pipelines.p.steps[0].parallel.steps[0].name: ", "a second time");
}

TEST(PipelinePlan, pipelines_call_no_circle) {
    const auto calls = [](const std::string& name, const std::string& tool) {
        return "\"" + name + R"(": {"steps": [{"name": "s", "call": {"server": "hub", "tool": ")" + tool + R"("}}]})";
    };
    EXPECT_EQ(
        faults_of("{\"pipelines\": {" + calls("a", "pipeline_b") + "," + calls("b", "list_servers") + "}}").size(), 0U);
    const auto itself = faults_of("{\"pipelines\": {" + calls("a", "pipeline_a") + "}}");
    ASSERT_EQ(itself.size(), 1U);
    EXPECT_NE(itself.front().find("pipelines.a: calls itself: a → a"), std::string::npos) << itself.front();
    const auto both = faults_of("{\"pipelines\": {" + calls("a", "pipeline_b") + "," + calls("b", "pipeline_a") + "," +
                                calls("c", "pipeline_a") + "}}");
    ASSERT_EQ(both.size(), 2U) << "c is no part of it";
    EXPECT_NE(both.front().find("a → b → a"), std::string::npos) << both.front();
    EXPECT_EQ(faults_of("{\"pipelines\": {" + calls("a", "pipeline_z") + "}}").size(), 1U);
    EXPECT_EQ(faults_of("{\"pipelines\": {" + calls("a", "call_many") + "}}").size(), 1U);
}

TEST(PipelinePlan, steps_and_pipelines_are_bounded) {
    const auto steps = [](std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i)
            out += (i == 0 ? "" : ",") + (R"({"name": "s)" + std::to_string(i) + R"(", "text": "x"})");
        return out;
    };
    EXPECT_EQ(fault_of(steps(kMaxSteps)), "");
    expect_fault(steps(kMaxSteps + 1), "pipelines.p.steps: ", "at most 64");
    const auto pipelines = [](std::size_t count) {
        std::string out = "{\"pipelines\": {";
        for (std::size_t i = 0; i < count; ++i)
            out += (i == 0 ? "\"p" : ",\"p") + std::to_string(i) + R"(": {"steps": [{"name": "a", "text": "x"}]})";
        return out + "}}";
    };
    EXPECT_EQ(faults_of(pipelines(kMaxPipelines)).size(), 0U);
    EXPECT_EQ(faults_of(pipelines(kMaxPipelines + 1)).size(), 1U);
    EXPECT_EQ(parsed(R"({"pipelines": {"_comment": "none"}})").pipelines.pipelines.size(), 0U);
}

TEST(PipelinePlan, warns_of_an_input_that_the_schema_does_not_name) {
    const std::string schema = R"(, "input_schema": {"properties": {"x": {}}})";
    EXPECT_EQ(parsed(with_steps(R"({"name": "a", "text": "${input.x}"})", schema)).warnings.size(), 0U);
    EXPECT_EQ(parsed(with_steps(R"({"name": "a", "text": "${input.y}"})", schema)).warnings.size(), 1U);
    EXPECT_EQ(parsed(with_steps(R"({"name": "a", "text": "${input.y}"})")).warnings.size(), 0U);
}

TEST(PipelineSection, the_example_is_valid) {
    std::ifstream file(std::filesystem::path(AGENTHUB_EXAMPLE_CONFIG).replace_filename("documentation-pipeline.json"));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const Config config = parsed(text, fixed_environment({{"HOME", "/home/me"}, {"PATH", "/bin"}}));
    ASSERT_EQ(config.pipelines.pipelines.size(), 1U);
    EXPECT_EQ(config.pipelines.pipelines.front().name, "documentation");
    EXPECT_EQ(config.pipelines.roots, std::vector<std::string>{"/home/me/Documents/Obsidian"});
    EXPECT_EQ(texts_of(config.warnings), std::vector<std::string>{});
}

TEST(PipelineSection, is_described_without_its_texts) {
    const std::string text = describe_config(parsed(R"({"pipeline_roots": ["/a"], "pipelines": {"p": {"steps": [
        {"name": "par", "parallel": {"steps": [{"name": "c", "on_error": "continue", "call": {"server": "s", "tool": "t",
         "arguments": {"token": "hidden"}}}]}}, {"name": "w", "timeout": 5, "write_file": {"path": "f", "content": "long"}}]}}})"));
    EXPECT_NE(text.find("  files may be written below \"/a\"\n"), std::string::npos) << text;
    EXPECT_NE(text.find("    par: parallel, 3 at a time, timeout 60s, on_error fail\n"
                        "      c: call \"s\" \"t\", timeout 60s, on_error continue\n"
                        "    w: write_file \"f\", timeout 5s, on_error fail\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("hidden"), std::string::npos);
}

TEST(PipelineSection, a_reload_takes_it_over) {
    const Config before = parsed("");
    const Config after = parsed(R"({"pipeline_roots": ["/a"], "pipeline_runs": 2,
                                    "pipelines": {"p": {"steps": [{"name": "a", "text": "x"}]}}})");
    EXPECT_EQ(difference(before, after).applied,
              (std::vector<std::string>{"pipelines", "pipeline_roots", "pipeline_runs"}));
    EXPECT_TRUE(difference(after, after).empty());
}

}  // namespace
}  // namespace agenthub
