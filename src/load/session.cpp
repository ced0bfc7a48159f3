// The states of a session: connect, initialize, confirm, call after call, end.
// Owned by Generator.

#include "load/session.hpp"

#include <utility>

#include "load/raw_json.hpp"

namespace agenthub::load {
namespace {

constexpr std::string_view kInitialize =
    R"({"jsonrpc":"2.0","id":"handshake","method":"initialize","params":{"protocolVersion":"2025-11-25",)"
    R"("capabilities":{},"clientInfo":{"name":"agenthub-bench","version":"1.0.0"}}})";
// The modern era has no handshake; this only says that somebody who speaks it is there.
constexpr std::string_view kDiscover =
    R"({"jsonrpc":"2.0","id":"handshake","method":"server/discover","params":{"_meta":{)"
    R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})";
constexpr std::string_view kDiscoverFields = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: server/discover\r\n";
constexpr std::string_view kInitialized = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

std::string describe(const HttpResponse& response) {
    return "HTTP " + std::to_string(response.status) + " " + std::string(response.body.substr(0, 200));
}

// The answer's data when it came as an event stream, else the body itself.
std::string_view only_message(const HttpResponse& response) {
    if (!response.is_stream)
        return response.body;
    const std::size_t at = response.body.find("data: {");
    return at == std::string_view::npos ? std::string_view() : response.body.substr(at + 6);
}

}  // namespace

Session::Session(const Options& options, int epoll, std::int64_t index)
    : options_(options), index_(index), connection_(options, epoll, this), stream_(options, epoll, this) {
    set_path(options.path);
}

void Session::set_path(std::string_view path) {
    fields_ = " " + std::string(path) + " HTTP/1.1\r\nHost: " + options_.host + ":" + std::to_string(options_.port) +
              "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
}

void Session::close() {
    connection_.close();
    state_ = State::closed;
}

std::string_view Session::initialize_request() {
    return kInitialize;
}

void Session::open() {
    connection_.open();
    state_ = State::idle;
    if (handshake_done_)
        return;
    if (options_.http_sse) {
        state_ = State::opening;
        stream_.open();
        stream_.send("GET" + fields_ + "\r\n");
        return;
    }
    state_ = State::initializing;
    session_fields_ = options_.modern ? kDiscoverFields : std::string_view();
    send("POST", options_.modern ? kDiscover : kInitialize);
}

void Session::start_call(Clock::time_point intended) {
    intended_ = intended;
    if (options_.reconnect && sequence_ > 0)
        connection_.open();
    state_ = State::calling;
    call_.emplace(options_, index_, ++sequence_);
    if (options_.modern)
        session_fields_ = call_->fields();
    send("POST", call_->body());
}

bool Session::start_end() {
    if (options_.modern || options_.http_sse) {
        stream_.close();
        close();
        return false;
    }
    state_ = State::ending;
    send("DELETE", "");
    return true;
}

void Session::send(std::string_view method, std::string_view body) {
    accepted_ = false;
    heard_.clear();
    answer_.clear();
    std::string& out = connection_.output;
    out += method;
    out += fields_;
    out += session_fields_;
    out += "Content-Length: ";
    out += std::to_string(body.size());
    out += "\r\n\r\n";
    connection_.send(body);
}

Session::Event Session::on_io() {
    if (!connection_.is_open())
        return Event::none;
    if (options_.http_sse) {
        const Event event = take_events();
        if (event != Event::none)
            return event;
    }
    if (!connection_.exchange())
        return broken(connection_.fault());
    const Event event = take_response();
    if (event != Event::none || !connection_.peer_closed())
        return event;
    if (state_ == State::idle) {
        open();  // an idle connection may be closed by either side
        return Event::none;
    }
    return broken("the connection was closed before the answer");
}

Session::Event Session::take_response() {
    std::string& input = connection_.input;
    if (input.empty())
        return Event::none;
    HttpResponse response;
    parse_response(input, response);
    if (response.state == HttpResponse::State::incomplete)
        return Event::none;
    if (response.state == HttpResponse::State::malformed)
        return broken("malformed response: " + input.substr(0, 200));
    if (state_ == State::idle || response.size != input.size())
        return broken("bytes that nobody asked for: " + input.substr(0, 200));
    // The response points into these bytes, while what follows may already fill the input anew.
    answered_input_.swap(input);
    input.clear();
    if (response.closes && state_ != State::ending)
        connection_.open();
    const bool waits_for_event = options_.http_sse && state_ != State::confirming;
    return waits_for_event ? on_accepted(response) : on_response(response);
}

Session::Event Session::on_response(const HttpResponse& response) {
    switch (state_) {
        case State::initializing:
            if (options_.modern)
                return on_discovered(response);
            return on_initialized(response.status, only_message(response), response.session_id);
        case State::confirming:
            if (response.status != 202)
                return broken("notifications/initialized: " + describe(response));
            handshake_done_ = true;
            state_ = State::idle;
            return Event::ready;
        case State::calling:
            latency_ = Clock::now() - intended_;
            fault_ = call_->check(response.status, response.body, response.is_stream);
            state_ = State::idle;
            return Event::answered;
        case State::ending: close(); return Event::ended;
        case State::closed:
        case State::opening:
        case State::idle: break;
    }
    return Event::none;
}

Session::Event Session::on_initialized(int status, std::string_view message, std::string_view session_id) {
    const std::string_view version = raw_member(raw_member(message, "result"), "protocolVersion");
    if (status != 200 || version.size() < 3 || raw_member(message, "id") != R"("handshake")")
        return broken("initialize: HTTP " + std::to_string(status) + " " + std::string(message.substr(0, 200)));
    session_fields_ = "MCP-Protocol-Version: " + std::string(version.substr(1, version.size() - 2)) + "\r\n";
    if (!session_id.empty())
        session_fields_.append("Mcp-Session-Id: ").append(session_id).append("\r\n");
    state_ = State::confirming;
    send("POST", kInitialized);
    return Event::none;
}

Session::Event Session::on_discovered(const HttpResponse& response) {
    if (response.status != 200 || raw_member(only_message(response), "result").empty())
        return broken("server/discover: " + describe(response));
    handshake_done_ = true;
    state_ = State::idle;
    return Event::ready;
}

Session::Event Session::broken(std::string why) {
    fault_ = std::move(why);
    close();
    return Event::broken;
}

}  // namespace agenthub::load
