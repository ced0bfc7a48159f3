#include "tests/bridge/http_peer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

namespace agenthub {
namespace {

awaitable<void> send_request(HttpClient& client, OutboundRequest request, Asked& asked) {
    auto outcome = co_await client.send(std::move(request));
    asked.outcome.emplace(std::move(outcome));
    asked.done.notify();
}

awaitable<void> run_and_stop(awaitable<void> (*body)(PeerRig&), PeerRig& rig, std::exception_ptr& failure) {
    try {
        co_await body(rig);
    } catch (...) {
        failure = std::current_exception();
    }
}

awaitable<void> run_bounded(awaitable<void> task, PeerRig& rig, bool& ended) {
    ended = co_await ends_by(std::move(task), Deadline::after(std::chrono::seconds(30)));
    rig.tasks.cancel();
    co_await rig.tasks.join();
}

}  // namespace

awaitable<bool> PeerConnection::more() {
    boost::system::error_code ec;
    std::string bytes(65536, '\0');
    const auto buffer = asio::buffer(bytes);
    const std::size_t n = co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
    buffer_.append(bytes, 0, n);
    co_return !ec;
}

awaitable<std::string> PeerConnection::read_until(std::string text) {
    bool open = true;
    while (buffer_.find(text) == std::string::npos && open)
        open = co_await more();
    const auto at = buffer_.find(text);
    const std::size_t size = at == std::string::npos ? buffer_.size() : at + text.size();
    std::string out = buffer_.substr(0, size);
    buffer_.erase(0, size);
    co_return out;
}

awaitable<bool> PeerConnection::send(std::string bytes) {
    boost::system::error_code ec;
    const auto buffer = asio::buffer(bytes);
    co_await asio::async_write(socket_, buffer, asio::redirect_error(use_awaitable, ec));
    co_return !ec;
}

awaitable<void> PeerConnection::closed() {
    bool open = true;
    while (open) {
        buffer_.clear();
        open = co_await more();
    }
}

PeerRig::PeerRig(asio::io_context& loop, HttpClientOptions options)
    : executor(loop.get_executor()),
      tasks(executor),
      acceptor(executor, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port(acceptor.local_endpoint().port()) {
    use(url(), std::move(options));
}

void PeerRig::use(const std::string& url, HttpClientOptions options) {
    http.emplace(executor, parse_http_url(url).value(), std::move(options));
}

Asked& PeerRig::ask(OutboundRequest request) {
    Asked& out = asked.emplace_back(executor);
    tasks.spawn(send_request(client(), std::move(request), out), "request");
    return out;
}

Asked& PeerRig::get(std::string target) {
    OutboundRequest request;
    request.target = std::move(target);
    return ask(std::move(request));
}

Asked& PeerRig::post(std::string body) {
    OutboundRequest request;
    request.method = "POST";
    request.body = std::move(body);
    return ask(std::move(request));
}

awaitable<PeerConnection> PeerRig::accept() {
    TcpSocket socket(executor);
    co_await acceptor.async_accept(socket, use_awaitable);
    co_return PeerConnection(std::move(socket));
}

awaitable<void> PeerRig::turn() {
    co_await asio::post(executor, use_awaitable);
}

void with_peer(awaitable<void> (*body)(PeerRig&), HttpClientOptions options) {
    asio::io_context loop;
    PeerRig rig(loop, std::move(options));
    std::exception_ptr failure;
    bool ended = false;
    auto task = run_and_stop(body, rig, failure);
    run_to_end(loop, run_bounded(std::move(task), rig, ended));
    ASSERT_TRUE(ended) << "the test did not end within 30 s";
    if (failure)
        std::rethrow_exception(failure);
}

std::string answer(std::string_view body, std::string_view fields) {
    std::string out = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return out.append(fields).append("\r\n").append(body);
}

}  // namespace agenthub
