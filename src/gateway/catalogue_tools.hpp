// What the servers' catalogues say of their tools, for hooks.
// Owned by CallHooks; a cache, read anew when a catalogue has changed.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/server_directory.hpp"
#include "hooks/tool_book.hpp"

namespace agenthub {

class CatalogueTools final : public ToolBook {
public:
    explicit CatalogueTools(const ServerDirectory& servers) noexcept : servers_(servers) {}

    std::optional<ToolFacts> find_tool(std::string_view server, std::string_view tool) override;

    // After a reload: servers may be gone.
    void clear() { known_.clear(); }

private:
    struct Tool {
        bool read_only = false;
        std::string input_schema;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
    };
    struct Server {
        std::uint64_t revision = 0;
        std::unordered_map<std::string, Tool, Hash, std::equal_to<>> tools;
    };

    void read(Server& server, const Catalogue& catalogue) const;

    const ServerDirectory& servers_;
    std::map<std::string, Server, std::less<>> known_;  // bounded by the configured servers
};

}  // namespace agenthub
