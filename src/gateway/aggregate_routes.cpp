// Which server a request to an endpoint for many is meant for.
// Owned by the gateway.

#include "base/base64.hpp"
#include "base/text.hpp"
#include "gateway/aggregates.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

std::string in_json(std::string_view plain) {
    std::string out;
    append_json_string(out, plain);
    return out;
}

// What the request names: JSON text of a name or uri, empty when it names nothing.
struct Named {
    std::string_view text;
    bool is_uri = false;
    bool is_prompt = false;
};

Named named_in(const mcp::Message& request) {
    const std::string_view method = request.method();
    if (method == mcp::method::tools_call)
        return {request.name()};
    if (method == mcp::method::prompts_get)
        return {request.name(), false, true};
    if (method == mcp::method::resources_read)
        return {request.uri(), true, false};
    if (method != mcp::method::complete)
        return {};
    const auto ref = mcp::member(request.params(), "ref");
    if (const auto uri = mcp::member(ref, "uri"); !uri.empty())
        return {uri, true, false};
    return {mcp::member(ref, "name"), false, true};
}

}  // namespace

std::optional<std::string> Aggregates::server_of_uri(std::string_view endpoint, std::string_view uri) {
    if (!uri.starts_with('"'))
        return std::nullopt;
    const Shown& present = shown(endpoint);
    const std::string plain = mcp::unescape(uri);
    const AggregateEntry* owner = owner_of(plain, present.resources, present.templates);
    // A completion names the template itself.
    if (owner == nullptr)
        owner = present.templates.find(plain);
    return owner == nullptr ? std::nullopt : std::optional<std::string>(owner->server);
}

result<Destination> Aggregates::find(std::string_view endpoint, const mcp::Message& request) {
    if (request.method().starts_with("tasks/")) {
        const auto shown_id = mcp::member(request.params(), "taskId");
        auto task = server_of_task(shown_id);
        if (!task || !servers_.includes(endpoint, task->server))
            return Error(errc::invalid_params, "no task has the id " + clip(shown_id, 100));
        task->at = request.span_of(shown_id);
        return std::move(*task);
    }
    const Named named = named_in(request);
    if (!named.text.starts_with('"'))
        return Error(errc::method_not_found, "Method not found: " + clip(request.method(), 80));
    if (named.is_uri) {
        const auto server = server_of_uri(endpoint, named.text);
        if (!server)
            return Error(errc::invalid_params, "Resource not found: no server has " + clip(named.text, 300));
        return Destination{*server, {}, {}};
    }
    const Shown& present = shown(endpoint);
    const AggregateList& list = named.is_prompt ? present.prompts : present.tools;
    const std::string called = mcp::unescape(named.text);
    const AggregateEntry* entry = list.find(called);
    if (entry == nullptr)
        return Error(errc::invalid_params,
                     std::string("Unknown ") + (named.is_prompt ? "prompt" : "tool") + ": " + clip(called, 100));
    Destination out{entry->server, {}, {}};
    if (entry->own != called) {  // also by its full name where it is shown with its own
        out.at = request.span_of(named.text);
        out.own = in_json(entry->own);
    }
    return out;
}

std::optional<std::pair<std::string, std::string>> Aggregates::tool_of(std::string_view endpoint,
                                                                       std::string_view shown_name) {
    const AggregateEntry* entry = shown(endpoint).tools.find(shown_name);
    if (entry == nullptr)
        return std::nullopt;
    return std::pair(entry->server, entry->own);
}

awaitable<result<Destination>> Aggregates::destination_of(std::string endpoint, const mcp::Message& request,
                                                          Deadline deadline) {
    auto found = find(endpoint, request);
    if (found || found.error().code != errc::invalid_params)
        co_return found;
    // One that nobody has met yet may have it.
    auto meeting = meet_all(endpoint);
    co_await ends_by(std::move(meeting), deadline);
    co_return find(endpoint, request);
}

std::string task_id_of_many(std::string_view server, std::string_view task_id) {
    return in_json(to_base64url(server) + "." + mcp::unescape(task_id));
}

std::optional<Destination> server_of_task(std::string_view shown_id) {
    if (!shown_id.starts_with('"'))
        return std::nullopt;
    const std::string plain = mcp::unescape(shown_id);
    const auto dot = plain.find('.');
    const auto server = dot == std::string::npos ? std::nullopt : from_base64url(plain.substr(0, dot));
    if (!server)
        return std::nullopt;
    return Destination{*server, {}, in_json(plain.substr(dot + 1))};
}

}  // namespace agenthub
