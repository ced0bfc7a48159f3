// Replies to modern clients.
// Pure functions.

#include "gateway/modern_replies.hpp"

#include "base/text.hpp"
#include "gateway/reply_for_client.hpp"
#include "mcp/client_capability.hpp"
#include "mcp/era_error.hpp"
#include "mcp/era_result.hpp"
#include "mcp/input_required.hpp"
#include "mcp/json_members.hpp"
#include "mcp/modern_request.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "supervisor/catalogue.hpp"

namespace agenthub {
namespace {

// How long a list may be kept whose server announces changes: a client that listens hears of them, and one that does
// not asks again in this time.
constexpr std::int64_t kListTtl = 60'000;
constexpr std::int64_t kDiscoverTtl = 60'000;

}  // namespace

void ask_for_visit(mcp::Message& reply, const mcp::Caller& caller) {
    const auto pages = mcp::elements_of(mcp::member(mcp::member(reply.error_member(), "data"), "elicitations"));
    if (pages.empty())
        return;
    const std::string method(mcp::method::elicit);
    std::vector<std::string> params;
    params.reserve(pages.size());
    for (const auto page : pages)
        params.push_back(mcp::without_members(page, {"elicitationId"}));
    const auto missing = mcp::missing_capability(method, params.front(), caller.capabilities);
    if (!missing.empty()) {
        reply = mcp::Message::parse(missing_capability_error("0", missing)).value();
        return;
    }
    std::vector<mcp::InputRequest> requests;
    requests.reserve(params.size());
    for (const auto& one : params)
        requests.push_back({"gw-" + std::to_string(requests.size() + 1), method, one});
    if (auto asked = mcp::Message::parse(mcp::make_response("0", mcp::make_input_required(requests, {}))))
        reply = std::move(*asked);
}

std::string discover_result(const ServerInfo& info) {
    std::string out = R"({"resultType":"complete","supportedVersions":)" + mcp::modern_versions();
    out += R"(,"capabilities":)" + (info.modern ? info.capabilities : shared_capabilities(info.capabilities));
    if (!info.instructions.empty())
        out += R"(,"instructions":)" + info.instructions;
    out += R"(,"ttlMs":)" + std::to_string(kDiscoverTtl) + R"(,"cacheScope":"private","_meta":{)";
    append_json_string(out, mcp::meta::server_info);
    return out + ":" + info.server_info + "}}";
}

unsigned status_of(const mcp::Message& reply) noexcept {
    switch (reply.error_code()) {
        case mcp::code::method_not_found: return 404;
        case mcp::code::header_mismatch:
        case mcp::code::missing_capability:
        case mcp::code::unsupported_version:
        case mcp::code::invalid_request:
        case mcp::code::parse_error: return 400;
        default: return 200;
    }
}

std::string missing_capability_error(std::string_view id, std::string_view path) {
    const auto dot = path.find('.');
    std::string data = R"({"requiredCapabilities":{)";
    append_json_string(data, path.substr(0, dot));
    data += ":{";
    if (dot != std::string_view::npos) {
        append_json_string(data, path.substr(dot + 1));
        data += ":{}";
    }
    data += "}}}";
    return mcp::make_error(id, mcp::code::missing_capability,
                           "the server needs the client capability " + std::string(path) +
                               ", which the request does not declare in _meta; declare it and send the request again",
                           data);
}

Freshness freshness_of(std::string_view method, const ServerInfo& info, bool shared) noexcept {
    for (const ListKind& kind : kListKinds)
        if (kind.method == method && info.*kind.announced)
            return {kListTtl, !shared};
    return {};
}

void reword_for_modern(mcp::Message& error, const mcp::Message& request, const ServerInfo& info) {
    if (info.modern || error.kind() != mcp::Kind::error)
        return;
    if (auto text = mcp::error_for_modern(error, request))
        replace_text(error, std::move(*text));
}

void adapt_for_modern(const mcp::Message& reply, const mcp::Message& request, const ServerInfo& info, bool shared,
                      mcp::PatchList& patches, std::string& scratch) {
    if (info.modern || reply.kind() == mcp::Kind::error)
        return;
    const Freshness fresh = freshness_of(request.method(), info, shared);
    mcp::ResultExtras extras;
    extras.cacheable = mcp::is_cacheable(request.method());
    extras.ttl_ms = fresh.ttl_ms;
    extras.is_private = fresh.is_private;
    extras.server_info = info.server_info;
    mcp::complete_result(reply, extras, patches, scratch);
}

}  // namespace agenthub
