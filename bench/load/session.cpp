// The states of a session: connect, initialize, confirm, call after call, end.
// Owned by Generator.

#include "bench/load/session.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "tests/support/raw_json.hpp"

namespace agenthub::load {
namespace {

constexpr std::string_view kInitialize =
    R"({"jsonrpc":"2.0","id":"handshake","method":"initialize","params":{"protocolVersion":"2025-11-25",)"
    R"("capabilities":{},"clientInfo":{"name":"agenthub-load","version":"1.0.0"}}})";
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
    : options_(options), epoll_(epoll), index_(index) {
    fields_ = " " + options.path + " HTTP/1.1\r\nHost: " + options.host + ":" + std::to_string(options.port) +
              "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
}

Session::~Session() {
    close();
}

void Session::close() {
    if (fd_ >= 0)
        ::close(fd_);
    fd_ = -1;
    state_ = State::closed;
}

void Session::open() {
    connect();
    state_ = State::idle;
    if (handshake_done_)
        return;
    state_ = State::initializing;
    session_fields_.clear();
    send("POST", kInitialize);
}

void Session::connect() {
    if (fd_ >= 0)
        ::close(fd_);
    output_.clear();
    input_.clear();
    sent_ = 0;
    peer_closed_ = false;
    socket_error_ = 0;
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    if (fd_ < 0 || ::inet_pton(AF_INET, options_.host.c_str(), &address.sin_addr) != 1)
        throw std::system_error(errno, std::generic_category(), "cannot connect to " + options_.url);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
        socket_error_ = errno;
    epoll_event interest{};
    interest.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    interest.data.ptr = this;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &interest);
}

void Session::start_call(Clock::time_point intended) {
    intended_ = intended;
    state_ = State::calling;
    call_.emplace(options_, index_, ++sequence_);
    send("POST", call_->body());
}

void Session::start_end() {
    state_ = State::ending;
    send("DELETE", "");
}

void Session::send(std::string_view method, std::string_view body) {
    output_ += method;
    output_ += fields_;
    output_ += session_fields_;
    output_ += "Content-Length: ";
    output_ += std::to_string(body.size());
    output_ += "\r\n\r\n";
    output_ += body;
    flush();  // a failure shows again, as an event, when the connection is read
}

bool Session::is_passing(int error) {
    if (error == EAGAIN || error == EINTR || error == ENOTCONN)
        return true;
    if (socket_error_ == 0)
        socket_error_ = error;
    return false;
}

bool Session::flush() {
    while (sent_ < output_.size()) {
        const ssize_t n = ::send(fd_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
        if (n < 0)
            return is_passing(errno);
        sent_ += static_cast<std::size_t>(n);
    }
    output_.clear();
    sent_ = 0;
    return true;
}

// Edge-triggered: reads until the socket is empty. A short read says so too, and saves a call.
bool Session::receive() {
    std::array<char, 65536> chunk;
    for (;;) {
        const ssize_t n = ::recv(fd_, chunk.data(), chunk.size(), 0);
        if (n < 0)
            return is_passing(errno);
        if (n == 0) {
            peer_closed_ = true;
            return true;
        }
        input_.append(chunk.data(), static_cast<std::size_t>(n));
        if (static_cast<std::size_t>(n) < chunk.size())
            return true;
    }
}

Session::Event Session::on_io() {
    if (fd_ < 0)
        return Event::none;
    if (!flush() || !receive())
        return broken(std::string("connection: ") + std::strerror(socket_error_));
    const Event event = take_response();
    if (event != Event::none || !peer_closed_)
        return event;
    if (state_ == State::idle) {
        open();  // an idle connection may be closed by either side
        return Event::none;
    }
    return broken("the connection was closed before the answer");
}

Session::Event Session::take_response() {
    if (input_.empty())
        return Event::none;
    HttpResponse response;
    parse_response(input_, response);
    if (response.state == HttpResponse::State::incomplete)
        return Event::none;
    if (response.state == HttpResponse::State::malformed)
        return broken("malformed response: " + input_.substr(0, 200));
    if (state_ == State::idle || response.size != input_.size())
        return broken("bytes that nobody asked for: " + input_.substr(0, 200));
    // The response points into these bytes, while what follows may already fill input_ anew.
    answered_input_.swap(input_);
    input_.clear();
    if (response.closes && state_ != State::ending)
        connect();
    return on_response(response);
}

Session::Event Session::on_response(const HttpResponse& response) {
    switch (state_) {
        case State::initializing: return on_initialized(response);
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
        case State::idle: break;
    }
    return Event::none;
}

Session::Event Session::on_initialized(const HttpResponse& response) {
    const std::string_view message = only_message(response);
    const std::string_view version = test::raw_member(test::raw_member(message, "result"), "protocolVersion");
    if (response.status != 200 || version.size() < 3 || test::raw_member(message, "id") != R"("handshake")")
        return broken("initialize: " + describe(response));
    session_fields_ = "MCP-Protocol-Version: " + std::string(version.substr(1, version.size() - 2)) + "\r\n";
    if (!response.session_id.empty())
        session_fields_ += "Mcp-Session-Id: " + response.session_id + "\r\n";
    state_ = State::confirming;
    send("POST", kInitialized);
    return Event::none;
}

Session::Event Session::broken(std::string why) {
    fault_ = std::move(why);
    close();
    return Event::broken;
}

}  // namespace agenthub::load
