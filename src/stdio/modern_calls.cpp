// Carrying the requests of a modern client.
// Owned by the bridge.

#include "stdio/modern_calls.hpp"

#include <array>
#include <optional>
#include <utility>

#include "base/race.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "stdio/failure.hpp"
#include "stdio/http_fields.hpp"

namespace agenthub {
namespace {

using How = HttpOutcome::How;

constexpr Duration kShortPause{50};
constexpr Duration kLongPause{2'000};
constexpr int kMaxPages = 100;

// Only the reply counts.
class ReplySink final : public MessageSink {
public:
    awaitable<void> take(mcp::Message message) override {
        if (message.is_reply())
            reply.emplace(std::move(message));
        co_return;
    }

    std::optional<mcp::Message> reply;
};

}  // namespace

// To the client. Of a listen it keeps the reply back: the daemon ends listens when it ends itself, and the client is to
// notice nothing of that.
class ModernCalls::ToClient final : public MessageSink {
public:
    ToClient(ModernCalls& calls, const ClientCall& call)
        : calls_(calls), call_(call), listens_(call.request.method() == mcp::method::listen) {}

    awaitable<void> take(mcp::Message message) override {
        if (message.is_reply() && message.id() == call_.id) {
            if (message.kind() == mcp::Kind::response && call_.request.method() == mcp::method::tools_list)
                calls_.tools_.learn(message);
            if (listens_ && acknowledged_ && message.kind() == mcp::Kind::response) {
                kept.emplace(std::move(message));
                co_return;
            }
        }
        if (listens_ && message.method() == mcp::method::acknowledged) {
            call_repeats = 0;
            if (std::exchange(acknowledged_, true)) {
                const auto changes = listen_changes(call_.request);
                for (const std::string& text : changes)
                    co_await calls_.out_.write(text);
                co_return;
            }
        }
        if (message.method() == mcp::method::tools_changed)
            calls_.tools_.clear();
        co_await calls_.out_.write(message.text());
    }

    bool listens() const noexcept { return listens_ && acknowledged_; }

    std::optional<mcp::Message> kept;
    int call_repeats = 0;

private:
    ModernCalls& calls_;
    const ClientCall& call_;
    bool listens_;
    bool acknowledged_ = false;
};

std::vector<std::string> listen_changes(const mcp::Message& listen) {
    constexpr std::array kLists{
        std::pair{std::string_view("toolsListChanged"), mcp::method::tools_changed},
        std::pair{std::string_view("promptsListChanged"), mcp::method::prompts_changed},
        std::pair{std::string_view("resourcesListChanged"), mcp::method::resources_changed},
    };
    std::vector<std::string> out;
    const std::string_view wanted = mcp::member(listen.params(), "notifications");
    const std::string params =
        R"({"_meta":{")" + std::string(mcp::meta::subscription_id) + R"(":)" + std::string(listen.id()) + "}}";
    for (const auto& [name, notification] : kLists)
        if (mcp::member(wanted, name) == "true")
            out.push_back(mcp::make_call("", notification, params));
    return out;
}

awaitable<void> ModernCalls::run(ClientCall& call) {
    co_await ends_before(carry(call), call.stop.wait());
}

awaitable<void> ModernCalls::carry(ClientCall& call) {
    ToClient sink(*this, call);
    bool learned = false;
    for (;;) {
        if (!call.repeatable)
            call.repeatable = tools_.is_repeatable(call.request);
        auto fields = modern_fields(call.request, tools_);
        auto outcome = co_await http_.post(call.request.text(), std::move(fields), call.id, sink);
        const bool misses_fields = outcome.how == How::refused && call.request.method() == mcp::method::tools_call &&
                                   refusal_code(outcome) == mcp::code::header_mismatch;
        if (misses_fields && !std::exchange(learned, true)) {
            co_await learn_tools(call);
            continue;
        }
        if (co_await settle(call, outcome, sink))
            co_return;
    }
}

// True when the call is done with; false when it is to be sent again.
awaitable<bool> ModernCalls::settle(ClientCall& call, const HttpOutcome& outcome, ToClient& sink) {
    if (outcome.how == How::answered && !sink.kept)
        co_return true;
    if (outcome.how == How::refused) {
        const std::string text = sink.kept ? sink.kept->text() : refusal_reply(call.id, outcome);
        co_await out_.write(text);
        co_return true;
    }
    if (outcome.how == How::unsent)
        co_return co_await wait_or_fail(call, sink);
    if (!call.repeatable.value_or(false) || ++sink.call_repeats > kMaxRepeats) {
        const std::string text = sink.kept ? sink.kept->text() : failure_reply(call.id, outcome_unknown(call.request));
        co_await out_.write(text);
        co_return true;
    }
    co_await pause(kShortPause);
    co_return false;
}

awaitable<bool> ModernCalls::wait_or_fail(ClientCall& call, ToClient& sink) {
    const auto reached = co_await reach_.wait(Deadline::after(patience_));
    if (reached)
        co_return false;
    if (sink.listens()) {  // it goes on as soon as there is a daemon again, however the one before it ended
        co_await pause(kLongPause);
        co_return false;
    }
    const std::string text = failure_reply(call.id, reached.error());
    co_await out_.write(text);
    co_return true;
}

// The client need not have asked for the tools, or they are others by now.
awaitable<void> ModernCalls::learn_tools(const ClientCall& call) {
    std::string cursor;
    for (int page = 0; page < kMaxPages; ++page) {
        std::string params = R"({"_meta":)" + std::string(call.request.meta());
        if (!cursor.empty())
            params += R"(,"cursor":)" + cursor;
        const auto request =
            mcp::Message::parse(mcp::make_call("\"agenthub-tools\"", mcp::method::tools_list, params + "}"));
        ReplySink sink;
        auto fields = modern_fields(*request, tools_);
        std::string id(request->id());
        co_await http_.post(request->text(), std::move(fields), std::move(id), sink);
        if (!sink.reply)
            co_return;
        tools_.learn(*sink.reply);
        cursor = mcp::member(sink.reply->result_member(), "nextCursor");
        if (cursor.empty())
            co_return;
    }
}

awaitable<void> ModernCalls::pause(Duration time) {
    SteadyTimer timer(executor_, time);
    co_await timer.async_wait(use_awaitable);
}

}  // namespace agenthub
