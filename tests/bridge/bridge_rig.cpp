#include "tests/bridge/bridge_rig.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <csignal>
#include <stdexcept>

#include "mcp/replies.hpp"

namespace agenthub {

std::pair<UniqueFd, UniqueFd> BridgeRig::make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        throw std::runtime_error("pipe2 failed");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

BridgeRig::BridgeRig(asio::io_context& loop, BridgeLimits limits) : BridgeRig(loop, limits, {}, {}) {}

BridgeRig::BridgeRig(asio::io_context& loop, BridgeLimits limits, StdioPipes ours, StdioPipes theirs)
    : server_in(loop.get_executor()),
      server_out(loop.get_executor()),
      server_err(loop.get_executor()),
      bridge(
          loop.get_executor(), "peer",
          [&] {
              std::tie(theirs.stdin_write, ours.stdin_write) = make_pipe();
              std::tie(ours.stdout_read, theirs.stdout_read) = make_pipe();
              std::tie(ours.stderr_read, theirs.stderr_read) = make_pipe();
              return std::move(ours);
          }(),
          limits, events) {
    server_in.assign(theirs.stdin_write.release());
    server_out.assign(theirs.stdout_read.release());
    server_err.assign(theirs.stderr_read.release());
}

BridgeRig::~BridgeRig() = default;

ClientCall& BridgeRig::call(std::string request, std::string session, CallTime time) {
    calls_.push_back(std::make_unique<ClientCall>(*this, std::move(request), std::move(session), time));
    return *calls_.back();
}

OwnRequest& BridgeRig::request(std::string method, Deadline deadline) {
    requests_.push_back(std::make_unique<OwnRequest>(*this, std::move(method), deadline));
    return *requests_.back();
}

awaitable<void> BridgeRig::turns() {
    for (int i = 0; i < 10; ++i)
        co_await asio::post(server_in.get_executor(), use_awaitable);
}

awaitable<void> BridgeRig::all_settled() {
    for (auto& call : calls_)
        co_await call->settled();
    for (auto& request : requests_)
        co_await request->settled();
}

awaitable<std::string> BridgeRig::receive() {
    for (;;) {
        const auto at = unread_.find('\n');
        if (at != std::string::npos) {
            std::string line = unread_.substr(0, at);
            unread_.erase(0, at + 1);
            co_return line;
        }
        const std::size_t had = unread_.size();
        unread_.resize(had + 64 * 1024);
        const auto buffer = asio::buffer(unread_.data() + had, unread_.size() - had);
        boost::system::error_code ec;
        const std::size_t n = co_await server_in.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
        unread_.resize(had + n);
        if (ec)
            co_return std::string();
    }
}

awaitable<void> BridgeRig::send_raw(std::string bytes) {
    co_await asio::async_write(server_out, asio::buffer(bytes), use_awaitable);
}

awaitable<void> BridgeRig::send(std::string line) {
    line += '\n';
    co_await send_raw(std::move(line));
}

awaitable<std::string> BridgeRig::receive_raw(std::size_t n) {
    std::string bytes(n, '\0');
    co_await asio::async_read(server_in, asio::buffer(bytes), use_awaitable);
    co_return bytes;
}

awaitable<std::string> BridgeRig::receive_call(std::string_view method) {
    const std::string line = co_await receive();
    const auto message = mcp::Message::parse(line);
    if (!message || message->kind() != mcp::Kind::request || message->method() != method) {
        ADD_FAILURE() << "instead of a " << method << " request came: " << line.substr(0, 500);
        throw std::runtime_error("ended");
    }
    co_return std::string(message->id());
}

awaitable<void> BridgeRig::lines_are_taken() {
    const std::string id = "\"taken " + std::to_string(++pings_) + '"';
    co_await send(mcp::make_call(id, "ping"));
    const std::string answer = co_await receive();
    if (answer != mcp::make_response(id, "{}")) {
        ADD_FAILURE() << "instead of the answer to a ping came: " << answer.substr(0, 500);
        throw std::runtime_error("ended");
    }
}

ClientCall::ClientCall(BridgeRig& rig, std::string request, std::string session, CallTime time)
    : exchange(std::move(request), std::move(session), time), task_(rig.server_in.get_executor()) {
    task_.spawn(run(rig.bridge), "client call");
}

awaitable<void> ClientCall::run(StdioBridge& bridge) {
    auto reply = co_await bridge.call(exchange);
    outcome.emplace(std::move(reply));
}

awaitable<void> ClientCall::abandon() {
    task_.cancel();
    co_await task_.join();
}

OwnRequest::OwnRequest(BridgeRig& rig, std::string method, Deadline deadline) : task_(rig.server_in.get_executor()) {
    task_.spawn(run(rig.bridge, std::move(method), deadline), "own request");
}

awaitable<void> OwnRequest::run(StdioBridge& bridge, std::string method, Deadline deadline) {
    auto reply = co_await bridge.request(method, {}, deadline);
    outcome.emplace(std::move(reply));
}

namespace {

awaitable<void> run_and_stop(awaitable<void> (*body)(BridgeRig&), BridgeRig& rig, std::exception_ptr& failure) {
    rig.bridge.start();
    try {
        co_await body(rig);
    } catch (...) {
        failure = std::current_exception();
    }
    rig.bridge.fail(Error(errc::cancelled, "the test is over"));
    co_await rig.all_settled();
    co_await rig.bridge.stop();
}

awaitable<void> run_bounded(awaitable<void> task, bool& ended) {
    ended = co_await ends_by(std::move(task), Deadline::after(std::chrono::seconds(30)));
}

}  // namespace

void with_rig(awaitable<void> (*body)(BridgeRig&), BridgeLimits limits) {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemon does
    asio::io_context loop;
    BridgeRig rig(loop, limits);
    std::exception_ptr failure;
    bool ended = false;
    auto task = run_and_stop(body, rig, failure);
    run_to_end(loop, run_bounded(std::move(task), ended));
    ASSERT_TRUE(ended) << "the test did not end within 30 s";
    if (failure)
        std::rethrow_exception(failure);
}

std::string tool_call(std::string_view id, std::string_view meta) {
    std::string text = R"({"jsonrpc":"2.0","id":)";
    text.append(id).append(R"(,"method":"tools/call","params":{"name":"work","arguments":{"a":1.0})");
    if (!meta.empty())
        text.append(R"(,"_meta":)").append(meta);
    return text + "}}";
}

std::string progress(std::string_view token, std::string_view value, std::string_view rest) {
    std::string text = R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)";
    return text.append(token).append(R"(,"progress":)").append(value).append(rest) + "}}";
}

}  // namespace agenthub
