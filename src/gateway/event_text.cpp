// Server-sent events as bytes.
// Pure functions.

#include "gateway/event_text.hpp"

namespace agenthub {
namespace {

void begin_event(std::string& out, std::string_view event_id) {
    out += "event: message\n";
    if (!event_id.empty())
        out.append("id: ").append(event_id) += '\n';
    out += "data: ";
}

}  // namespace

void append_event(std::string& out, std::string_view event_id, std::string_view message) {
    begin_event(out, event_id);
    out.append(message).append("\n\n");
}

void append_event(std::string& out, std::string_view event_id, const mcp::Message& reply, std::string_view id) {
    begin_event(out, event_id);
    reply.append_with_id(out, id);
    out += "\n\n";
}

std::string priming_event(std::string_view event_id, Duration retry) {
    std::string out = "id: ";
    out.append(event_id).append("\nretry: ").append(std::to_string(retry.count())).append("\ndata: \n\n");
    return out;
}

std::string endpoint_event(std::string_view uri) {
    return "event: endpoint\ndata: " + std::string(uri) + "\n\n";
}

}  // namespace agenthub
