// What servers have asked the client of one legacy session, and what it has not answered yet: numbered for the client,
// because servers number their requests as they like.
// Owned by the session; the questions are shared with the connections that asked.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/question.hpp"
#include "mcp/caller.hpp"

namespace agenthub {

class ClientQuestions {
public:
    // Puts one message on a stream that the client reads; false when there is none.
    using Send = std::function<bool(std::string_view message)>;

    ClientQuestions() = default;
    ~ClientQuestions() { refuse_all("its session has ended"); }
    ClientQuestions(const ClientQuestions&) = delete;
    ClientQuestions& operator=(const ClientQuestions&) = delete;

    // Asks over `send`, which is kept while the question is open. Without a stream it waits for on_stream(). Refused at
    // once: what the client has not declared that it can answer.
    void ask(std::shared_ptr<Question> question, const mcp::Caller& caller, Send send);
    // The client has opened a stream: what waits for one goes out.
    void on_stream(const Send& send);

    // A reply of the client's; false when nobody waits for it.
    bool answer(const mcp::Message& reply);
    // The server that has asked what the client tells of progress with (basic/utilities/progress). `token` is JSON
    // text.
    std::optional<std::string> asker_of(std::string_view token) const;

    void refuse_all(std::string_view why);
    std::size_t size() const noexcept { return open_.size(); }

private:
    struct Entry {
        std::shared_ptr<Question> question;
        std::string unsent;  // the message, as long as there is no stream for it
    };
    void withdrawn(std::int64_t id, const Send& send);

    std::map<std::int64_t, Entry> open_;
    std::int64_t last_id_ = 0;
};

}  // namespace agenthub
