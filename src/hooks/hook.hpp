// What a hook is: it sees a call at one point of its way, and says what is to become of it.
// Values and the two interfaces; built-in hooks, commands and HTTP endpoints are behind them.

#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"
#include "config/policy_config.hpp"
#include "mcp/caller.hpp"

namespace agenthub {

// A call while its hooks look at it. The views are of the request, of its reply, or of the two texts below, which hold
// what a hook has put in their place; so it stays where it was made.
struct HookCall {
    explicit HookCall(const mcp::Caller& who) : caller(who) {}
    HookCall(const HookCall&) = delete;
    HookCall& operator=(const HookCall&) = delete;

    const mcp::Caller& caller;
    HookPoint point = HookPoint::before;
    std::string_view request_id;
    std::string_view server, method, tool;  // plain, as RightsQuestion has them
    std::string_view owner;                 // whose process of an isolated server it goes to
    std::string_view params;                // as the client wrote them, JSON text, or empty
    std::string_view arguments;             // as they are now, JSON text of an object; empty: there are none
    std::string_view outcome;               // after: the result, on error: the JSON-RPC error, as it is now; JSON text
    std::string_view enhanced_for;          // by whose rule its prompt may be made better; empty: by none
    bool takes_arguments = false;           // by the method: tools/call and prompts/get do
    bool dry_run = false;                   // nothing is to be counted, kept or called: it is but to be told
    Deadline deadline;                      // of the hook that looks

    std::string own_arguments, own_outcome;
};

// What a hook says.
struct HookVerdict {
    enum class Action : unsigned char {
        proceed,  // go on as it is
        change,   // go on with `text` as arguments (before), result (after) or error (error)
        answer,   // this is the reply: `text` is a result or, with is_error, a JSON-RPC error; JSON text of an object
        refuse,   // `text` is a sentence
    };

    Action action = Action::proceed;
    bool is_error = false;
    std::string text;
    errc code = errc::hook_refused;                        // of a refusal
    std::optional<std::chrono::milliseconds> retry_after;  // of a refusal
    std::string note;  // not empty: to be handed to finished() with the result of the call
};

// Decides at once, on the loop.
class QuickHook {
public:
    virtual ~QuickHook() = default;
    virtual result<HookVerdict> decide(const HookCall& call) = 0;
    // The server's own result, JSON text, of a call of which it has made a note.
    virtual void finished(std::string_view note, std::string_view result) {
        static_cast<void>(note);
        static_cast<void>(result);
    }
};

// Waits for something. Ends within HookCall::deadline, or is cancelled then. `call` outlives it.
class SlowHook {
public:
    virtual ~SlowHook() = default;
    virtual awaitable<result<HookVerdict>> decide(const HookCall& call) = 0;
};

using HookBody = std::variant<std::unique_ptr<QuickHook>, std::unique_ptr<SlowHook>>;

}  // namespace agenthub
