// Results of calls that only read.
// Owned by its entry of the registry.

#include "hooks/cache_hook.hpp"

#include <algorithm>

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

// The call is its name and its arguments. What else there is (answers to the server's questions, a wish for a task) has
// a say in the result, and is no part of the key.
bool is_plain(std::string_view params) {
    const auto members = mcp::members_of(params);
    return std::all_of(members.begin(), members.end(), [](const mcp::JsonMember& member) {
        return mcp::spells(member.key, "name") || mcp::spells(member.key, "arguments") ||
               mcp::spells(member.key, "_meta");
    });
}

}  // namespace

CacheHook::CacheHook(const BuiltinOptions& options, ToolBook& tools) : options_(options), tools_(tools) {}

// Parts end with a byte that stands in no JSON text and no name that a header could carry. Arguments count as they are
// written: another order is another call, which costs a miss and can do no harm.
std::string CacheHook::key_of(const HookCall& call) const {
    std::string out;
    if (!options_.shared)
        out = call.caller.name();
    for (const std::string_view part :
         {call.owner, call.server, call.method, call.tool, call.enhanced_for, call.arguments})
        out.append(1, '\0').append(part);
    return out;
}

void CacheHook::forget(All::iterator which) {
    bytes_ -= which->key.size() + which->result.size();
    index_.erase(which->key);
    kept_.erase(which);
}

result<HookVerdict> CacheHook::decide(const HookCall& call, TimePoint now) {
    HookVerdict out;
    // Of a prompt or a resource nothing says that it stays as it is.
    if (call.method != mcp::method::tools_call || !is_plain(call.params))
        return out;
    if (!options_.every_tool) {
        const auto tool = tools_.find_tool(call.server, call.tool);
        if (!tool || !tool->read_only)
            return out;
    }
    std::string key = key_of(call);
    const auto known = index_.find(key);
    if (known != index_.end() && known->second->until > now) {
        if (!call.dry_run)
            kept_.splice(kept_.begin(), kept_, known->second);
        out.action = HookVerdict::Action::answer;
        out.text = known->second->result;
    } else {
        out.note = std::move(key);
    }
    return out;
}

void CacheHook::finished(std::string_view note, std::string_view result, TimePoint now) {
    if (const auto known = index_.find(note); known != index_.end())
        forget(known->second);
    const std::size_t size = note.size() + result.size();
    if (size > options_.max_bytes / 4)
        return;
    while (!kept_.empty() && (kept_.size() >= options_.max_entries || bytes_ + size > options_.max_bytes))
        forget(std::prev(kept_.end()));
    kept_.push_front({std::string(note), std::string(result), now + options_.ttl});
    index_.emplace(kept_.front().key, kept_.begin());
    bytes_ += size;
}

}  // namespace agenthub
