// The way of one request's messages back to its client.
// Owned by the request being served.

#include "gateway/legacy_exchange.hpp"

#include <algorithm>

#include "mcp/names.hpp"

namespace agenthub {

LegacyExchange::LegacyExchange(mcp::Message request, std::shared_ptr<Session> session, CallTime time,
                               ReplyChannel& channel)
    : Exchange(std::move(request), session->caller, time), session_(std::move(session)), channel_(channel) {
    session_->in_flight.push_back(this);
}

LegacyExchange::~LegacyExchange() {
    std::erase(session_->in_flight, this);
}

void LegacyExchange::notify(mcp::Message message) {
    if (message.method() == mcp::method::log_message && !wants_log(*session_, message))
        return;
    channel_.open().push(message.text());
}

awaitable<result<mcp::Message>> LegacyExchange::ask(mcp::Message request) {
    co_return Error(errc::unsupported, "AgentHub does not pass " + std::string(request.method()) +
                                           " requests on to clients of a shared server");
}

awaitable<result<void>> LegacyExchange::enter(CallGate& gate, CallPass& pass) {
    waits_at_ = &gate;
    auto entered = co_await gate.enter(pass, *this);
    waits_at_ = nullptr;
    co_return entered;
}

void LegacyExchange::cancel(std::string_view reason) {
    cancelled_ = upstream == nullptr;
    if (upstream != nullptr)
        upstream->cancel(*this, reason);
    else if (waits_at_ != nullptr)
        waits_at_->cancel(*this);
}

bool wants_log(const Session& session, const mcp::Message& message) noexcept {
    const auto level = mcp::log_level_of(message.level());
    return !level || *level >= session.wanted_level();
}

}  // namespace agenthub
