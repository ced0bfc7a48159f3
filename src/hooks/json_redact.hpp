// Takes what must not be seen out of a JSON text, which stays JSON: values under certain names, and words in texts.
// Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy_config.hpp"
#include "hooks/hook.hpp"

namespace agenthub {

class JsonRedactor {
public:
    // Of a longer word or name the beginning is judged.
    static constexpr std::size_t kMaxWord = 1024;

    explicit JsonRedactor(const BuiltinOptions& options);

    // The text with the replacement in the place of the whole value of each member whose name fits, in any case, one
    // of the keys; and of each word (letters, digits and _ - . + @ : / = ~ %) in any string, also in names' values'
    // inner texts, that fits one of the words. nullopt: there is nothing to take out. `json` is valid JSON.
    std::optional<std::string> without(std::string_view json) const;

private:
    bool is_hidden_key(std::string_view token) const;
    bool is_hidden_word(std::string_view word) const;
    // The string token with its words replaced; nullopt: as it is.
    std::optional<std::string> clean_string(std::string_view token) const;

    std::vector<std::string> keys_;  // lower case
    std::vector<std::string> words_;
    std::string replacement_, token_;  // the latter as a JSON string
};

// Built-in hook "redact": of arguments before a call, of results after it, of errors.
class RedactHook final : public QuickHook {
public:
    explicit RedactHook(const BuiltinOptions& options) : redactor_(options) {}
    result<HookVerdict> decide(const HookCall& call) override;

private:
    JsonRedactor redactor_;
};

}  // namespace agenthub
