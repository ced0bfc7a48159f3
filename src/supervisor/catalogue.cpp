// Catalogues as values, and as text.
// Pure functions.

#include "supervisor/catalogue.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

// Of the file; another one is as good as none.
constexpr std::string_view kFormat = "1";

std::string_view inside(std::string_view array) {
    array.remove_prefix(1);
    array.remove_suffix(1);
    const auto begin = array.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    return array.substr(begin, array.find_last_not_of(" \t\r\n") + 1 - begin);
}

}  // namespace

const std::string* Catalogue::list(std::string_view method) const noexcept {
    for (std::size_t i = 0; i < kListKinds.size(); ++i)
        if (kListKinds[i].method == method)
            return lists[i].empty() ? nullptr : &lists[i];
    return nullptr;
}

std::string print_catalogue(const Catalogue& catalogue, std::string_view fingerprint) {
    std::string out = R"({"format":)";
    out.append(kFormat).append(R"(,"configuration":)");
    append_json_string(out, fingerprint);
    out += R"(,"initialize":)" + initialize_result_for(catalogue.info, catalogue.info.protocol_version);
    for (std::size_t i = 0; i < kListKinds.size(); ++i)
        if (!catalogue.lists[i].empty())
            out.append(",\"").append(kListKinds[i].method).append("\":").append(catalogue.lists[i]);
    if (catalogue.asks)
        out += R"(,"asks":true)";
    // Last, so that a file that was cut short does not have it.
    return out + R"(,"complete":true})";
}

std::optional<Catalogue> parse_catalogue(std::string_view text, std::string_view fingerprint) {
    const auto members = mcp::members_of(text);
    const auto member = [&members](std::string_view name) {
        for (const auto& candidate : members)
            if (mcp::spells(candidate.key, name))
                return candidate.value;
        return std::string_view();
    };
    if (member("format") != kFormat || member("complete") != "true")
        return std::nullopt;
    const auto configuration = member("configuration");
    if (!configuration.starts_with('"') || mcp::unescape(configuration) != fingerprint)
        return std::nullopt;
    // What a modern server said is kept in the same words.
    auto info = read_server_info(member("initialize"));
    if (!info)
        return std::nullopt;
    Catalogue catalogue;
    catalogue.info = std::move(*info);
    catalogue.asks = member("asks") == "true";
    for (std::size_t i = 0; i < kListKinds.size(); ++i)
        if (const auto list = member(kListKinds[i].method); list.starts_with('{'))
            catalogue.lists[i] = list;
    return catalogue;
}

bool ListPages::add(std::string_view result) {
    const auto entries = mcp::member(result, kind_.member);
    if (!entries.starts_with('['))
        return false;
    const auto cursor = mcp::member(result, "nextCursor");
    next_ = cursor.starts_with('"') ? cursor : std::string_view();
    if (pages_++ == 0)
        first_ = result;
    const auto more = inside(entries);
    if (!entries_.empty() && !more.empty())
        entries_ += ',';
    entries_ += more;
    return true;
}

std::string ListPages::whole() const {
    if (pages_ == 1 && next_.empty())
        return first_;
    std::string out = mcp::without_members(first_, {kind_.member, "nextCursor"});
    out.pop_back();
    out.append(out.size() > 1 ? ",\"" : "\"").append(kind_.member).append("\":[").append(entries_).append("]}");
    return out;
}

}  // namespace agenthub
