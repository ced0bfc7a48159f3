// MCP messages over HTTP: one POST or GET of the daemon's endpoint, and what comes of it.
// Owned by the bridge; loop thread only.

#pragma once

#include <string>
#include <string_view>

#include "base/async.hpp"
#include "bridge/http_client.hpp"
#include "mcp/message.hpp"

namespace agenthub {

// The most bytes of one message of the daemon.
inline constexpr std::size_t kMaxDaemonMessage = 256 * 1024 * 1024;

// Gets the messages of one reply in their order.
class MessageSink {
public:
    virtual ~MessageSink() = default;
    virtual awaitable<void> take(mcp::Message message) = 0;
    // The reply has begun with a status that promises messages.
    virtual void opened() {}
};

// How a request ended.
struct HttpOutcome {
    enum class How {
        answered,  // the reply that was waited for has come
        ended,     // a good end without it: nothing was to be answered, or the stream was over
        refused,   // an HTTP error: `status` and `body`
        unsent,    // the daemon cannot have seen the request
        broken,    // the connection broke: the daemon may have acted
    };
    How how = How::broken;
    unsigned status = 0;
    std::string body;           // of a refusal
    std::string session_id;     // Mcp-Session-Id of the response
    std::string last_event_id;  // where the stream can be resumed; empty: nowhere
    Duration retry{0};          // after how long, if the stream said
    bool is_error = false;      // the reply is a JSON-RPC error
    std::string why;            // of unsent and broken
};

class DaemonHttp {
public:
    // `endpoint`: the path, "/mcp/NAME".
    DaemonHttp(Executor executor, HttpUrl url, std::string endpoint);

    // Sends `message` and gives what comes to `sink`. `id` is the JSON text of the id whose reply is waited for; empty
    // for what is not answered. No limit of time but the daemon's own: a cancelled coroutine closes the connection.
    awaitable<HttpOutcome> post(std::string message, HttpFields fields, std::string id, MessageSink& sink);

    // The event stream of a session, from `last_event_id` on if that is not empty. Ends with `id`'s reply, as above.
    awaitable<HttpOutcome> get(HttpFields fields, std::string last_event_id, std::string id, MessageSink& sink);

    // DELETE of the session.
    awaitable<void> end_session(HttpFields fields);

    // GET /livez: the daemon answers. Nothing is said of why not but in the error's sentence.
    awaitable<result<void>> probe();

    std::string where() const { return http_.url().text(); }

private:
    awaitable<HttpOutcome> run(OutboundRequest request, std::string id, MessageSink& sink);
    awaitable<void> read_events(OutboundResponse& response, const std::string& id, MessageSink& sink,
                                HttpOutcome& outcome);
    awaitable<void> hand_on(std::string text, const std::string& id, MessageSink& sink, HttpOutcome& outcome);

    HttpClient http_;
    std::string endpoint_;
};

}  // namespace agenthub
