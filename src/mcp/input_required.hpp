// The modern era's way of asking the client: a result that demands input, and the same request once more with the
// answers (protocol revision 2026-07-28: client/mrtr, "Multi Round-Trip Requests").
// Pure functions; views borrow the message they were read from.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "mcp/message.hpp"

namespace agenthub::mcp {

struct InputRequest {
    std::string key, method;  // plain
    std::string_view params;  // JSON object, empty when absent
};

struct InputRequired {
    std::vector<InputRequest> requests;
    std::string_view request_state;  // JSON text of the string, empty when absent
};

// The result's type says that it demands input.
bool demands_input(const Message& reply);
// What it demands; nullopt when it does not, and when it is not made as it must be (neither requests nor a state, or
// other types).
std::optional<InputRequired> read_input_required(const Message& reply);
// The result that demands input, JSON text. The state is plain; empty for none.
std::string make_input_required(const std::vector<InputRequest>& requests, std::string_view request_state);

struct InputResponse {
    std::string key;          // plain
    std::string_view result;  // JSON text
};

struct InputRetry {
    std::vector<InputResponse> responses;
    std::string_view request_state;  // JSON text of the string, empty when absent
    bool empty() const noexcept { return responses.empty() && request_state.empty(); }
};

// The answers that a request brings; empty when it is none that is sent once more. Errors: errc::invalid_params.
result<InputRetry> read_retry(const Message& request);
// The request's text with these answers in its params, in place of any that stand there. The state is JSON text; empty
// for none.
std::string with_input_responses(const Message& request, const std::vector<InputResponse>& responses,
                                 std::string_view request_state);

}  // namespace agenthub::mcp
