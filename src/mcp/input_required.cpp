// Asking the client by a result that demands input.
// Pure functions.

#include "mcp/input_required.hpp"

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::string_view kInputRequired = "input_required";
constexpr std::string_view kRequests = "inputRequests";
constexpr std::string_view kResponses = "inputResponses";
constexpr std::string_view kState = "requestState";

bool is_string(std::string_view json) noexcept {
    return !json.empty() && json.front() == '"';
}

bool is_object(std::string_view json) noexcept {
    return !json.empty() && json.front() == '{';
}

std::optional<InputRequest> read_request(const JsonMember& entry) {
    const std::string_view method = member(entry.value, "method");
    const std::string_view params = member(entry.value, "params");
    if (!is_string(method) || (!params.empty() && !is_object(params)))
        return std::nullopt;
    return InputRequest{unescape(entry.key), unescape(method), params};
}

void append_key(std::string& out, std::string_view plain) {
    append_json_string(out, plain);
    out += ':';
}

// Without its last comma.
std::string closed(std::string object) {
    if (object.back() == ',')
        object.pop_back();
    return object + "}";
}

std::string responses_text(const std::vector<InputResponse>& responses) {
    std::string out = "{";
    for (const InputResponse& response : responses) {
        append_key(out, response.key);
        out.append(response.result).append(",");
    }
    return closed(std::move(out));
}

}  // namespace

bool demands_input(const Message& reply) {
    return is_string(reply.result_type()) && spells(reply.result_type(), kInputRequired);
}

std::optional<InputRequired> read_input_required(const Message& reply) {
    if (!demands_input(reply))
        return std::nullopt;
    InputRequired read;
    const std::string_view requests = member(reply.result_member(), kRequests);
    read.request_state = member(reply.result_member(), kState);
    if ((requests.empty() && read.request_state.empty()) || (!requests.empty() && !is_object(requests)) ||
        (!read.request_state.empty() && !is_string(read.request_state)))
        return std::nullopt;
    for (const JsonMember& entry : members_of(requests)) {
        auto request = read_request(entry);
        if (!request)
            return std::nullopt;
        read.requests.push_back(std::move(*request));
    }
    return read;
}

std::string make_input_required(const std::vector<InputRequest>& requests, std::string_view request_state) {
    std::string out = R"({"resultType":"input_required",)";
    if (!requests.empty()) {
        append_key(out, kRequests);
        std::string entries = "{";
        for (const InputRequest& request : requests) {
            append_key(entries, request.key);
            entries += R"({"method":)";
            append_json_string(entries, request.method);
            if (!request.params.empty())
                entries.append(R"(,"params":)").append(request.params);
            entries += "},";
        }
        out.append(closed(std::move(entries))).append(",");
    }
    if (!request_state.empty()) {
        append_key(out, kState);
        append_json_string(out, request_state);
    }
    return closed(std::move(out));
}

result<InputRetry> read_retry(const Message& request) {
    InputRetry retry;
    const std::string_view responses = request.input_responses();
    retry.request_state = request.request_state();
    if (!responses.empty() && !is_object(responses))
        return Error(errc::invalid_params, "params.inputResponses must be an object: a result for each key asked for");
    if (!retry.request_state.empty() && !is_string(retry.request_state))
        return Error(errc::invalid_params, "params.requestState must be the string that the result carried");
    if (responses.empty())
        return retry;
    for (const JsonMember& entry : members_of(responses)) {
        if (!is_object(entry.value))
            return Error(errc::invalid_params, "each member of params.inputResponses must be an object, the result");
        retry.responses.push_back({unescape(entry.key), entry.value});
    }
    return retry;
}

std::string with_input_responses(const Message& request, const std::vector<InputResponse>& responses,
                                 std::string_view request_state) {
    std::string params = "{";
    if (!responses.empty()) {
        append_key(params, kResponses);
        params.append(responses_text(responses)).append(",");
    }
    if (!request_state.empty()) {
        append_key(params, kState);
        params.append(request_state).append(",");
    }
    for (const JsonMember& kept : members_of(request.params()))
        if (!spells(kept.key, kResponses) && !spells(kept.key, kState))
            params.append(kept.key).append(":").append(kept.value).append(",");
    params = closed(std::move(params));
    std::string out;
    PatchList patches;
    const auto message = static_cast<std::uint32_t>(request.text().find('{'));
    const std::string whole = R"({"params":)" + params + ",";
    if (request.params().empty())
        patches.add({message, message + 1}, whole);
    else
        patches.add(request.params_span(), params);
    request.append_patched(out, patches);
    return out;
}

}  // namespace agenthub::mcp
