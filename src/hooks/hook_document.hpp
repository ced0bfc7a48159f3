// What external hooks read and write: one JSON document about the call, and one with their decision (docs/hooks.md).
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "hooks/hook.hpp"

namespace agenthub {

// The longest answer of a hook that is read.
inline constexpr std::size_t kMaxHookAnswer = 1048576;

// One line of JSON.
std::string hook_document(const HookCall& call, std::string_view hook);

// What the text, which may be empty, decides about `call`. errc::invalid_params, with a sentence that says what is
// wrong with it, for whatever is no decision.
result<HookVerdict> read_hook_answer(std::string_view text, const HookCall& call);

}  // namespace agenthub
