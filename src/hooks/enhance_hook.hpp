// Built-in hook "enhance": makes a prompt among the arguments better, by the rules of the section "enhancement".
// Owned by its entry of the registry; loop thread only.

#pragma once

#include "enhance/enhancer.hpp"
#include "hooks/hook.hpp"

namespace agenthub {

class EnhanceHook final : public SlowHook {
public:
    // `enhancer` outlives it.
    EnhanceHook(const BuiltinOptions& options, Enhancer& enhancer) : options_(options), enhancer_(enhancer) {}

    // A prompt that cannot be made better stays as it is, which is no failure. A dry run asks no model: it has nothing
    // to say but whose turn it would be.
    awaitable<result<HookVerdict>> decide(const HookCall& call) override;

private:
    const BuiltinOptions options_;
    Enhancer& enhancer_;
};

}  // namespace agenthub
