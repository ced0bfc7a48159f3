// A small blocking MCP client (Streamable HTTP, revisions 2025-03-26 … 2025-11-25) that hides nothing from the test.
// Owned by the test. Each request has a connection of its own, so requests may be made from several threads at once.

#pragma once

#include <httplib.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/sse.hpp"
#include "tests/support/wait_until.hpp"

namespace agenthub::test {

struct Reply {
    int status = 0;  // 0: no HTTP response; `error` says why
    std::string error;
    httplib::Headers headers;
    std::string body;
    std::vector<SseEvent> events;          // when it was an event stream
    std::vector<nlohmann::json> messages;  // in order, from a JSON object, a JSON array or the events

    std::string header(const std::string& name) const;
    bool is_stream() const { return header("Content-Type").starts_with("text/event-stream"); }
    // The one message with result or error; a discarded value when there is none.
    const nlohmann::json& response() const;
    nlohmann::json result() const { return member("result"); }
    nlohmann::json rpc_error() const { return member("error"); }
    // result.content[0].text; empty when there is none.
    std::string text() const;
    // Notifications and requests, without the response.
    std::vector<nlohmann::json> unasked() const;

private:
    nlohmann::json member(const char* name) const;
};

class EventStream;

class McpClient {
public:
    explicit McpClient(int port, const std::string& server = "hostile");

    // initialize, and notifications/initialized when that succeeded; the session id goes with every later request.
    Reply initialize(const std::string& version = "2025-11-25",
                     const nlohmann::json& capabilities = nlohmann::json::object(),
                     const std::string& client_name = "test-client");

    Reply call(const std::string& tool, const nlohmann::json& arguments = nlohmann::json::object(),
               const nlohmann::json& meta = nullptr);
    std::future<Reply> call_later(const std::string& tool, const nlohmann::json& arguments = nlohmann::json::object(),
                                  const nlohmann::json& meta = nullptr);
    // `id` null: the next number of this client.
    Reply request(const std::string& method, const nlohmann::json& params = nullptr, nlohmann::json id = nullptr);
    Reply notify(const std::string& method, const nlohmann::json& params = nullptr);
    // Any body. `on_event` sees each event of a streamed answer while it arrives, on the calling thread.
    Reply post(const std::string& body, const std::function<void(const SseEvent&)>& on_event = {});
    Reply send(const std::string& method, const std::string& body, httplib::Headers headers,
               const std::function<void(const SseEvent&)>& on_event = {});
    Reply end_session();
    std::unique_ptr<EventStream> get_stream(const std::string& last_event_id = "");

    httplib::Headers headers;  // sent with every request, beside those of the protocol
    std::string path;          // /mcp/{server}
    std::string session_id;
    std::string version;  // sent as MCP-Protocol-Version when it is not empty
    std::chrono::milliseconds timeout = kBound;

    int port() const noexcept { return port_; }
    httplib::Headers protocol_headers() const;

private:
    int port_;
    std::atomic<int> next_id_{1};
};

// A JSON-RPC request or, with id null, a notification. Params null: none.
std::string rpc(const std::string& method, const nlohmann::json& params, const nlohmann::json& id);

}  // namespace agenthub::test
