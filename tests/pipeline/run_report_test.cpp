// The document of a run.

#include "pipeline/run_report.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(RunReport, has_every_step_of_the_plan_in_order) {
    PipelineConfig plan;
    StepConfig inner;
    inner.name = "in\"ner";
    inner.kind = StepKind::text;
    StepConfig outer;
    outer.name = "outer";
    outer.kind = StepKind::parallel;
    outer.steps = {inner};
    StepConfig last;
    last.name = "last";
    last.kind = StepKind::write_file;
    plan.steps = {outer, last};
    RunReport run;
    run.pipeline = "p";
    run.run_id = "r";
    run.status = RunStatus::partial;
    run.output = R"({"a":1})";
    run.error = R"({"code":1})";
    run.time = Duration(12);
    run.steps = steps_of(plan);
    run.steps[0].status = StepStatus::ok;
    run.steps[1].status = StepStatus::continued;
    run.steps[1].error = R"({"code":1})";
    EXPECT_EQ(
        json_of(run),
        R"({"pipeline":"p","run_id":"r","status":"partial","output":{"a":1},"error":{"code":1},"duration_ms":12,"steps":[)"
        R"({"name":"outer","kind":"parallel","status":"ok","duration_ms":0,"error":null},)"
        R"({"name":"in\"ner","kind":"text","status":"continued","duration_ms":0,"error":{"code":1}},)"
        R"({"name":"last","kind":"write_file","status":"not_run","duration_ms":0,"error":null}]})");
}

TEST(RunReport, has_a_word_for_each_status) {
    EXPECT_EQ(to_string(StepStatus::fallback), "fallback");
    EXPECT_EQ(to_string(StepStatus::failed), "failed");
    EXPECT_EQ(to_string(StepStatus::cancelled), "cancelled");
    EXPECT_EQ(to_string(RunStatus::complete), "complete");
    EXPECT_EQ(to_string(RunStatus::failed), "failed");
    EXPECT_EQ(to_string(RunStatus::cancelled), "cancelled");
}

}  // namespace
}  // namespace agenthub
