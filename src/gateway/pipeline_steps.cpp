// What the steps of a pipeline do, each kind of them.
// Part of PipelineRun.

#include "base/race.hpp"
#include "base/rooted_file.hpp"
#include "base/text.hpp"
#include "gateway/pipeline_run.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "pipeline/render.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kShownText = 2000;  // of what a tool says about its failure

// The text of a tool's result: all its texts, a line each.
std::string text_in(std::string_view tool_result) {
    std::string out;
    for (const std::string_view item : mcp::elements_of(mcp::member(tool_result, "content"))) {
        if (const auto type = mcp::member(item, "type"); !type.starts_with('"') || !mcp::spells(type, "text"))
            continue;
        if (const auto text = mcp::member(item, "text"); text.starts_with('"'))
            out += (out.empty() ? "" : "\n") + mcp::unescape(text);
    }
    return out;
}

std::string tool_failure(std::string_view tool_result) {
    const std::string why = text_in(tool_result);
    const std::string line =
        mcp::make_error("", mcp::code::internal_error,
                        why.empty() ? "the tool reports an error and does not say which" : clip(why, kShownText),
                        R"({"reason":"tool_error"})");
    return std::string(mcp::member(line, "error"));
}

std::string text_object(std::string_view text) {
    std::string out = R"({"text":)";
    append_json_string(out, text);
    return out + R"(,"bytes":)" + std::to_string(text.size()) + "}";
}

// The caller of the run has left.
class ScopeListener final : public EnhanceListener {
public:
    explicit ScopeListener(const CallScope& scope) noexcept : scope_(scope) {}
    bool has_left() const noexcept override { return scope_.ended(); }

private:
    const CallScope& scope_;
};

std::string enhanced_object(const EnhanceAnswer& answer, std::string_view original) {
    std::string out = R"({"text":)";
    append_json_string(out, answer.text);
    out += R"(,"original":)";
    append_json_string(out, original);
    out += R"(,"model":)";
    if (answer.model.empty())
        out += "null";
    else
        append_json_string(out, answer.model);
    out += answer.cached ? R"(,"cached":true)" : R"(,"cached":false)";
    return out + (answer.text == original ? R"(,"was_enhanced":false})" : R"(,"was_enhanced":true})");
}

awaitable<void> keep(awaitable<result<std::string>> work, result<std::string>& out) {
    out = co_await std::move(work);
}

std::string not_written(const std::string& path) {
    return "'" + path +
           "' was not written, and is not going to be: the time of the step was over before it was on the "
           "disk";
}

// Ends when the file is given up. One that is about to take its place then does: that takes but a moment, and whoever
// writes it knows how it went.
awaitable<void> give_up_at(Deadline deadline, CommitPoint& point) {
    SteadyTimer timer(co_await asio::this_coro::executor);
    timer.expires_at(deadline.at());
    co_await timer.async_wait(use_awaitable);
    if (point.give_up())
        co_return;
    timer.expires_at(TimePoint::max());
    co_await timer.async_wait(use_awaitable);
}

}  // namespace

awaitable<PipelineRun::Outcome> PipelineRun::carry_out(const StepConfig& step, std::size_t index, Deadline deadline) {
    switch (step.kind) {
        case StepKind::call: co_return co_await call(step, deadline);
        case StepKind::enhance: co_return co_await enhance(step, deadline);
        case StepKind::parallel: co_return co_await parallel(step, index, deadline);
        case StepKind::write_file: co_return co_await write(step, deadline);
        case StepKind::text: break;
    }
    co_return text(step);
}

PipelineRun::Outcome PipelineRun::text(const StepConfig& step) const {
    Outcome outcome;
    if (auto made = render_text(step.content, values_))
        outcome.json = text_object(*made);
    else
        outcome.error = error_object(made.error());
    return outcome;
}

awaitable<PipelineRun::Outcome> PipelineRun::call(const StepConfig& step, Deadline deadline) {
    Outcome outcome;
    auto arguments = render_json(step.arguments, values_);
    if (arguments && !arguments->starts_with('{'))
        arguments = Error(errc::invalid_params, "the arguments are no object");
    if (!arguments) {
        outcome.error = error_object(arguments.error());
        co_return outcome;
    }
    InnerCall asked;
    asked.server = step.server;
    asked.tool = step.tool;
    asked.arguments = std::move(*arguments);
    asked.timeout = deadline.remaining();
    auto reply = co_await tools_.calls.call(origin_, asked, scope_);
    if (!reply) {
        const Error error = reply.error();
        outcome.cancelled = error.code == errc::cancelled && scope_.ended();
        outcome.error = error_object(error);
    } else if (reply->kind() == mcp::Kind::error) {
        outcome.error = reply->error_member();
    } else if (reply->tool_error()) {
        outcome.error = tool_failure(reply->result_member());
    } else {
        // "text" in front of what the server said.
        std::string text;
        append_json_string(text, text_in(reply->result_member()));
        outcome.json = mcp::with_member(reply->result_member(), "text", text);
    }
    co_return outcome;
}

awaitable<PipelineRun::Outcome> PipelineRun::enhance(const StepConfig& step, Deadline deadline) {
    Outcome outcome;
    auto prompt = render_text(step.prompt, values_);
    if (!prompt) {
        outcome.error = error_object(prompt.error());
        co_return outcome;
    }
    EnhanceQuestion question;
    question.client = step.client.empty() ? origin_.caller.client_id : step.client;
    question.prompt = *prompt;
    question.latest = deadline;
    const ScopeListener listener(scope_);
    const auto answer = co_await tools_.enhancer.enhance(std::move(question), &listener);
    if (answer.error.empty())
        outcome.json = enhanced_object(answer, *prompt);
    else
        outcome.error = error_object(Error(errc::upstream_failed, "the prompt stays as it was: " + answer.error));
    co_return outcome;
}

awaitable<PipelineRun::Outcome> PipelineRun::write(const StepConfig& step, Deadline deadline) {
    Outcome outcome;
    const auto path = render_text(step.path, values_);
    auto content = render_text(step.content, values_);
    if (!path || !content) {
        outcome.error = error_object(path ? content.error() : path.error());
        co_return outcome;
    }
    const std::size_t bytes = content->size();
    // By value: that thread has nothing of the run, which may end before. Owners of the point: this, and that thread.
    const auto point = std::make_shared<CommitPoint>();
    auto work = [roots = roots_, path = *path, content = std::move(*content), point] {
        return write_below(roots, path, content, *point);
    };
    result<std::string> written = Error();
    auto writing = keep(tools_.files.run(std::move(work)), written);
    auto giving_up = give_up_at(deadline, *point);
    co_await ends_before(std::move(writing), std::move(giving_up));
    if (point->is_given_up())
        written = Error(errc::call_timeout, not_written(*path));
    if (written) {
        outcome.json = R"({"path":)";
        append_json_string(outcome.json, *written);
        outcome.json += R"(,"bytes":)" + std::to_string(bytes) + "}";
    } else {
        outcome.error = error_object(written.error());
    }
    co_return outcome;
}

}  // namespace agenthub
