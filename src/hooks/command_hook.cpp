// External programs as hooks.
// Owned by its entry of the registry.

#include "hooks/command_hook.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"
#include "hooks/hook_document.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kShown = 300;

// The last line that says something: where programs write what went wrong.
std::string last_line(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos)
        return {};
    text = text.substr(0, end + 1);
    const auto begin = text.find_last_of("\r\n");
    std::string line = clip(begin == std::string_view::npos ? text : text.substr(begin + 1), kShown);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return line;
}

}  // namespace

CommandHook::CommandHook(const HookConfig& config, CommandRunner& runner)
    : config_(config), runner_(runner), env_(config.env) {
    for (const char* name : {"PATH", "HOME", "LANG", "TMPDIR"}) {
        const auto own = [name](const auto& variable) { return variable.first == name; };
        const char* value = std::getenv(name);  // nobody sets variables while the daemon runs
        if (value != nullptr && std::none_of(env_.begin(), env_.end(), own))
            env_.emplace_back(name, value);
    }
}

CommandJob CommandHook::job_for(const HookCall& call) const {
    CommandJob job;
    job.argv = config_.command;
    job.env = env_;
    job.env.emplace_back("AGENTHUB_REQUEST_ID", call.request_id);
    job.env.emplace_back("AGENTHUB_HOOK", config_.name);
    if (call.dry_run)
        job.env.emplace_back("AGENTHUB_DRY_RUN", "1");
    job.input = hook_document(call, config_.name) + "\n";
    job.max_output = kMaxHookAnswer;
    return job;
}

awaitable<result<HookVerdict>> CommandHook::decide(const HookCall& call) {
    auto job = job_for(call);
    const Deadline deadline = call.deadline;
    const auto end = co_await runner_.run(std::move(job), deadline);
    if (!end)
        co_return end.error();
    if (!end->succeeded) {
        const std::string said = last_line(end->errors);
        co_return Error(errc::io_error,
                        "its program " + end->status +
                            (said.empty() ? ", and wrote nothing to its standard error" : ", and wrote: " + said));
    }
    co_return read_hook_answer(end->output, call);
}

}  // namespace agenthub
