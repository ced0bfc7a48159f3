// One call of a modern client on its way. It may outlive the HTTP request that brought it: what its server asks ends
// that request, and the client's next one, with the answers, goes on with it (2026-07-28 client/mrtr). Shared by the
// request being served, the task that awaits the server, and the table of parked calls.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/event.hpp"
#include "bridge/exchange.hpp"
#include "gateway/call_route.hpp"
#include "gateway/modern_seats.hpp"
#include "gateway/reply_channel.hpp"
#include "mcp/input_required.hpp"

namespace agenthub {

class ModernCall final : public Exchange, public std::enable_shared_from_this<ModernCall> {
public:
    using Reply = result<mcp::Message>;

    ModernCall(Executor executor, mcp::Message request, mcp::Caller caller, CallTime time, std::string server);
    // What is still asked is answered with an error.
    ~ModernCall() override;

    // Progress, and log messages if the request has asked for them.
    void notify(mcp::Message message) override;
    // Kept for the client's next request; refused where the client has not declared the capability.
    void ask(std::shared_ptr<Question> question) override;

    // The HTTP request that speaks for the call from now on: the first, or one that brings answers; null: none.
    void attach(ReplyChannel* channel, const mcp::Message& request, std::optional<mcp::LogLevel> level);
    void detach() noexcept { channel_ = nullptr; }

    // The server's reply, or what AgentHub had to say instead.
    void finish(Reply reply);
    const std::optional<Reply>& outcome() const noexcept { return outcome_; }
    // Returns when there is an outcome or something to ask. Questions that come close together are collected.
    awaitable<void> next();

    // A capability that the server has missed in the client, as mcp::missing_capability() names it; empty: none.
    const std::string& lacking() const noexcept { return lacking_; }

    // What the client is to be asked now; empty: nothing. The views are the call's.
    std::vector<mcp::InputRequest> questions() const;
    // Takes the client's answers; those of keys that nobody asked for are ignored.
    void take_answers(const std::vector<mcp::InputResponse>& answers);

    void cancel(std::string_view reason);

    // Whether a server may ask something in the course of it.
    bool may_ask() const noexcept;
    Reply take_outcome() { return std::move(*outcome_); }
    // Takes a place at an isolated server, for as long as the call lives.
    void sit_down(ModernSeats& seats, TimePoint now);
    // The server does not get these members of params.
    void leave_out(const std::vector<std::string_view>& members);

    CallRoute route;

private:
    mcp::Caller own_caller_;
    std::string seat_;
    ModernSeats* seats_ = nullptr;
    Executor executor_;
    Event changed_;
    ReplyChannel* channel_ = nullptr;
    std::string progress_token_;  // of the request that speaks for the call, JSON text
    std::optional<Reply> outcome_;
    std::vector<std::pair<std::string, std::shared_ptr<Question>>> open_;  // by key
    std::size_t asked_ = 0;
    std::string lacking_;
};

}  // namespace agenthub
