// Built-in hook "cache": answers a call that only reads with the result that it had a while ago.
// Owned by its entry of the registry; loop thread only.

#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hooks/hook.hpp"
#include "hooks/tool_book.hpp"

namespace agenthub {

class CacheHook final : public QuickHook {
public:
    // `tools` outlives it.
    CacheHook(const BuiltinOptions& options, ToolBook& tools);

    result<HookVerdict> decide(const HookCall& call) override { return decide(call, Clock::now()); }
    result<HookVerdict> decide(const HookCall& call, TimePoint now);
    void finished(std::string_view note, std::string_view result) override { finished(note, result, Clock::now()); }
    // Keeps it, unless it is longer than a quarter of all that may be kept.
    void finished(std::string_view note, std::string_view result, TimePoint now);

    std::size_t size() const noexcept { return kept_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Kept {
        std::string key, result;
        TimePoint until;
    };
    using All = std::list<Kept>;  // the one used last first

    std::string key_of(const HookCall& call) const;
    void forget(All::iterator which);

    const BuiltinOptions options_;
    ToolBook& tools_;
    All kept_;
    std::unordered_map<std::string_view, All::iterator> index_;  // keys are the entries' own
    std::size_t bytes_ = 0;                                      // of keys and results
};

}  // namespace agenthub
