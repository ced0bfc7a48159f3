// An event stream that is read on a bare connection, so that a test can cut it, or not read it, as it likes.
// Owned by the test; forgetting it cuts the connection.

#pragma once

#include <string>
#include <vector>

#include "tests/support/mcp_client.hpp"
#include "tests/support/raw_connection.hpp"
#include "tests/support/sse.hpp"

namespace agenthub::test {

class CutStream {
public:
    // Sends the message in the client's session.
    CutStream(const McpClient& client, const std::string& message) : connection_(client.port()) {
        connection_.send(head(client, "POST") + "Content-Length: " + std::to_string(message.size()) + "\r\n\r\n" +
                         message);
    }
    // The GET of the client's session; with `last_event_id` one that resumes.
    struct Get {
        std::string last_event_id;
    };
    CutStream(const McpClient& client, const Get& get) : connection_(client.port()) {
        const std::string resumes = get.last_event_id.empty() ? "" : "Last-Event-ID: " + get.last_event_id + "\r\n";
        connection_.send(head(client, "GET") + resumes + "\r\n");
    }

    // Reads until so many events have come; false when they do not. Sizes of chunks are no lines of an event stream.
    bool read_events(std::size_t count) {
        while (events_.size() < count) {
            const std::string bytes = connection_.read_some();
            if (bytes.empty())
                return false;
            text_ += bytes;
            for (auto& event : parser_.feed(bytes))
                if (event.has_id || event.has_data)
                    events_.push_back(std::move(event));
        }
        return true;
    }
    bool wait_closed() { return connection_.wait_closed(); }

    const std::vector<SseEvent>& events() const { return events_; }
    const std::string& text() const { return text_; }
    std::string last_id() const { return events_.empty() ? std::string() : events_.back().id; }

private:
    static std::string head(const McpClient& client, const std::string& method) {
        std::string out = method + " " + client.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
                          "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
        for (const auto& [name, value] : client.protocol_headers())
            out.append(name).append(": ").append(value).append("\r\n");
        return out;
    }

    RawConnection connection_;
    SseParser parser_;
    std::vector<SseEvent> events_;
    std::string text_;  // all that has come
};

}  // namespace agenthub::test
