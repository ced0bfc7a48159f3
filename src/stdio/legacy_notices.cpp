// Carrying what a legacy client says without waiting for a reply: its notifications, and its answers to questions.
// Owned by the bridge.

#include <optional>
#include <utility>

#include "stdio/failure.hpp"
#include "stdio/http_fields.hpp"
#include "stdio/legacy_link.hpp"
#include "stdio/legacy_sinks.hpp"

namespace agenthub {
namespace {

using How = HttpOutcome::How;

// Beyond them whoever writes notices waits.
constexpr std::size_t kMaxNotices = 512;
constexpr std::size_t kMaxNoticeBytes = 1024 * 1024;

}  // namespace

bool LegacyLink::has_room() const noexcept {
    return waiting_.size() <= kMaxNotices && waiting_bytes_ <= kMaxNoticeBytes;
}

awaitable<void> LegacyLink::notice(mcp::Message message) {
    waiting_bytes_ += message.text().size();
    waiting_.push_back({std::move(message), Deadline::after(patience_)});
    ++taken_;
    changed_.notify_all();
    while (!has_room())
        co_await changed_.wait();
}

awaitable<void> LegacyLink::carry_notices() {
    for (;;) {
        while (waiting_.empty())
            co_await changed_.wait();
        mcp::Message message = std::move(waiting_.front().message);
        const Deadline until = waiting_.front().until;
        waiting_.pop_front();
        waiting_bytes_ -= message.text().size();
        co_await carry(std::move(message), until);
        ++carried_;
        changed_.notify_all();
    }
}

awaitable<void> LegacyLink::carry(mcp::Message message, Deadline until) {
    while (opening_ != 0)
        co_await changed_.wait();
    std::string text;
    std::optional<QuestionNumbers::Asked> asked;
    if (message.is_reply()) {
        asked = questions_.answer(message.id());
        if (!asked)
            co_return;  // nobody waits for it any more
        message.append_with_id(text, asked->id);
    } else {
        text = message.text();
    }
    for (;;) {
        if (session_ == 0)
            co_return;  // before initialize there is nothing to say
        if (!up_) {
            const auto up = co_await until_up(until);
            if (!up)
                break;
        }
        if (asked && asked->session != session_)
            co_return;  // whoever asked has gone
        const unsigned session = session_;
        Quiet ignored;
        auto all = post_fields(fields());
        const auto outcome = co_await http_.post(text, std::move(all), "", ignored);
        if (outcome.how != How::unsent && !is_session_lost(outcome))
            break;
        lost(session);
    }
    // From now on it belongs to what each new session is told.
    if (session_ != 0)
        memory_.note(message);
    changed_.notify_all();
}

}  // namespace agenthub
