// Prompts in calls, and notes in their results.
// Pure functions.

#include "mcp/prompt_argument.hpp"

#include <algorithm>

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub::mcp {
namespace {

bool is_empty_object(std::string_view object) noexcept {
    return object.find_first_not_of(" \t\r\n", 1) == object.size() - 1;
}

}  // namespace

PromptArgument prompt_argument(const Message& request) {
    if (!request.is_call() || (request.method() != method::tools_call && request.method() != method::prompts_get))
        return {};
    PromptArgument best;
    std::size_t best_rank = kPromptArguments.size();
    for (const JsonMember& argument : members_of(member(request.params(), "arguments"))) {
        const auto known = std::find_if(kPromptArguments.begin(), kPromptArguments.end(),
                                        [&](std::string_view name) { return spells(argument.key, name); });
        const auto rank = static_cast<std::size_t>(known - kPromptArguments.begin());
        // Of a member that stands twice the last one counts, as for nearly every parser.
        if (rank > best_rank || known == kPromptArguments.end() || !argument.value.starts_with('"') ||
            argument.value.size() < 3)
            continue;
        best_rank = rank;
        best = {*known, request.span_of(argument.value)};
    }
    return best;
}

void put_result_meta(const Message& reply, std::string_view name, std::string_view value, PatchList& patches,
                     std::string& scratch) {
    const std::string_view result = reply.result_member();
    if (!result.starts_with('{'))
        return;
    const Span meta = reply.result_meta_span();
    if (meta.empty() && !reply.any_result_meta_span().empty())
        return;
    scratch = meta.empty() ? R"({"_meta":{)" : "{";
    scratch.append("\"").append(name).append("\":").append(value);
    if (meta.empty())
        scratch += '}';
    const std::uint32_t begin = meta.empty() ? reply.result_span().begin : meta.begin;
    if (!is_empty_object(meta.empty() ? result : reply.result_meta()))
        scratch += ',';
    patches.add({begin, begin + 1}, scratch);
}

}  // namespace agenthub::mcp
