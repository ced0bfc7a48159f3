// What a server said of itself when it last ran: its handshake and its lists. Clients are answered from it while the
// server is not there. Values and pure functions.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/server_info.hpp"
#include "mcp/names.hpp"

namespace agenthub {

struct ListKind {
    std::string_view method;   // that asks for it
    std::string_view member;   // of the result, with its entries
    std::string_view changed;  // the notification that it has changed
    bool ServerInfo::* offered;
    bool ServerInfo::* announced;  // the server says it would tell of changes
};

inline constexpr std::array<ListKind, 4> kListKinds{{
    {mcp::method::tools_list, "tools", mcp::method::tools_changed, &ServerInfo::has_tools, &ServerInfo::tools_change},
    {mcp::method::prompts_list, "prompts", mcp::method::prompts_changed, &ServerInfo::has_prompts,
     &ServerInfo::prompts_change},
    {mcp::method::resources_list, "resources", mcp::method::resources_changed, &ServerInfo::has_resources,
     &ServerInfo::resources_change},
    {mcp::method::templates_list, "resourceTemplates", mcp::method::resources_changed, &ServerInfo::has_resources,
     &ServerInfo::resources_change},
}};

struct Catalogue {
    ServerInfo info;
    std::uint64_t revision = 0;  // as the keeper counts: another number, other contents
    bool asks = false;           // it has asked a client something while it was shared
    bool has_lists = true;       // false: it has introduced itself, and is only now being asked for its lists
    // The results of the list methods in the order of kListKinds, whole lists without a cursor, JSON text. Empty: the
    // server does not offer it, or did not answer.
    std::array<std::string, kListKinds.size()> lists;

    // The result of a list method; null when this is none, or there is none.
    const std::string* list(std::string_view method) const noexcept;
};

// The text of a catalogue's file. `fingerprint`: of the configuration that the server ran with.
std::string print_catalogue(const Catalogue& catalogue, std::string_view fingerprint);
// nullopt when it is of another configuration or format, or damaged.
std::optional<Catalogue> parse_catalogue(std::string_view text, std::string_view fingerprint);

// Puts the pages of one list together (server/utilities/pagination). The result of a single page stays as it is.
class ListPages {
public:
    explicit ListPages(const ListKind& kind) : kind_(kind) {}

    // `result` is JSON text. False when it is not a page of this list.
    bool add(std::string_view result);
    // The cursor of the next page, JSON text; empty after the last one.
    const std::string& next() const noexcept { return next_; }
    std::size_t bytes() const noexcept { return entries_.size() + first_.size(); }
    std::string whole() const;

private:
    const ListKind& kind_;
    std::string first_;    // the first page
    std::string entries_;  // of all pages, without the brackets
    std::string next_;
    std::size_t pages_ = 0;
};

}  // namespace agenthub
