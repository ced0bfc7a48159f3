// The way of one request's messages back to its client.
// Owned by the request being served.

#include "gateway/legacy_exchange.hpp"

#include <algorithm>

#include "mcp/names.hpp"

namespace agenthub {

LegacyExchange::LegacyExchange(mcp::Message request, std::shared_ptr<Session> session, CallTime time,
                               ReplyChannel& channel)
    : Exchange(std::move(request), session->caller, time),
      route(session->endpoint),
      session_(std::move(session)),
      channel_(channel) {
    log_level = session_->wanted_level();
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

void LegacyExchange::ask(std::shared_ptr<Question> question) {
    // What is asked here may be withdrawn when this exchange is no more.
    const auto send = [stream = std::weak_ptr<MessageSink>(), channel = &channel_](std::string_view message) mutable {
        if (channel != nullptr)
            stream = std::exchange(channel, nullptr)->open().weak_from_this();
        const auto present = stream.lock();
        if (present != nullptr)
            present->push(message);
        return present != nullptr;
    };
    session_->questions.ask(std::move(question), session_->caller, send);
}

bool wants_log(const Session& session, const mcp::Message& message) noexcept {
    const auto level = mcp::log_level_of(message.level());
    return !level || *level >= session.wanted_level();
}

}  // namespace agenthub
