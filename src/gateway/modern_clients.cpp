// Reading what a client says of itself.
// Owned by the modern endpoint.

#include "gateway/modern_clients.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mcp/client_capability.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kNameLimit = 200;

ModernClients::Facts read(const mcp::ModernMeta& meta) {
    ModernClients::Facts facts;
    facts.can_answer = mcp::can_answer(meta.capabilities);
    const auto name = mcp::member(meta.client_info, "name");
    if (name.starts_with('"') && name.size() > 2)
        facts.name = clip(mcp::unescape(name), kNameLimit);
    return facts;
}

}  // namespace

const ModernClients::Facts& ModernClients::of(const mcp::ModernMeta& meta) {
    const auto known = std::find_if(kinds_.begin(), kinds_.end(), [&meta](const Kind& kind) {
        return kind.client_info == meta.client_info && kind.capabilities == meta.capabilities;
    });
    if (known != kinds_.end())
        return known->facts;
    if (meta.capabilities.size() + meta.client_info.size() > kLongest)
        return last_ = read(meta);
    Kind kind{std::string(meta.capabilities), std::string(meta.client_info), read(meta)};
    if (kinds_.size() < kKinds)
        return kinds_.emplace_back(std::move(kind)).facts;
    Kind& oldest = kinds_[next_++ % kKinds];
    oldest = std::move(kind);
    return oldest.facts;
}

}  // namespace agenthub
