// One run of a pipeline: step by step, each with its limit of time, until the end or the first failure that nobody
// provided for. Lives as long as the run does.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/off_loop.hpp"
#include "enhance/enhancer.hpp"
#include "gateway/inner_caller.hpp"
#include "pipeline/run_report.hpp"
#include "pipeline/run_values.hpp"

namespace agenthub {

// What the steps are made with.
struct PipelineTools {
    InnerCaller& calls;
    Enhancer& enhancer;
    OffLoop& files;  // where files are written
};

class PipelineRun {
public:
    // Called at the end of each step: how many have ended.
    using OnStep = std::function<void(const StepReport& step, std::size_t ended)>;

    // `plan` and `roots` are of one configuration, which outlives the run, as everything else that is borrowed does.
    PipelineRun(const PipelineTools& tools, const PipelineConfig& plan, const std::vector<std::string>& roots,
                const InnerOrigin& origin, CallScope& scope, const OnStep& on_step);

    // `input` is JSON text of an object, defaults included. Never fails: the report says how it went.
    awaitable<RunReport> run(std::string input, std::string run_id);

private:
    // The result of a step, JSON text, or why there is none.
    struct Outcome {
        std::string json;
        std::string error;  // of JSON-RPC, JSON text; empty: none
        bool cancelled = false;
    };

    awaitable<bool> run_steps();
    awaitable<bool> run_step(const StepConfig& step, std::size_t index, Deadline latest);
    awaitable<void> run_inner(const StepConfig& step, std::size_t index, Deadline latest);
    awaitable<Outcome> carry_out(const StepConfig& step, std::size_t index, Deadline deadline);
    awaitable<Outcome> call(const StepConfig& step, Deadline deadline);
    awaitable<Outcome> enhance(const StepConfig& step, Deadline deadline);
    awaitable<Outcome> write(const StepConfig& step, Deadline deadline);
    awaitable<Outcome> parallel(const StepConfig& step, std::size_t index, Deadline deadline);
    Outcome text(const StepConfig& step) const;
    StepStatus settle(const StepConfig& step, Outcome& outcome);
    void finish(RunReport& report, bool whole);
    std::string result_of(const StepConfig& step) const;

    const PipelineTools& tools_;
    const PipelineConfig& plan_;
    const std::vector<std::string>& roots_;
    const InnerOrigin& origin_;
    CallScope& scope_;
    const OnStep& on_step_;
    RunValues values_;
    std::vector<StepReport> reports_;
    Deadline deadline_;
    std::size_t ended_ = 0;
};

}  // namespace agenthub
