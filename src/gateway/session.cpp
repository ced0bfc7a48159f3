// One client's legacy session with one server: its streams.
// Shared by the session table and by the requests being served.

#include "gateway/session.hpp"

#include "gateway/legacy_exchange.hpp"
#include "mcp/names.hpp"
#include "mcp/revision.hpp"

namespace agenthub {
namespace {

// Streamable HTTP came with 2025-03-26, and resuming with it.
bool can_resume(const Session& session, const Limits& limits) {
    return !session.over_sse && mcp::traits(session.caller.revision).streamable_http && limits.replay_bytes > 0;
}

}  // namespace

bool Session::is_listening() const noexcept {
    return streams != nullptr && streams->general() != nullptr && streams->general()->is_heard();
}

void Session::hear(std::string_view server, const mcp::Message& notification) {
    if (notification.method() == mcp::method::log_message && !wants_log(*this, notification))
        return;
    if (notification.method() == mcp::method::task_status)  // of the modern era alone
        return;
    if (notification.method() == mcp::method::resource_updated && !subscriptions.contains({server, notification.uri()}))
        return;
    send(notification.text());
}

bool Session::send(std::string_view message) {
    if (!is_listening())
        return false;
    streams->general()->push(message);
    return true;
}

bool Session::is_connected() const noexcept {
    return streams != nullptr && streams->is_connected();
}

std::shared_ptr<SessionStream> Session::open_stream(const StreamSettings& settings, WhenFull when_full) {
    std::unique_ptr<StreamMemory> memory;
    if (can_resume(*this, settings.limits) && !ended) {
        if (streams == nullptr)
            streams = std::make_unique<SessionStreams>();
        if (streams->make_place(settings.limits.streams_per_session))
            memory = std::make_unique<StreamMemory>(settings.ids, id, ++streams_opened,
                                                    mcp::traits(caller.revision).priming_event,
                                                    settings.limits.replay_bytes);
    }
    auto stream = std::make_shared<SessionStream>(settings, when_full, std::move(memory));
    if (stream->is_resumable())
        streams->keep(stream);
    return stream;
}

std::shared_ptr<SessionStream> Session::open_general(const StreamSettings& settings) {
    finish_general();
    // Notifications are all that HTTP+SSE could drop; elsewhere the client is to notice, and to come back for them.
    auto stream = open_stream(settings, over_sse ? WhenFull::drop : WhenFull::break_off);
    if (streams == nullptr)
        streams = std::make_unique<SessionStreams>();
    streams->set_general(stream);
    return stream;
}

std::shared_ptr<SessionStream> Session::find_stream(std::uint32_t number) const {
    return streams == nullptr ? nullptr : streams->find(number);
}

void Session::finish_general() {
    if (streams != nullptr && streams->general() != nullptr)
        streams->general()->finish();
}

void Session::drain() {
    draining = true;
    if (!over_sse || in_flight.empty())
        finish_general();
}

void Session::forget_streams(TimePoint moment) {
    if (streams == nullptr)
        return;
    streams->forget(moment);
    if (streams->empty())
        streams = nullptr;
}

}  // namespace agenthub
