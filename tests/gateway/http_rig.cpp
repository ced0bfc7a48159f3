// The other side of the gateway's sockets, for tests.
// Owned by each test.

#include "tests/gateway/http_rig.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <csignal>

#include "base/text.hpp"

namespace agenthub {
namespace {

struct Active {
    explicit Active(int& count) : count_(count) { ++count_; }
    ~Active() { --count_; }
    int& count_;
};

// Takes the chunks at the front of `bytes` into `body`; npos when the last has not come.
std::size_t take_chunks(std::string_view bytes, std::string& body) {
    body.clear();
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = bytes.find("\r\n", at);
        std::size_t size = 0;
        if (end == std::string_view::npos)
            return end;
        std::from_chars(bytes.data() + at, bytes.data() + end, size, 16);
        if (bytes.size() < end + 2 + size + 2)
            return std::string_view::npos;
        body += bytes.substr(end + 2, size);
        at = end + 2 + size + 2;
        if (size == 0)
            return at;
    }
}

awaitable<void> run_and_stop(awaitable<void> (*body)(HttpRig&), HttpRig& rig, std::exception_ptr& failure) {
    try {
        co_await body(rig);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await rig.listener.stop();
}

awaitable<void> run_bounded(awaitable<void> task, bool& ended) {
    ended = co_await ends_by(std::move(task), Deadline::after(std::chrono::seconds(30)));
}

}  // namespace

std::optional<HttpReply> FakeHandler::admit(HttpRequest& request, HttpResponder&) {
    host = request.header("Host");
    length = request.header("Content-Length");
    repeated += static_cast<int>(request.repeats);
    over_unix = request.over_unix;
    peer_ip = request.peer_ip;
    if (request.path.starts_with("/refuse"))
        return detail_reply(403, "refused by the test");
    return std::nullopt;
}

awaitable<void> FakeHandler::handle(HttpRequest& request, HttpResponder& responder) {
    const Active here(active);
    co_await answer(request, responder);
    ++served;
}

awaitable<void> FakeHandler::answer(HttpRequest& request, HttpResponder& responder) {
    HttpReply reply;
    if (request.path == "/events") {
        stream = std::make_shared<EventStream>(executor_, stream_limit);
        const auto mine = stream;
        responder.watch_for_close(mine);
        co_await responder.stream_events(mine);
        co_return;
    }
    if (request.path == "/upgrade") {
        stream = std::make_shared<EventStream>(executor_, stream_limit);
        responder.start_stream(stream);
        co_await responder.stream_ended();
        co_return;
    }
    if (request.path == "/wait")
        co_await go.wait();
    if (request.path.starts_with("/big/")) {
        reply.body.assign(std::stoul(std::string(request.path.substr(5))), 'x');
    } else {
        reply.body = R"({"method":")" + std::string(request.verb_text) + R"(","path":")" + std::string(request.path) +
                     R"(","body":)";
        append_json_string(reply.body, request.body);
        reply.body += R"(,"session":")" + std::string(request.header("Mcp-Session-Id")) + "\"}";
    }
    co_await responder.send(reply);
}

void FakeHandler::refused(const HttpRequest&, const HttpResponder& responder, std::string_view) {
    refusals.push_back(responder.status());
}

HttpReply FakeHandler::error_reply(std::string_view, unsigned status, std::string_view why) {
    return detail_reply(status, why);
}

HttpRig::HttpRig(asio::io_context& loop, Limits l)
    : executor(loop.get_executor()), limits(l), handler(executor), listener(executor, limits, handler) {
    ListenAddress address;
    address.port = 0;
    listener.open({address}).value();
    port = static_cast<std::uint16_t>(std::stoul(listener.urls().at(0).substr(listener.urls().at(0).rfind(':') + 1)));
    listener.start();
}

awaitable<void> HttpRig::turn() {
    co_await asio::post(executor, use_awaitable);
}

std::string ClientReply::header(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        const auto end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && iequals(line.substr(0, colon), name))
            return std::string(trim(line.substr(colon + 1)));
    }
    return {};
}

RawClient::RawClient(HttpRig& rig) : socket_(rig.executor), rig_(rig) {
    socket_.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), rig.port));
    socket_.set_option(asio::ip::tcp::no_delay(true));
}

awaitable<bool> RawClient::send(std::string bytes) {
    boost::system::error_code ec;
    const auto buffer = asio::buffer(bytes);
    co_await asio::async_write(socket_, buffer, asio::redirect_error(use_awaitable, ec));
    co_return !ec;
}

awaitable<bool> RawClient::send_slowly(std::string bytes) {
    bool sent = true;
    for (std::size_t i = 0; sent && i < bytes.size(); ++i) {
        sent = co_await send(bytes.substr(i, 1));
        for (int turns = 0; turns < 4; ++turns)
            co_await rig_.turn();
    }
    co_return sent;
}

void RawClient::finish_sending() {
    socket_.shutdown(asio::socket_base::shutdown_send);
}

awaitable<bool> RawClient::more() {
    boost::system::error_code ec;
    std::string bytes(65536, '\0');
    const auto buffer = asio::buffer(bytes);
    const std::size_t n = co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
    buffer_.append(bytes, 0, n);
    co_return !ec;
}

awaitable<ClientReply> RawClient::reply(bool to_head) {
    ClientReply out;
    bool open = true;
    while (buffer_.find("\r\n\r\n") == std::string::npos && open)
        open = co_await more();
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos)
        co_return out;
    out.head = buffer_.substr(0, end + 4);
    buffer_.erase(0, end + 4);
    out.status = std::stoi(out.head.substr(9, 3));
    const std::string length = out.header("Content-Length");
    const bool chunked = out.header("Transfer-Encoding") == "chunked";
    const bool bodiless = to_head || out.status < 200 || out.status == 204;
    std::size_t size = bodiless ? 0 : std::string::npos;
    for (;;) {
        if (!bodiless && chunked)
            size = take_chunks(buffer_, out.body);
        else if (!bodiless && !length.empty())
            size = std::stoul(length);
        out.whole = size != std::string::npos && buffer_.size() >= size;
        if (out.whole || !open)
            break;
        open = co_await more();
    }
    out.whole = out.whole || (!chunked && length.empty());  // by the connection's end
    const std::size_t taken = std::min(size, buffer_.size());
    if (!chunked)
        out.body = buffer_.substr(0, taken);
    buffer_.erase(0, taken);
    co_return out;
}

awaitable<ClientReply> RawClient::ask(std::string bytes) {
    co_await send(std::move(bytes));
    co_return co_await reply();
}

awaitable<std::string> RawClient::read_until(std::string text) {
    bool open = true;
    while (buffer_.find(text) == std::string::npos && open)
        open = co_await more();
    co_return std::exchange(buffer_, std::string());
}

awaitable<std::string> RawClient::read_to_end() {
    for (bool open = true; open;)
        open = co_await more();
    co_return std::exchange(buffer_, std::string());
}

std::string get(std::string_view target, std::string_view fields) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view fields) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(fields) + "\r\n" + std::string(body);
}

void with_rig(awaitable<void> (*body)(HttpRig&), Limits limits) {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemon does
    asio::io_context loop;
    HttpRig rig(loop, limits);
    std::exception_ptr failure;
    bool ended = false;
    auto task = run_and_stop(body, rig, failure);
    run_to_end(loop, run_bounded(std::move(task), ended));
    ASSERT_TRUE(ended) << "the test did not end within 30 s";
    EXPECT_EQ(rig.listener.connections(), 0u);
    EXPECT_EQ(rig.handler.active, 0);
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace agenthub
