// From lines to HTTP and back.
// Owned by run_stdio.

#include "stdio/bridge.hpp"

#include <algorithm>
#include <utility>

#include "mcp/json_text.hpp"
#include "mcp/modern_request.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "stdio/failure.hpp"

namespace agenthub {
namespace {

constexpr Duration kGoodbye{1'000};

}  // namespace

StdioToHttp::StdioToHttp(Executor executor, StdioSetup setup)
    : executor_(executor),
      setup_(std::move(setup)),
      in_(executor, setup_.in, kMaxClientLine),
      out_(executor, setup_.out),
      http_(executor, setup_.url, setup_.endpoint),
      reach_(executor, http_, std::move(setup_.starter)),
      legacy_(executor, http_, reach_, out_, tools_, setup_.patience),
      modern_(executor, http_, reach_, out_, tools_, setup_.patience),
      call_ended_(executor),
      end_(executor),
      tasks_(executor),
      writing_(executor) {}

awaitable<void> StdioToHttp::run() {
    writing_.spawn(out_.run(), "output");
    legacy_.start(tasks_);
    tasks_.spawn(read(), "input");
    tasks_.spawn(watch_output(), "watch of the output");
    co_await end_.wait();
    tasks_.cancel();
    co_await tasks_.join();
    co_await ends_by(legacy_.end(), Deadline::after(kGoodbye));
    co_await out_.flush(Deadline::after(kGoodbye));
    writing_.cancel();
    co_await writing_.join();
}

awaitable<void> StdioToHttp::read() {
    for (;;) {
        std::string_view line;
        const auto next = co_await in_.next(line);
        if (next == LineInput::Next::end)
            break;
        if (next == LineInput::Next::line) {
            co_await take_line(line);
            continue;
        }
        const Error too_long(errc::too_large, "a message is longer than " + std::to_string(kMaxClientLine) + " bytes");
        const std::string text = failure_reply("", too_long);
        co_await out_.write(text);
    }
    co_await ends_by(until_idle(), Deadline::after(setup_.last_answers));
    end_.notify();
}

awaitable<void> StdioToHttp::until_idle() {
    while (!calls_.empty())
        co_await call_ended_.wait();
}

awaitable<void> StdioToHttp::watch_output() {
    co_await out_.until_closed();
    end_.notify();
}

awaitable<void> StdioToHttp::take_line(std::string_view line) {
    if (mcp::looks_like_batch(line)) {
        const auto batch = mcp::parse_batch(line);
        if (batch) {
            for (const auto& element : *batch) {
                const std::string text = element ? element->text() : std::string("{}");
                co_await take_line(text);
            }
            co_return;
        }
    }
    auto message = mcp::Message::parse(std::string(line));
    if (!message) {
        const int code =
            message.error().code == errc::parse_error ? mcp::code::parse_error : mcp::code::invalid_request;
        const std::string text = mcp::make_error("", code, message.error().message);
        co_await out_.write(text);
    } else if (message->is_call()) {
        co_await take_request(std::move(*message));
    } else if (message->method() != mcp::method::cancelled || !cancel(*message)) {
        co_await legacy_.notice(std::move(*message));
    }
}

awaitable<void> StdioToHttp::take_request(mcp::Message message) {
    std::string refusal;
    const auto same = [&](const ClientCall* call) { return call->id == message.id(); };
    if (calls_.size() >= kMaxClientCalls)
        refusal = failure_reply(message.id(), Error(errc::busy, "there are " + std::to_string(kMaxClientCalls) +
                                                                    " requests under way already"));
    else if (std::any_of(calls_.begin(), calls_.end(), same))
        refusal =
            mcp::make_error(message.id(), mcp::code::invalid_request, "a request of this id is under way already");
    if (!refusal.empty()) {
        co_await out_.write(refusal);
        co_return;
    }
    const bool modern = mcp::claims_modern(message, {});
    auto call = std::make_unique<ClientCall>(executor_, std::move(message), legacy_.notices());
    tasks_.spawn(serve(std::move(call), modern), "request");
}

awaitable<void> StdioToHttp::serve(std::unique_ptr<ClientCall> call, bool modern) {
    // Left behind at the end, however that comes.
    class Place {
    public:
        Place(StdioToHttp& bridge, ClientCall& call)
            : bridge_(bridge), place_(bridge.calls_.insert(bridge.calls_.end(), &call)) {}
        ~Place() {
            bridge_.calls_.erase(place_);
            bridge_.call_ended_.notify_all();
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        StdioToHttp& bridge_;
        std::list<ClientCall*>::iterator place_;
    };
    const Place place(*this, *call);
    if (modern)
        co_await modern_.run(*call);
    else if (call->request.method() == mcp::method::initialize)
        co_await legacy_.initialize(*call);
    else
        co_await legacy_.run(*call);
}

// True when that is all: the daemon need not hear of it.
bool StdioToHttp::cancel(const mcp::Message& notification) {
    const auto found = std::find_if(calls_.begin(), calls_.end(),
                                    [&](const ClientCall* call) { return call->id == notification.request_id(); });
    if (found == calls_.end())
        return !legacy_.has_begun();
    ClientCall& call = **found;
    call.cancelled = true;
    call.stop.notify();
    legacy_.recheck();
    return !call.sent || mcp::claims_modern(call.request, {});
}

}  // namespace agenthub
