// Rules, models, keys.
// Pure functions.

#include "enhance/prompt_rules.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/glob.hpp"

namespace agenthub {
namespace {

const EnhancementRule* find_rule(const EnhancementConfig& config, std::string_view client) noexcept {
    for (const auto& [name, rule] : config.clients)
        if (name == client)
            return &rule;
    return nullptr;
}

// With its length, so that two texts never look like two others.
void append_part(std::string& out, std::string_view part) {
    out.append(std::to_string(part.size())).append(1, ':').append(part);
}

std::string_view without_blanks(std::string_view text) noexcept {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

const EnhancementRule& rule_of(const EnhancementConfig& config, std::string_view client) noexcept {
    const EnhancementRule* own = find_rule(config, client);
    return own == nullptr ? config.fallback : *own;
}

bool has_rule(const EnhancementConfig& config, std::string_view client) noexcept {
    return find_rule(config, client) != nullptr;
}

std::vector<std::string> models_of(const EnhancementConfig& config, const EnhancementRule& rule,
                                   std::string_view usual) {
    std::vector<std::string> models{rule.model.empty() ? std::string(usual) : rule.model};
    for (const auto& next : config.fallback_chain) {
        if (!next)
            break;
        if (std::find(models.begin(), models.end(), *next) == models.end())
            models.push_back(*next);
    }
    return models;
}

bool covers(const EnhancementRule& rule, std::string_view server, std::string_view name) {
    if (!rule.enabled || rule.tools.empty())
        return false;
    std::string both(server);
    both.append(1, '/').append(name);
    return std::any_of(rule.tools.begin(), rule.tools.end(),
                       [&both](const std::string& glob) { return matches_glob(glob, both); });
}

std::string scope_of(std::string_view client, const EnhancementRule& rule, std::string_view model) {
    std::string text;
    append_part(text, client);
    append_part(text, rule.system_prompt);
    append_part(text, model);
    append_part(text, std::to_string(rule.temperature));
    append_part(text, std::to_string(rule.max_tokens));
    return sha256_hex(text);
}

std::string key_of(std::string_view scope, std::string_view prompt) {
    std::string text(scope);
    text.append(prompt);
    return sha256_hex(text);
}

std::string_view prompt_in(std::string_view answer) noexcept {
    constexpr std::string_view kBegin = "<think>";
    constexpr std::string_view kEnd = "</think>";
    std::string_view text = without_blanks(answer);
    if (text.starts_with(kBegin)) {
        const auto end = text.find(kEnd);
        // Its tokens ran out before it came to the point.
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + kEnd.size());
    }
    return without_blanks(text);
}

}  // namespace agenthub
