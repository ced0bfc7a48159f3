// What a server asks: whose client is asked, and how the answer gets back.
// Owned by the instance that owns the process.

#include "base/text.hpp"
#include "bridge/stdio_bridge.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

// Stdio does not say which call a question belongs to. While calls of one session alone are in flight it is theirs.
// While several are, nobody is asked: a guess would show one client's work to another.
void StdioBridge::take_request(mcp::Message request) {
    if (request.method() == mcp::method::ping) {
        write_line(mcp::make_response(request.id(), "{}"));
        return;
    }
    std::string id(request.id());
    if (questions_.is_full() || questions_.contains(id)) {
        ++counters_.refused_requests;
        write_line(mcp::make_error(id, mcp::code::invalid_request,
                                   questions_.contains(id) ? "a request with this id is open already"
                                                           : "too many requests are open; wait for their answers"));
        return;
    }
    ++counters_.asked_requests;
    const auto question = std::make_shared<Question>(server_, std::move(request),
                                                     [this, id](const mcp::Message& reply) { answered(reply, id); });
    const TimePoint now = Clock::now();
    Exchange* whom = pending_.only_exchange(now);
    const bool ambiguous = whom == nullptr && (pending_.exchanges() > 0 || pending_.may_be_of_abandoned(now));
    questions_.add(question, whom == nullptr ? std::vector<std::uint64_t>() : hold_calls());
    events_.on_asked();
    if (whom != nullptr) {
        whom->ask(question);
    } else if (ambiguous) {
        ++counters_.refused_requests;
        question->refuse(
            mcp::code::internal_error,
            "AgentHub runs this server for several clients, whose calls are in flight or have just been "
            "cancelled, and cannot tell whom this request is meant for; set \"isolation\" of the server to "
            "\"session\" or \"auto\"");
    } else if (!events_.on_question(question)) {
        ++counters_.refused_requests;
        question->refuse(mcp::code::internal_error, "AgentHub: no call is in flight, so there is no client to ask " +
                                                        clip(question->request().method(), 80) +
                                                        "; set \"isolation\" of the server to \"session\" or \"auto\"");
    }
}

// All calls in flight are the asked client's, and nobody can tell for which of them the server has stopped.
std::vector<std::uint64_t> StdioBridge::hold_calls() {
    std::vector<std::uint64_t> held;
    for (PendingCall* call : pending_.of_clients()) {
        call->deadline = call->exchange->time().held().at();
        held.push_back(call->id);
    }
    return held;
}

// The end of a question gives its calls more time, as progress does; unless they wait for another.
void StdioBridge::release_calls(const std::vector<std::uint64_t>& calls) {
    for (const std::uint64_t id : calls)
        if (PendingCall* call = questions_.holds(id) ? nullptr : pending_.find(id))
            call->deadline = call->exchange->time().progressed(Clock::now()).at();
}

void StdioBridge::answered(const mcp::Message& reply, const std::string& id) {
    release_calls(questions_.take(id));
    std::string line;
    if (reply.id().empty())  // an error without id (JSON-RPC 2.0 section 5)
        line = mcp::make_error(id, mcp::code::internal_error, "the client could not read the request");
    else
        reply.append_with_id(line, id);
    write_line(line);
}

}  // namespace agenthub
