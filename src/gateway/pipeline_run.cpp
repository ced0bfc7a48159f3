// Running a pipeline: the order of its steps, and what becomes of those that fail.
// Lives as long as the run does.

#include "gateway/pipeline_run.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/window.hpp"
#include "pipeline/render.hpp"

namespace agenthub {
namespace {

Duration since(TimePoint began) {
    return std::chrono::duration_cast<Duration>(Clock::now() - began);
}

std::string today() {
    return iso8601(unix_ms_now()).substr(0, 10);
}

bool is_failure(StepStatus status) noexcept {
    return status == StepStatus::failed || status == StepStatus::cancelled;
}

bool went_on(StepStatus status) noexcept {
    return status == StepStatus::fallback || status == StepStatus::continued;
}

}  // namespace

PipelineRun::PipelineRun(const PipelineTools& tools, const PipelineConfig& plan, const std::vector<std::string>& roots,
                         const InnerOrigin& origin, CallScope& scope, const OnStep& on_step)
    : tools_(tools),
      plan_(plan),
      roots_(roots),
      origin_(origin),
      scope_(scope),
      on_step_(on_step),
      values_("{}", {}, {}),
      reports_(steps_of(plan)) {}

awaitable<RunReport> PipelineRun::run(std::string input, std::string run_id) {
    const TimePoint began = Clock::now();
    RunReport report;
    report.pipeline = plan_.name;
    report.run_id = run_id;
    values_ = RunValues(std::move(input), run_id, today());
    deadline_ = Deadline::after(plan_.timeout, began);
    const bool whole = co_await run_steps();
    finish(report, whole);
    report.time = since(began);
    co_return report;
}

// False: a step has ended the run.
awaitable<bool> PipelineRun::run_steps() {
    std::size_t index = 0;
    for (const StepConfig& step : plan_.steps) {
        const bool goes_on = co_await run_step(step, index, deadline_);
        if (!goes_on)
            co_return false;
        index += 1 + step.steps.size();
    }
    co_return true;
}

// `index`: where it stands in the report. False: it has failed, and nobody has provided for that.
awaitable<bool> PipelineRun::run_step(const StepConfig& step, std::size_t index, Deadline latest) {
    StepReport& report = reports_[index];
    const TimePoint began = Clock::now();
    Outcome outcome;
    if (scope_.ended())
        outcome.cancelled = true;
    else if (latest.expired(began))
        outcome.error =
            error_object(Error(errc::call_timeout,
                               "no time is left for it: the timeout of the pipeline, or of the step that it stands "
                               "in, has passed; the steps before took too long"));
    if (!outcome.cancelled && outcome.error.empty()) {
        const Deadline until = Deadline::after(step.timeout, began).earlier(latest);
        outcome = co_await carry_out(step, index, until);
    }
    report.status = settle(step, outcome);
    report.error = std::move(outcome.error);
    report.time = since(began);
    ++ended_;
    if (on_step_)
        on_step_(report, ended_);
    co_return !is_failure(report.status);
}

// What the step leaves behind for those after it.
StepStatus PipelineRun::settle(const StepConfig& step, Outcome& outcome) {
    if (outcome.cancelled || scope_.ended())
        return StepStatus::cancelled;
    if (outcome.error.empty() && step.kind != StepKind::parallel)
        if (auto kept = values_.set(step.name, std::move(outcome.json)); !kept)
            outcome.error = error_object(kept.error());
    if (outcome.error.empty())
        return StepStatus::ok;
    if (step.on_error == OnError::proceed)
        return StepStatus::continued;
    if (step.on_error == OnError::fail)
        return StepStatus::failed;
    auto fallback = render_json(step.fallback.value_or("null"), values_);
    result<void> kept;
    if (fallback)
        kept = values_.set(step.name, std::move(*fallback));
    else
        kept = fallback.error();
    if (!kept)
        outcome.error = error_object(kept.error());
    return kept ? StepStatus::fallback : StepStatus::failed;
}

awaitable<void> PipelineRun::run_inner(const StepConfig& step, std::size_t index, Deadline latest) {
    co_await run_step(step, index, latest);
}

awaitable<PipelineRun::Outcome> PipelineRun::parallel(const StepConfig& step, std::size_t index, Deadline deadline) {
    // One level deep: what is inside stands right behind it in the report.
    const WindowWork work = [this, &step, index, deadline](std::size_t i) {
        return run_inner(step.steps[i], index + 1 + i, deadline);
    };
    co_await run_window(step.steps.size(), step.max_concurrent, work);
    Outcome outcome;
    for (std::size_t i = 0; i < step.steps.size(); ++i) {
        const StepReport& inner = reports_[index + 1 + i];
        outcome.cancelled = outcome.cancelled || inner.status == StepStatus::cancelled;
        if (inner.status == StepStatus::failed && outcome.error.empty())
            outcome.error = inner.error;
    }
    co_return outcome;
}

// Of a parallel step: what is inside of it, by name.
std::string PipelineRun::result_of(const StepConfig& step) const {
    const auto or_null = [](std::string_view json) { return json.empty() ? std::string("null") : std::string(json); };
    if (step.kind != StepKind::parallel)
        return or_null(values_.result_of(step.name));
    if (!values_.result_of(step.name).empty())  // its fallback
        return std::string(values_.result_of(step.name));
    std::string out = "{";
    for (const StepConfig& inner : step.steps) {
        out += out.size() == 1 ? "" : ",";
        append_json_string(out, inner.name);
        out += ":" + or_null(values_.result_of(inner.name));
    }
    return out + "}";
}

void PipelineRun::finish(RunReport& report, bool whole) {
    for (const StepReport& step : reports_)
        if (report.error.empty() && (step.status == StepStatus::failed || went_on(step.status)))
            report.error = step.error;
    const bool degraded = std::any_of(reports_.begin(), reports_.end(), [](const StepReport& step) {
        return went_on(step.status) || is_failure(step.status);
    });
    report.status = degraded ? RunStatus::partial : RunStatus::complete;
    if (scope_.ended()) {
        report.status = RunStatus::cancelled;
        report.error = error_object(Error(errc::cancelled, "the caller has left"));
    } else if (!whole) {
        report.status = RunStatus::failed;
        // Not of a step that it went on without, but of the one that ended it.
        const auto last = std::find_if(reports_.rbegin(), reports_.rend(),
                                       [](const StepReport& step) { return step.status == StepStatus::failed; });
        if (last != reports_.rend())
            report.error = last->error;
    }
    if (plan_.output.empty()) {
        report.output = whole ? result_of(plan_.steps.back()) : "null";
    } else if (auto output = render_json(plan_.output, values_)) {
        report.output = std::move(*output);
    } else if (report.status == RunStatus::complete || report.status == RunStatus::partial) {
        report.status = RunStatus::failed;
        report.error = error_object(output.error());
    }
    report.steps = std::move(reports_);
}

}  // namespace agenthub
