// How calls fail, and what their clients are told.
// Part of StdioBridge.

#include "base/text.hpp"
#include "bridge/stdio_bridge.hpp"

namespace agenthub {

Error StdioBridge::busy_error() const {
    return {errc::busy, "server '" + server_ + "' does not read its input: " + std::to_string(queue_.waiting_bytes()) +
                            " bytes are waiting; try again later"};
}

void StdioBridge::fail(Error failure) {
    for (PendingCall* call : pending_.take_newer_than(0))
        settle(*call, failure);
    questions_.withdraw_all();
    if (!failure_)
        failure_ = std::move(failure);
}

void StdioBridge::close_stdin() {
    boost::system::error_code ignored;
    stdin_.close(ignored);
    if (!failure_)
        failure_ = Error(errc::server_stopped, "server '" + server_ + "' is being stopped; try again later");
}

// What the server has read it may still answer: those calls wait for the end of its stdout. The others never got there
// whole.
void StdioBridge::fail_unwritten(const boost::system::error_code& reason) {
    const Error error(errc::write_failed, "server '" + server_ + "' closed its input (" + reason.message() +
                                              "); it is being restarted. Whether the call was carried out is unknown");
    for (PendingCall* call : pending_.take_newer_than(written_))
        settle(*call, error);
    if (!failure_)
        failure_ = error;
}

Error StdioBridge::late_error(const PendingCall& call) const {
    if (call.exchange == nullptr)
        return {errc::call_timeout, "server '" + server_ + "' did not answer in time"};
    const std::string limit(call.exchange->time().limit());
    const bool since_progress = call.last_progress && limit == "call_timeout";
    return {errc::call_timeout,
            "server '" + server_ + "' did not answer " + clip(call.exchange->request().method(), 80) + " within its " +
                limit + (since_progress ? ", counted from its last progress" : "") + "; it was told to cancel. Raise " +
                limit + " for this server if its work takes longer"};
}

}  // namespace agenthub
