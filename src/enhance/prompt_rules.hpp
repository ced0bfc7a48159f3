// Which rule a client's prompts are made better by, which models are asked for it, and what the answer means.
// Pure functions of the configuration.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/enhancement_config.hpp"

namespace agenthub {

// The client's own rule; the default one for a client that has none.
const EnhancementRule& rule_of(const EnhancementConfig& config, std::string_view client) noexcept;
bool has_rule(const EnhancementConfig& config, std::string_view client) noexcept;

// The models to ask, in order, each once: the rule's own, `usual` where it names none, then the chain up to its end,
// which null marks.
std::vector<std::string> models_of(const EnhancementConfig& config, const EnhancementRule& rule,
                                   std::string_view usual);

// The rule wants calls of this tool, or prompt, of this server to be enhanced; the names are the server's own.
bool covers(const EnhancementRule& rule, std::string_view server, std::string_view name);

// What identifies a better prompt: 64 hexadecimal digits. Two prompts of one scope differ in nothing but their text.
std::string scope_of(std::string_view client, const EnhancementRule& rule, std::string_view model);
std::string key_of(std::string_view scope, std::string_view prompt);

// The prompt in a model's answer: without blanks around it, and without what a reasoning model thinks aloud before it
// ("<think>…</think>"). Empty when nothing is left.
std::string_view prompt_in(std::string_view answer) noexcept;

}  // namespace agenthub
