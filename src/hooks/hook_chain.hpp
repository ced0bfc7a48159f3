// Asks the hooks of one point of a call, one after the other.
// A function; owns nothing.

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/event.hpp"
#include "hooks/hook_registry.hpp"

namespace agenthub {

// What has come of it.
struct HookOutcome {
    enum class Kind : unsigned char {
        passed,    // nobody asked, or nobody objected: HookCall has the arguments, or the outcome, as they are now
        answered,  // `text` is the reply, with is_error a JSON-RPC error
        refused,   // `error` says why
        failed,    // there were some, and every one failed: errc::hook_failed
        left,      // the client has left
    };
    Kind kind = Kind::passed;
    bool is_error = false;
    bool changed = false;
    bool waited = false;  // for a hook that is no quick one
    std::string text;
    Error error;
    std::vector<std::pair<std::shared_ptr<HookEntry>, std::string>> notes;  // see HookVerdict::note
};

// What one hook said in a dry run.
struct HookReport {
    std::shared_ptr<HookEntry> entry;
    result<HookVerdict> verdict;
};

// The first answer or refusal ends it. A hook that fails is logged with its name, and the next one is asked. `left`,
// which may be null, is notified when the client leaves: what runs is broken off then. With `reports` nothing is
// counted or logged, and each hook's verdict is put in there. `hooks` is held by the caller.
awaitable<HookOutcome> ask_hooks(const HookRegistry::Entries& hooks, HookCall& call, Event* left,
                                 std::vector<HookReport>* reports = nullptr);

}  // namespace agenthub
