// The modern era's members of a request.
// Pure functions.

#include "mcp/era_request.hpp"

#include "base/text.hpp"
#include "mcp/member_cut.hpp"
#include "mcp/revision.hpp"

namespace agenthub::mcp {
namespace {

// True when _meta has other members than those that were cut.
bool cut_era(const Message& request, PatchList& patches) {
    return cut_members(request.text(), request.meta_span(),
                       {request.member(MetaKey::protocol_version), request.member(MetaKey::client_capabilities),
                        request.member(MetaKey::client_info), request.member(MetaKey::log_level)},
                       patches);
}

Span first_byte(Span object) noexcept {
    return {object.begin, object.begin + 1};
}

void append_member(std::string& out, MetaKey key, std::string_view value) {
    if (!out.empty())
        out += ',';
    out.append("\"").append(kMetaPrefix).append(kMetaKeys[static_cast<std::size_t>(key)]).append("\":").append(value);
}

}  // namespace

void strip_modern_meta(const Message& request, PatchList& patches) {
    if (!request.meta_span().empty())
        cut_era(request, patches);
}

void put_modern_meta(const Message& request, std::string_view members, PatchList& patches, std::string& scratch) {
    const Span meta = request.meta_span();
    if (!meta.empty()) {
        scratch.assign("{").append(members).append(cut_era(request, patches) ? "," : "");
        patches.add(first_byte(meta), scratch);
        return;
    }
    if (!request.any_meta_span().empty()) {  // a value that is not an object, where only objects are allowed
        scratch.assign("{").append(members).append("}");
        patches.add(request.any_meta_span(), scratch);
        return;
    }
    const Span params = request.params_span();
    if (!params.empty()) {
        const bool others = cut_members(request.text(), params, {}, patches);
        scratch.assign(R"({"_meta":{)").append(members).append(others ? "}," : "}");
        patches.add(first_byte(params), scratch);
        return;
    }
    const auto message = static_cast<std::uint32_t>(request.text().find('{'));
    scratch.assign(R"({"params":{"_meta":{)").append(members).append("}},");
    patches.add({message, message + 1}, scratch);
}

std::string modern_meta(std::string_view capabilities, std::string_view client_info, std::string_view log_level) {
    std::string out;
    std::string text;
    append_json_string(text, traits(Revision::r2026_07_28).name);
    append_member(out, MetaKey::protocol_version, text);
    append_member(out, MetaKey::client_capabilities, capabilities);
    if (!client_info.empty())
        append_member(out, MetaKey::client_info, client_info);
    if (!log_level.empty()) {
        text.clear();
        append_json_string(text, log_level);
        append_member(out, MetaKey::log_level, text);
    }
    return out;
}

}  // namespace agenthub::mcp
