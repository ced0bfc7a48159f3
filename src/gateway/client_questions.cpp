// Asking the client of a legacy session.
// Owned by the session.

#include "gateway/client_questions.hpp"

#include "base/text.hpp"
#include "mcp/client_capability.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

void ClientQuestions::ask(std::shared_ptr<Question> question, const mcp::Caller& caller, Send send) {
    const mcp::Message& request = question->request();
    const auto missing = mcp::missing_capability(request.method(), request.params(), caller.capabilities);
    if (!missing.empty()) {
        question->refuse(mcp::code::method_not_found, "the client has not declared the capability " + missing +
                                                          ", which " + clip(request.method(), 80) + " needs");
        return;
    }
    const std::int64_t id = ++last_id_;
    Entry& entry = open_[id];
    entry.question = question;
    std::string text;
    request.append_with_id(text, std::to_string(id));
    if (!send(text))
        entry.unsent = std::move(text);
    question->when_withdrawn([this, id, send = std::move(send)] { withdrawn(id, send); });
}

void ClientQuestions::on_stream(const Send& send) {
    for (auto& [id, entry] : open_)
        if (!entry.unsent.empty() && send(entry.unsent))
            entry.unsent.clear();
}

// The server has cancelled its request, or is gone (basic/utilities/cancellation).
void ClientQuestions::withdrawn(std::int64_t id, const Send& send) {
    const auto found = open_.find(id);
    if (found == open_.end())
        return;
    const bool was_sent = found->second.unsent.empty();
    open_.erase(found);
    if (was_sent)
        send(mcp::make_call(
            "", mcp::method::cancelled,
            R"({"requestId":)" + std::to_string(id) + R"(,"reason":"the server does not wait for it"})"));
}

bool ClientQuestions::answer(const mcp::Message& reply) {
    const auto id = mcp::to_int64(reply.id());
    const auto found = id ? open_.find(*id) : open_.end();
    if (found == open_.end())
        return false;
    const auto question = std::move(found->second.question);
    open_.erase(found);
    question->answer(reply.copy());
    return true;
}

std::optional<std::string> ClientQuestions::asker_of(std::string_view token) const {
    for (const auto& [id, entry] : open_)
        if (!token.empty() && entry.question->request().progress_token() == token)
            return entry.question->asker();
    return std::nullopt;
}

void ClientQuestions::refuse_all(std::string_view why) {
    for (const auto& [id, entry] : std::exchange(open_, {}))
        entry.question->refuse(mcp::code::internal_error, "the client does not answer: " + std::string(why));
}

}  // namespace agenthub
