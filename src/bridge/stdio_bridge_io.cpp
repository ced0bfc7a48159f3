// The four loops of a bridge (stdout, stderr, stdin, deadlines) and what each kind of line from the server means.
// Owned by the instance that owns the process.

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <array>

#include "base/redactor.hpp"
#include "base/text.hpp"
#include "bridge/oversize_line.hpp"
#include "bridge/stdio_bridge.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

// How exactly call_timeout is kept. One coarse clock per bridge instead of a timer per call.
constexpr Duration kTick{50};

std::int64_t now_ms() noexcept {
    return std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count();
}

// The beginning of a server's line as a log may show it: without control characters, which could drive a terminal.
std::string printable(std::string_view line) {
    std::string shown = redacted_clip(line, 200);
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            c = '?';
    return shown;
}

}  // namespace

void StdioBridge::start() {
    tasks_.spawn(read_stdout(), "stdout");
    tasks_.spawn(read_stderr(), "stderr");
    tasks_.spawn(write_stdin(), "stdin");
    tasks_.spawn(expire_calls(), "deadlines");
}

awaitable<void> StdioBridge::ended() {
    co_await stdout_ended_.wait();
}

awaitable<void> StdioBridge::stderr_drained(Duration limit) {
    auto drained = stderr_ended_.wait();
    co_await ends_by(std::move(drained), Deadline::after(limit));
}

awaitable<void> StdioBridge::stop() {
    tasks_.cancel();
    co_await tasks_.join();
    questions_.withdraw_all();
    boost::system::error_code ignored;  // whoever still holds this bridge must not hold its descriptors
    for (Pipe* pipe : {&stdin_, &stdout_, &stderr_})
        pipe->close(ignored);
    stdout_ended_.notify();
}

awaitable<void> StdioBridge::read_stdout() {
    boost::system::error_code ec;
    while (!ec) {
        const auto space = framer_.space();
        const auto buffer = asio::buffer(space.data(), space.size());
        const std::size_t n = co_await stdout_.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
        framer_.commit(n);
        take_lines();
    }
    stdout_ended_.notify();
}

awaitable<void> StdioBridge::read_stderr() {
    std::array<char, 4096> bytes;
    boost::system::error_code ec;
    for (;;) {
        const auto buffer = asio::buffer(bytes);
        const std::size_t n = co_await stderr_.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
        if (ec)
            break;
        stderr_tail_.append({bytes.data(), n});
        const bool ended = std::string_view(bytes.data(), n).find('\n') != std::string_view::npos;
        if (ended && log().should_log(spdlog::level::debug))
            log().debug("server {} wrote to stderr: {}", server_, printable(stderr_tail_.last_line()));
    }
    stderr_ended_.notify();
}

awaitable<void> StdioBridge::write_stdin() {
    boost::system::error_code ec;
    while (!ec) {
        co_await to_write_.wait();
        while (!queue_.empty() && !ec) {
            const auto bytes = queue_.take();
            const auto newest = pending_.last_id();
            const auto buffer = asio::buffer(bytes.data(), bytes.size());
            co_await asio::async_write(stdin_, buffer, asio::redirect_error(use_awaitable, ec));
            if (!ec)
                written_ = newest;
        }
    }
    if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor)
        co_return;  // stopping: whoever closed stdin settles the calls
    fail_unwritten(ec);
    stdout_ended_.notify();
}

awaitable<void> StdioBridge::expire_calls() {
    SteadyTimer timer(executor_);
    for (;;) {
        if (!pending_.needs_clock()) {
            expiring_ = false;
            co_await calls_waiting_.wait();
            expiring_ = true;
        }
        timer.expires_after(kTick);
        co_await timer.async_wait(use_awaitable);
        for (PendingCall* call : pending_.expired(Clock::now()))
            give_up(*call, late_error(*call), R"("AgentHub: the call took longer than its limit")");
    }
}

void StdioBridge::take_lines() {
    std::string_view line;
    LineFramer::Oversize dropped;
    for (;;) {
        if (framer_.next(line))
            take_line(line);
        else if (framer_.take_oversize(dropped))
            take_oversize(dropped);
        else
            return;
    }
}

void StdioBridge::take_line(std::string_view line) {
    if (!mcp::looks_like_batch(line)) {
        take_message(mcp::Message::parse(std::string(line)), line);
        return;
    }
    // A server of revision 2025-03-26 may batch, and whoever speaks that revision must take it (basic, "Batching").
    auto batch = mcp::parse_batch(line);
    if (!batch) {
        take_message(batch.error(), line);
        return;
    }
    for (auto& message : *batch)
        take_message(std::move(message), line);
}

void StdioBridge::take_message(result<mcp::Message> message, std::string_view line) {
    if (!message) {
        ++counters_.garbage_lines;
        log_bad_line(message.error().message, line);
        return;
    }
    switch (message->kind()) {
        case mcp::Kind::response:
        case mcp::Kind::error: take_reply(std::move(*message)); return;
        case mcp::Kind::notification: take_notification(std::move(*message)); return;
        case mcp::Kind::request: take_request(std::move(*message)); return;
    }
}

void StdioBridge::take_reply(mcp::Message reply) {
    const auto id = mcp::to_int64(reply.id());
    PendingCall* call = id && *id > 0 ? pending_.take(static_cast<std::uint64_t>(*id)) : nullptr;
    if (call != nullptr) {
        pending_.answered(call->id);
        settle(*call, std::move(reply));
    } else if (id && pending_.was_abandoned(static_cast<std::uint64_t>(*id), Clock::now())) {
        ++counters_.late_answers;
    } else {
        ++counters_.unknown_answers;
        log_bad_line("an answer to no call that is waiting", reply.text());
    }
}

void StdioBridge::take_notification(mcp::Message notification) {
    if (notification.method() == mcp::method::progress) {
        take_progress(notification);
    } else if (notification.method() == mcp::method::log_message && pending_.exchanges() > 0) {
        // Stdio does not say which call a log message belongs to. While calls of one session alone are in flight it is
        // theirs; while several are, showing it to any would show one client's work to another.
        if (Exchange* only = pending_.only_exchange(Clock::now()))
            only->notify(std::move(notification));
        else
            ++counters_.ambiguous_notices;
    } else if (notification.method() == mcp::method::cancelled) {
        release_calls(questions_.withdraw(notification.request_id()));
    } else {
        events_.on_notification(std::move(notification));
    }
}

// Our token names the call; the client gets its own back, with its JSON type. What does not increase is dropped
// (basic/utilities/progress). What does gives the call more time, also when its client has stopped reading.
void StdioBridge::take_progress(const mcp::Message& notification) {
    const auto token = mcp::to_int64(notification.progress_token());
    PendingCall* call = token && *token > 0 ? pending_.find(static_cast<std::uint64_t>(*token)) : nullptr;
    if (call == nullptr || call->exchange == nullptr)
        return;
    const std::string_view wanted = call->exchange->request().progress_token();
    const auto progress = mcp::to_double(notification.progress());
    if (wanted.empty() || !progress || (call->last_progress && *progress <= *call->last_progress))
        return;
    call->last_progress = progress;
    if (!questions_.holds(call->id))
        call->deadline = call->exchange->time().progressed(Clock::now()).at();
    std::string text;
    notification.append_patched(text, {{notification.progress_token_span(), wanted}});
    if (auto renamed = mcp::Message::parse(std::move(text)))
        call->exchange->notify(std::move(*renamed));
}

void StdioBridge::take_oversize(const LineFramer::Oversize& line) {
    ++counters_.oversize_lines;
    const std::string size = "a line of " + std::to_string(line.bytes) + " bytes; limits.line_bytes is " +
                             std::to_string(limits_.line_bytes);
    log_bad_line(size, line.head);
    const auto id = id_of_oversize_line(line.head, line.tail);
    PendingCall* call = id ? pending_.take(*id) : nullptr;
    if (call != nullptr)
        settle(*call, Error(errc::too_large, "server '" + server_ + "' answered with " + size));
}

void StdioBridge::log_bad_line(std::string_view what, std::string_view line) {
    std::uint64_t suppressed = 0;
    if (!bad_lines_.admit(now_ms(), suppressed))
        return;
    log().warn("server {} sent {}: {}", server_, what, printable(line));
    if (suppressed > 0)
        log().warn("server {}: {} more such lines were not logged", server_, suppressed);
}

}  // namespace agenthub
