// The JSON-RPC messages of one tool call as an MCP client of revision 2025-11-25: what is sent, and what comes back.
// Pure functions.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

inline constexpr std::string_view kCliProtocolVersion = "2025-11-25";

// Ids of the two requests; the second is also the progress token.
inline constexpr int kInitializeId = 1;
inline constexpr int kToolCallId = 2;

std::string initialize_request();
std::string initialized_notification();
// `arguments`: JSON text of an object, sent as it is.
std::string tool_call_request(std::string_view tool, std::string_view arguments);
std::string cancelled_notification(std::string_view reason);

// The part of `text`, the arguments as the user gave them, that can be sent: valid JSON text of an object, without a
// byte order mark. errc::invalid_params with the line and the column of what is wrong.
result<std::string_view> checked_arguments(std::string_view text);

enum class MessageKind {
    answer,   // the result of the request asked about
    failure,  // its error, or an error without id
    request,  // the server asks something of the client
    notification,
    other,  // nothing a client can use: someone else's answer, or no JSON-RPC at all
};

// What `message` is to the one who waits for the answer to request `id` (JSON-RPC 2.0).
MessageKind kind_of(const nlohmann::json& message, int id);

// The answer to a server's request: a ping gets its empty result, anything else an error, for this client declared no
// capability.
std::string answer_to_server(const nlohmann::json& request);

// One line for a person: progress and log messages; nullopt for the notifications that say nothing to one.
std::optional<std::string> notification_line(const nlohmann::json& notification);

}  // namespace agenthub
