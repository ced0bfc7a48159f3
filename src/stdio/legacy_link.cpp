// Keeping one session.
// Owned by the bridge.

#include "stdio/legacy_link.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "stdio/failure.hpp"
#include "stdio/http_fields.hpp"
#include "stdio/legacy_sinks.hpp"

namespace agenthub {
namespace {

using How = HttpOutcome::How;

constexpr Duration kShortPause{50};
constexpr Duration kLongPause{2'000};

std::string refusal_text(const HttpOutcome& outcome) {
    const auto refusal = mcp::Message::parse(outcome.body);
    return clip(refusal ? refusal->error_member() : std::string_view(outcome.body), 500);
}

Error not_opened(const std::optional<mcp::Message>& reply, const HttpOutcome& outcome) {
    return {errc::start_refused, "AgentHub did not open the session again: " +
                                     (reply ? clip(reply->error_member(), 500) : refusal_text(outcome))};
}

}  // namespace

LegacyLink::LegacyLink(Executor executor, DaemonHttp& http, DaemonReach& reach, LineOutput& out, ToolMemory& tools,
                       Duration patience)
    : executor_(executor),
      http_(http),
      reach_(reach),
      out_(out),
      tools_(tools),
      patience_(patience),
      changed_(executor) {}

void LegacyLink::start(TaskGroup& tasks) {
    tasks.spawn(keep(), "session");
    tasks.spawn(carry_notices(), "notices");
    tasks.spawn(hear(), "general stream");
}

HttpFields LegacyLink::fields() const {
    return session_fields(session_id_, version_);
}

awaitable<void> LegacyLink::until_ready(unsigned failures) {
    while (!is_ready() && failures_ == failures)
        co_await changed_.wait();
}

// The number of the session that is up.
awaitable<result<unsigned>> LegacyLink::until_up(Deadline deadline) {
    const unsigned failures = failures_;
    if (!is_ready()) {
        hurry_ = true;
        changed_.notify_all();
        co_await ends_by(until_ready(failures), deadline);
    }
    if (up_)  // even if its general stream could not be opened
        co_return session_;
    if (failures_ != failures)
        co_return failure_;
    co_return Error(errc::upstream_unreachable, "AgentHub at " + http_.where() + " did not answer in time");
}

void LegacyLink::lost(unsigned session) {
    if (!up_ || session != session_)
        return;
    up_ = false;
    heard_ = false;
    changed_.notify_all();
}

awaitable<void> LegacyLink::keep() {
    for (;;) {
        while (up_ || session_ == 0)
            co_await changed_.wait();
        auto unanswered = questions_.lose_all();
        co_await withdraw(std::move(unanswered));
        const auto opened = co_await open_again();
        if (opened) {
            co_await tell_news();
            continue;
        }
        if (!std::exchange(told_, true))
            log().warn("{}", opened.error().message);
        failure_ = opened.error();
        ++failures_;
        hurry_ = false;
        changed_.notify_all();
        co_await ends_by(until_hurry(), Deadline::after(kLongPause));
    }
}

awaitable<void> LegacyLink::until_hurry() {
    while (!hurry_)
        co_await changed_.wait();
}

// Their answers would mean nothing to the next session.
awaitable<void> LegacyLink::withdraw(std::vector<std::string> questions) {
    for (const std::string& number : questions) {
        const std::string text =
            mcp::make_call("", mcp::method::cancelled,
                           R"({"requestId":)" + number + R"(,"reason":"the session that asked has ended"})");
        co_await out_.write(text);
    }
}

// When nothing can be missed any more between the old lists and the new stream.
awaitable<void> LegacyLink::tell_news() {
    told_ = false;
    while (up_ && !is_ready())
        co_await changed_.wait();
    const auto news = std::exchange(news_, {});
    // What is known of the tools stays: a restart of AgentHub changes none of them, and not every client asks again.
    for (const std::string& text : news)
        co_await out_.write(text);
}

awaitable<result<void>> LegacyLink::open_again() {
    const Deadline deadline = Deadline::after(patience_);
    SteadyTimer timer(executor_);
    for (;;) {
        auto reached = co_await reach_.wait(deadline);
        if (!reached)
            co_return reached;
        if (session_ == 0 || up_)
            co_return result<void>();  // the client begins anew itself
        std::string why;
        auto opened = co_await open_once(why);
        if (!opened || why.empty())
            co_return opened;
        if (deadline.expired())
            co_return Error(errc::upstream_unreachable, "AgentHub at " + http_.where() + " does not answer: " + why);
        timer.expires_after(kShortPause);
        co_await timer.async_wait(use_awaitable);
    }
}

// One attempt. An error is one that lasts; `why` is set when it is worth another. When the client begins anew
// meanwhile, that is the session that counts.
awaitable<result<void>> LegacyLink::open_once(std::string& why) {
    Quiet answer;
    const unsigned begun = begun_;
    const auto initialize = mcp::Message::parse(memory_.initialize());
    std::string id(initialize->id());
    auto first_fields = post_fields();
    auto outcome = co_await http_.post(initialize->text(), std::move(first_fields), id, answer);
    if (begun != begun_)
        co_return result<void>();
    const bool later = outcome.how == How::refused && outcome.status == 503;
    if (outcome.how == How::unsent || outcome.how == How::broken || later) {
        why = later ? refusal_text(outcome) : outcome.why;
        co_return result<void>();
    }
    if (!answer.reply || answer.reply->kind() != mcp::Kind::response)
        co_return not_opened(answer.reply, outcome);
    const std::string version = mcp::unescape(mcp::member(answer.reply->result_member(), "protocolVersion"));
    const auto its_fields = session_fields(outcome.session_id, version);
    if (!co_await say_rest(its_fields, why))
        co_return result<void>();
    // What the old session has asked since it was lost. From here to the new number nothing may wait.
    auto unanswered = questions_.lose_all();
    news_ = memory_.is_initialized() ? list_changes(*answer.reply) : std::vector<std::string>();
    take_session(outcome, *answer.reply);
    co_await withdraw(std::move(unanswered));
    co_return result<void>();
}

// What the client has said before. False when the session is of no use: then `why` is set, unless the client has begun
// anew.
awaitable<bool> LegacyLink::say_rest(const HttpFields& fields, std::string& why) {
    const unsigned begun = begun_;
    const auto rest = memory_.rest();
    for (const std::string& text : rest) {
        Quiet ignored;
        auto all = post_fields(fields);
        const auto message = mcp::Message::parse(text);
        std::string request_id(message->id());
        const auto outcome = co_await http_.post(text, std::move(all), std::move(request_id), ignored);
        if (begun != begun_)
            co_return false;
        if (outcome.how == How::unsent || outcome.how == How::broken || is_session_lost(outcome)) {
            why = outcome.why.empty() ? "the session was lost at once" : outcome.why;
            co_return false;
        }
    }
    co_return true;
}

void LegacyLink::take_session(const HttpOutcome& outcome, const mcp::Message& reply) {
    session_id_ = outcome.session_id;
    version_ = mcp::unescape(mcp::member(reply.result_member(), "protocolVersion"));
    up_ = true;
    heard_ = false;
    session_ = ++sessions_;
    changed_.notify_all();
}

awaitable<void> LegacyLink::end() {
    if (!up_ || session_id_.empty())
        co_return;
    auto all = fields();
    co_await http_.end_session(std::move(all));
}

}  // namespace agenthub
