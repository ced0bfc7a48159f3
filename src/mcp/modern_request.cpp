// The checks of modern requests.
// Pure functions.

#include "mcp/modern_request.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/log_level.hpp"
#include "mcp/names.hpp"
#include "mcp/revision.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::size_t kShown = 120;  // bytes of the client's own words in a message

constexpr std::array kMethods{
    method::discover,    method::listen,         method::tools_list,     method::tools_call,     method::prompts_list,
    method::prompts_get, method::resources_list, method::templates_list, method::resources_read, method::complete,
    method::tasks_get,   method::tasks_update,   method::tasks_cancel};

// What a client of the legacy era may ask for, and a modern one must not.
constexpr std::array kRemoved{method::initialize, method::ping, method::set_level, method::subscribe,
                              method::unsubscribe};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_string(std::string_view json) noexcept {
    return !json.empty() && json.front() == '"';
}

bool is_object(std::string_view json) noexcept {
    return !json.empty() && json.front() == '{';
}

std::string quoted(std::string_view text) {
    return "\"" + clip(text, kShown) + "\"";
}

ModernFault meta_fault(MetaKey key, std::string_view must) {
    std::string name = std::string(kMetaPrefix) + std::string(kMetaKeys[static_cast<std::size_t>(key)]);
    return {400, code::invalid_params, "params._meta[\"" + name + "\"] " + std::string(must), {}};
}

// `complete`: as a request's must be.
std::optional<ModernFault> check_meta(const Message& message, bool complete) {
    if (complete && message.meta_span().empty())
        return ModernFault{400,
                           code::invalid_params,
                           "params._meta is missing: every request of this revision carries its protocol version and "
                           "the client's capabilities there; add it, or begin with initialize for an older revision",
                           {}};
    const auto wrong = [&](MetaKey key, bool required, auto&& fits) {
        return message.meta(key).empty() ? required : !fits(message.meta(key));
    };
    if (wrong(MetaKey::protocol_version, complete, is_string))
        return meta_fault(MetaKey::protocol_version, "must be there, a string: the revision the client speaks");
    if (wrong(MetaKey::client_capabilities, complete, is_object))
        return meta_fault(MetaKey::client_capabilities,
                          "must be there, an object: what the client can do, {} for nothing");
    if (wrong(MetaKey::client_info, false, is_object))
        return meta_fault(MetaKey::client_info, "must be an object with the client's name and version, or absent");
    if (wrong(MetaKey::log_level, false, [](std::string_view level) { return log_level_of(level).has_value(); }))
        return meta_fault(MetaKey::log_level,
                          "must be debug, info, notice, warning, error, critical, alert or "
                          "emergency, or absent");
    return std::nullopt;
}

std::string body_version(const Message& message) {
    const std::string_view version = message.meta(MetaKey::protocol_version);
    return version.empty() ? std::string() : unescape(version);
}

std::optional<ModernFault> check_version(const Message& message, const HeaderSource& headers, ModernMeta& out) {
    const bool claimed = !message.meta(MetaKey::protocol_version).empty();
    std::string version = body_version(message);
    if (!headers.has(header::protocol_version)) {
        if (message.is_call())
            return header_fault("the header MCP-Protocol-Version is missing: it must repeat the protocol version " +
                                quoted(version) + " of params._meta");
    } else {
        const std::string_view sent = trim(headers.value(header::protocol_version));
        if (claimed && sent != version)
            return header_fault("the header MCP-Protocol-Version says " + quoted(sent) + ", params._meta says " +
                                quoted(version) + ": both must be the same");
        version = sent;
    }
    const auto known = revision_of(version);
    if (known && !traits(*known).legacy) {
        out.version = traits(*known).name;
        return std::nullopt;
    }
    std::string data = R"({"supported":)" + modern_versions() + R"(,"requested":)";
    append_json_string(data, version);
    return ModernFault{400, code::unsupported_version,
                       "protocol version " + quoted(version) + " is not served in this way; use one of " +
                           modern_versions() + ", or begin with initialize for an older one",
                       data + "}"};
}

std::optional<ModernFault> check_method_header(const Message& message, const HeaderSource& headers) {
    if (!headers.has(header::method)) {
        if (!message.is_call())
            return std::nullopt;
        return header_fault("the header Mcp-Method is missing: it must repeat the method " + quoted(message.method()));
    }
    const std::string_view sent = trim(headers.value(header::method));
    if (sent == message.method())
        return std::nullopt;
    return header_fault("the header Mcp-Method says " + quoted(sent) + ", the body says " + quoted(message.method()) +
                        ": both must be the same");
}

struct NamedBy {
    std::string_view member;  // of params; empty: the method has no Mcp-Name
    std::string_view value;   // JSON text
};

NamedBy name_of(const Message& message) {
    const std::string_view m = message.method();
    if (m == method::tools_call || m == method::prompts_get)
        return {"name", message.name()};
    if (m == method::resources_read)
        return {"uri", message.uri()};
    if (m == method::tasks_get || m == method::tasks_update || m == method::tasks_cancel)
        return {"taskId", member(message.params(), "taskId")};
    return {};
}

std::optional<ModernFault> check_name_header(const Message& message, const HeaderSource& headers) {
    const NamedBy named = name_of(message);
    if (named.member.empty())
        return std::nullopt;
    const std::string where = "params." + std::string(named.member);
    const bool has_name = is_string(named.value);
    if (!headers.has(header::name)) {
        if (!has_name)
            return std::nullopt;  // nothing to repeat; what lacks its name is refused as such
        return header_fault("the header Mcp-Name is missing: it must repeat " + where + ", " +
                            quoted(unescape(named.value)));
    }
    const auto sent = decode_header_value(headers.value(header::name));
    if (!sent)
        return header_fault(
            "the header Mcp-Name is malformed: it must be printable ASCII, or =?base64?...?= around "
            "the base64 of UTF-8 with its padding");
    if (has_name && spells(named.value, *sent))
        return std::nullopt;
    return header_fault("the header Mcp-Name says " + quoted(*sent) + ", but " + where +
                        (has_name ? " is " + quoted(unescape(named.value)) : std::string(" is no string")) +
                        ": both must be the same");
}

std::optional<ModernFault> check_method(const Message& message) {
    if (!message.is_call() || is_one_of(kMethods, message.method()))
        return std::nullopt;
    std::string text = "the method " + quoted(message.method()) + " does not exist in this protocol revision";
    if (is_one_of(kRemoved, message.method()))
        text += "; it belongs to older ones, which begin with initialize and without a modern protocol version";
    return ModernFault{404, code::method_not_found, std::move(text), {}};
}

}  // namespace

std::string modern_versions() {
    std::string out = "[";
    for (const RevisionTraits& row : kRevisions)
        if (!row.legacy) {
            if (out.size() > 1)
                out += ',';
            append_json_string(out, row.name);
        }
    return out + "]";
}

bool names_modern(std::string_view version_header) {
    const std::string_view version = trim(version_header);
    const auto known = revision_of(version);
    return !version.empty() && !(known && traits(*known).legacy);
}

bool claims_modern(const Message& message, std::string_view version_header) {
    return !message.meta(MetaKey::protocol_version).empty() || names_modern(version_header);
}

ModernFault header_fault(std::string message) {
    return {400, code::header_mismatch, std::move(message), {}};
}

std::optional<ModernFault> check_modern(const Message& message, const HeaderSource& headers, ModernMeta& out) {
    if (message.is_reply())
        return ModernFault{400,
                           code::invalid_request,
                           "clients send no answers in this protocol revision: repeat the request with "
                           "params.inputResponses",
                           {}};
    if (auto fault = check_meta(message, message.is_call()))
        return fault;
    out.capabilities = message.meta(MetaKey::client_capabilities);
    out.client_info = message.meta(MetaKey::client_info);
    out.log_level = message.meta(MetaKey::log_level);
    if (auto fault = check_version(message, headers, out))
        return fault;
    if (auto fault = check_method_header(message, headers))
        return fault;
    if (auto fault = check_name_header(message, headers))
        return fault;
    return check_method(message);
}

}  // namespace agenthub::mcp
