// Looking references up.
// Pure.

#include "pipeline/run_values.hpp"

#include <charconv>
#include <optional>
#include <span>

#include "base/text.hpp"
#include "mcp/json_members.hpp"

namespace agenthub {
namespace {

std::string token_of(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::optional<std::size_t> index_of(std::string_view text) {
    std::size_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// The part of a value; empty when there is none.
std::string_view part_of(std::string_view value, const std::string& name) {
    if (value.starts_with('{'))
        return mcp::member(value, name);
    const auto index = value.starts_with('[') ? index_of(name) : std::nullopt;
    if (!index)
        return {};
    const auto elements = mcp::elements_of(value);
    return *index < elements.size() ? elements[*index] : std::string_view();
}

}  // namespace

RunValues::RunValues(std::string input, std::string_view id, std::string_view date)
    : input_(std::move(input)), id_(token_of(id)), date_(token_of(date)), bytes_(input_.size()) {}

result<void> RunValues::set(const std::string& step, std::string json) {
    const std::size_t before = result_of(step).size();
    if (bytes_ - before + json.size() > kMaxBytes)
        return Error(errc::too_large, "the result of the step '" + step + "' has " + std::to_string(json.size()) +
                                          " bytes, and a run keeps at most " + std::to_string(kMaxBytes) +
                                          " of all its steps; ask for less");
    bytes_ += json.size() - before;
    results_.insert_or_assign(step, std::move(json));
    return {};
}

std::string_view RunValues::result_of(std::string_view step) const {
    const auto found = results_.find(step);
    return found == results_.end() ? std::string_view() : std::string_view(found->second);
}

result<std::string_view> RunValues::value_of(const Reference& reference) const {
    constexpr std::string_view kNull = "null";
    if (reference.root == ReferenceRoot::run)
        return std::string_view(reference.path.front() == "id" ? id_ : date_);
    const bool is_input = reference.root == ReferenceRoot::input;
    std::span<const std::string> path(reference.path);
    std::string_view value = input_;
    if (!is_input) {
        value = result_of(path.front());
        path = path.subspan(1);
        if (value.empty())
            return kNull;
    }
    for (std::size_t i = 0; i < path.size(); ++i) {
        value = part_of(value, path[i]);
        const bool may_lack = is_input && i == 0;
        if (value == "null" || (value.empty() && may_lack))
            return kNull;
        if (value.empty())
            return Error(errc::invalid_params,
                         reference.text() + " leads nowhere: there is no '" + path[i] + "' in what stands before it");
    }
    return value;
}

}  // namespace agenthub
