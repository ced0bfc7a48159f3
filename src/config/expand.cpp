// ${VAR}, ${env:VAR} and ${VAR:-default} in the texts of a server entry.
// Pure function.

#include "config/expand.hpp"

#include <optional>

namespace agenthub {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kEnvPrefix = "env:";
constexpr std::string_view kDefaultMark = ":-";

struct Reference {
    std::string_view name;
    std::optional<std::string_view> fallback;
};

// `inside` is what stands between the braces. nullopt: no reference of ours, to be left as it is.
std::optional<Reference> parse_reference(std::string_view inside) {
    Reference reference;
    if (inside.starts_with(kEnvPrefix) && !inside.starts_with("env:-"))
        inside.remove_prefix(kEnvPrefix.size());
    const std::size_t mark = inside.find(kDefaultMark);
    reference.name = inside.substr(0, mark);
    if (mark != std::string_view::npos)
        reference.fallback = inside.substr(mark + kDefaultMark.size());
    if (!is_variable_name(reference.name))
        return std::nullopt;
    return reference;
}

result<std::string> value_of(const Reference& reference, const Environment& environment) {
    const std::string name(reference.name);
    if (reference.fallback && reference.fallback->find(kOpen) != std::string_view::npos)
        return Error(errc::invalid_config,
                     "the default of ${" + name + "} holds another reference; allowed: plain text");
    if (reference.fallback)
        return environment.non_empty(name).value_or(std::string(*reference.fallback));
    if (auto value = environment.variable(name))
        return std::move(*value);
    return Error(errc::invalid_config, "the variable " + name +
                                           " is not defined; set it where AgentHub is started, or write ${" + name +
                                           ":-default}");
}

}  // namespace

bool is_variable_name(std::string_view name) noexcept {
    constexpr std::string_view kFirst = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    constexpr std::string_view kLater = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return !name.empty() && kFirst.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of(kLater) == std::string_view::npos;
}

result<std::string> expand_variables(std::string_view text, const Environment& environment) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find(kOpen);
        const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos)
            break;
        const auto reference = parse_reference(text.substr(open + kOpen.size(), close - open - kOpen.size()));
        if (!reference) {
            // Only the "$" is passed over: a reference of ours may begin inside.
            out += text.substr(0, open + 1);
            text.remove_prefix(open + 1);
            continue;
        }
        auto value = value_of(*reference, environment);
        if (value.has_error())
            return value.error();
        out += text.substr(0, open);
        out += *value;
        text.remove_prefix(close + 1);
    }
    out += text;
    return out;
}

std::vector<std::string> variables_in(std::string_view text) {
    std::vector<std::string> out;
    for (auto open = text.find(kOpen); open != std::string_view::npos; open = text.find(kOpen, open + 1)) {
        const std::size_t start = open + kOpen.size();
        const std::size_t close = text.find('}', start);
        if (close == std::string_view::npos)
            break;
        if (const auto reference = parse_reference(text.substr(start, close - start)))
            out.emplace_back(reference->name);
    }
    return out;
}

}  // namespace agenthub
