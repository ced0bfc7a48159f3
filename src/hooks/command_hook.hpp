// A hook that is an external program: JSON on its standard input, JSON on its standard output.
// Owned by its entry of the registry; loop thread only.

#pragma once

#include "hooks/command_runner.hpp"
#include "hooks/hook.hpp"

namespace agenthub {

class CommandHook final : public SlowHook {
public:
    // `runner` outlives it.
    CommandHook(const HookConfig& config, CommandRunner& runner);

    // Fails when the program cannot be run, does not exit with code 0, or answers something else than a decision.
    awaitable<result<HookVerdict>> decide(const HookCall& call) override;

private:
    CommandJob job_for(const HookCall& call) const;

    const HookConfig config_;
    CommandRunner& runner_;
    std::vector<std::pair<std::string, std::string>> env_;  // of every run
};

}  // namespace agenthub
