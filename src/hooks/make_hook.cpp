// Which hook an entry is.
// A function.

#include "hooks/make_hook.hpp"

#include "hooks/cache_hook.hpp"
#include "hooks/command_hook.hpp"
#include "hooks/enhance_hook.hpp"
#include "hooks/http_hook.hpp"
#include "hooks/json_redact.hpp"
#include "hooks/normalize_hook.hpp"
#include "hooks/rate_limit_hook.hpp"

namespace agenthub {
namespace {

template <class Kind, class Interface, class... Args>
HookBody made(Args&&... args) {
    return std::unique_ptr<Interface>(std::make_unique<Kind>(std::forward<Args>(args)...));
}

// The configuration knows no others.
HookBody make_builtin(const HookConfig& config, const HookSurroundings& around) {
    if (config.builtin == "rate_limit")
        return made<RateLimitHook, QuickHook>(config.options);
    if (config.builtin == "cache")
        return made<CacheHook, QuickHook>(config.options, around.tools);
    if (config.builtin == "redact")
        return made<RedactHook, QuickHook>(config.options);
    if (config.builtin == "enhance")
        return made<EnhanceHook, SlowHook>(config.options, around.enhancer);
    return made<NormalizeHook, QuickHook>(config.options, around.tools);
}

}  // namespace

HookBody make_hook(const HookConfig& config, const HookSurroundings& surroundings) {
    switch (config.kind) {
        case HookKind::command: return made<CommandHook, SlowHook>(config, surroundings.commands);
        case HookKind::http: return made<HttpHook, SlowHook>(surroundings.executor, config);
        case HookKind::builtin: break;
    }
    return make_builtin(config, surroundings);
}

}  // namespace agenthub
