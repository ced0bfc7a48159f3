// Results between the eras.
// Pure functions.

#include "mcp/era_result.hpp"

#include <algorithm>
#include <array>

#include "mcp/json_members.hpp"
#include "mcp/member_cut.hpp"
#include "mcp/names.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::array kCacheable{method::discover,       method::tools_list,     method::prompts_list,
                                method::resources_list, method::templates_list, method::resources_read};

// What a call's result begins with in nearly every case; the server's own words follow.
constexpr std::string_view kUsualOpening = R"({"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":)";
static_assert(kUsualOpening.substr(kUsualOpening.size() - 2 - meta::server_info.size(), meta::server_info.size()) ==
              meta::server_info);

bool lacks(const Message& reply, ResultKey key) noexcept {
    return reply.member(key).value.empty();
}

bool is_empty_object(std::string_view object) noexcept {
    return object.find_first_not_of(" \t\r\n", 1) == object.size() - 1;
}

void append_own_members(std::string& out, const Message& reply, const ResultExtras& extras) {
    if (lacks(reply, ResultKey::result_type))
        out += R"("resultType":"complete",)";
    if (extras.cacheable && lacks(reply, ResultKey::ttl_ms))
        out.append(R"("ttlMs":)").append(std::to_string(extras.ttl_ms)).append(",");
    if (extras.cacheable && lacks(reply, ResultKey::cache_scope))
        out += extras.is_private ? R"("cacheScope":"private",)" : R"("cacheScope":"public",)";
}

void append_server_info(std::string& out, const ResultExtras& extras) {
    out.append("\"").append(meta::server_info).append("\":").append(extras.server_info);
}

// Begins `out` with what stands in place of the result's first brace, without a comma after the last member.
void open_result(std::string& out, std::string_view result) {
    if (out.back() == ',' && is_empty_object(result))
        out.pop_back();
}

}  // namespace

bool is_cacheable(std::string_view method) noexcept {
    return std::find(kCacheable.begin(), kCacheable.end(), method) != kCacheable.end();
}

void complete_result(const Message& reply, const ResultExtras& extras, PatchList& patches, std::string& scratch) {
    const std::string_view result = reply.result_member();
    if (result.empty() || result.front() != '{')
        return;
    const Span meta = reply.any_result_meta_span();
    const std::string_view old_meta = reply.result_meta();
    const bool wants_info = !extras.server_info.empty();
    constexpr std::size_t kOwn = 192;  // all that is put in but for the server's own words
    scratch.reserve(kOwn + extras.server_info.size());
    if (wants_info && meta.empty() && !extras.cacheable && lacks(reply, ResultKey::result_type) &&
        !is_empty_object(result)) {  // a call's
        scratch.append(kUsualOpening).append(extras.server_info).append("},");
        patches.add({reply.result_span().begin, reply.result_span().begin + 1}, scratch);
        return;
    }
    scratch = "{";
    append_own_members(scratch, reply, extras);
    if (wants_info && meta.empty()) {
        scratch += R"("_meta":{)";
        append_server_info(scratch, extras);
        scratch += "},";
    }
    open_result(scratch, result);
    const std::size_t own = scratch.size();
    if (wants_info && !meta.empty() && member(old_meta, meta::server_info).empty()) {
        scratch += '{';
        append_server_info(scratch, extras);
        if (old_meta.empty())  // there is a value, but not the object it must be
            scratch += '}';
        else if (!is_empty_object(old_meta))
            scratch += ',';
    }
    // Views only now: the text has grown for the last time.
    const std::string_view text = scratch;
    if (own > 1)
        patches.add({reply.result_span().begin, reply.result_span().begin + 1}, text.substr(0, own));
    if (own < text.size())
        patches.add(old_meta.empty() ? meta : Span{meta.begin, meta.begin + 1}, text.substr(own));
}

void reduce_result(const Message& reply, PatchList& patches) {
    const Span result = reply.result_span();
    if (result.empty() || reply.result_member().front() != '{')
        return;
    cut_members(
        reply.text(), result,
        {reply.member(ResultKey::result_type), reply.member(ResultKey::ttl_ms), reply.member(ResultKey::cache_scope)},
        patches);
}

}  // namespace agenthub::mcp
