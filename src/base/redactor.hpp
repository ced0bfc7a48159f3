// Takes secrets out of what leaves AgentHub: log lines, errors, administrative documents, what servers print.
// Redactor is an immutable value; the functions below it use one that belongs to the process, from any thread.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_search.hpp"

namespace agenthub {

inline constexpr std::string_view kRedacted = "[redacted]";
// A shorter secret cannot be told from ordinary words and numbers.
inline constexpr std::size_t kShortestSecret = 6;

class Redactor {
public:
    Redactor() = default;
    // Secrets shorter than kShortestSecret are not looked for. Of one that has several lines each is one, too.
    explicit Redactor(const std::vector<std::string>& secrets);

    // The text with kRedacted in the place of each secret; nullopt, which is cheap, when there is none. A secret is
    // also found with JSON escapes, percent-encoded, and with one of these upon another.
    std::optional<std::string> without_secrets(std::string_view text) const;
    // The same for JSON, which stays JSON: only the insides of strings are changed.
    std::optional<std::string> json_without_secrets(std::string_view json) const;
    // The same as the first for text that may go on: the beginning of a secret at its end is taken out, too.
    std::string unfinished_without_secrets(std::string_view text) const;

private:
    std::optional<std::string> replaced(std::string_view text, std::vector<TextRange> ranges) const;

    TextSearch search_;
};

// From now on these are taken out. Those of before are not forgotten at once, for what was said with them may still
// come out: the last kRetiredSecrets of them are kept.
inline constexpr std::size_t kRetiredSecrets = 1000;
void hide_secrets(const std::vector<std::string>& secrets);

std::optional<std::string> without_secrets(std::string_view text);
std::string redacted(std::string_view text);
void redact(std::string& text);
void redact_json(std::string& json);
// Redacted, then cut as clip() does: a secret that is cut would not be known any more.
std::string redacted_clip(std::string_view text, std::size_t limit);
std::string redacted_unfinished(std::string_view text);

}  // namespace agenthub
