// One MCP session on one kept connection with at most one request under way; over HTTP+SSE with a stream beside it, on
// which the answers come.
// Owned by Generator; non-blocking, driven by its epoll.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/call.hpp"
#include "load/connection.hpp"
#include "load/event_reader.hpp"
#include "load/http_response.hpp"
#include "load/options.hpp"

namespace agenthub::load {

class Session {
public:
    using Clock = std::chrono::steady_clock;
    enum class Event {
        none,
        ready,     // the handshake is done
        answered,  // a call has its reply: see fault() and latency()
        ended,     // the DELETE has its reply
        broken     // the connection or the handshake failed: see fault()
    };

    Session(const Options& options, int epoll, std::int64_t index);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Connects, and starts the handshake when there is no session yet. The epoll data is `this`.
    void open();
    // The next call; `intended` is when it should have started, which is what its latency counts from.
    void start_call(Clock::time_point intended);
    // Ends the session. False: there was nothing to tell the server, and no event will come.
    bool start_end();

    // Something happened on the connection.
    Event on_io();

    // Empty when the last reply was right.
    const std::string& fault() const noexcept { return fault_; }
    std::chrono::nanoseconds latency() const noexcept { return latency_; }
    bool is_calling() const noexcept { return state_ == State::calling; }
    bool has_session() const noexcept { return handshake_done_; }

private:
    enum class State { closed, opening, initializing, confirming, idle, calling, ending };

    void close();
    void set_path(std::string_view path);
    void send(std::string_view method, std::string_view body);
    Event take_response();
    Event take_events();
    void on_message(const std::string& data);
    Event on_accepted(const HttpResponse& response);
    Event on_both();
    Event on_response(const HttpResponse& response);
    Event on_discovered(const HttpResponse& response);
    Event on_initialized(int status, std::string_view message, std::string_view session_id);
    Event broken(std::string why);
    static std::string_view initialize_request();

    const Options& options_;
    std::int64_t index_;
    std::int64_t sequence_ = 0;  // id of the latest call
    Connection connection_;
    State state_ = State::closed;
    bool handshake_done_ = false;
    std::string fields_;  // header fields of every request
    std::string session_fields_;
    std::string answered_input_;  // the latest response, while it is looked at
    std::optional<Call> call_;
    Clock::time_point intended_;
    std::chrono::nanoseconds latency_{0};
    std::string fault_;

    // HTTP+SSE.
    Connection stream_;
    EventReader events_;
    std::string heard_;      // of the stream since the request, as an event stream
    std::string answer_;     // empty until it has come
    bool accepted_ = false;  // the POST has its 202
};

}  // namespace agenthub::load
