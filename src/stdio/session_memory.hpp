// What a client of the legacy era has said that the next session must know, so that it need not say it again; and the
// questions it has been asked.
// Pure; owned by the legacy link.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/message.hpp"

namespace agenthub {

class SessionMemory {
public:
    // A new beginning: nothing of an earlier one counts any more.
    void begin(const mcp::Message& initialize);
    // A notification of the client is on its way.
    void note(const mcp::Message& notification);
    // The request was answered with a result: log level and subscriptions.
    void succeeded(const mcp::Message& request);

    bool has_begun() const noexcept { return !initialize_.empty(); }
    bool is_initialized() const noexcept { return !initialized_.empty(); }
    const std::string& initialize() const noexcept { return initialize_; }
    // What follows in a new session, in this order: requests have ids of their own, "agenthub-1" and so on.
    std::vector<std::string> rest() const;

private:
    std::string initialize_, initialized_;              // whole messages
    std::string level_;                                 // params of logging/setLevel
    std::map<std::string, std::string> subscriptions_;  // uri, JSON text → params
};

// The list_changed notifications that a client expects of a server with these capabilities (of `initialize`'s result).
std::vector<std::string> list_changes(const mcp::Message& initialize_reply);

// Requests of the daemon to the client. Each session numbers them anew; to the client a number means one thing for
// ever.
class QuestionNumbers {
public:
    struct Asked {
        std::string id;  // the daemon's, JSON text
        unsigned session = 0;
        bool operator==(const Asked&) const = default;
    };
    // The id under which the client gets what `session` asks with the daemon's `id`; JSON texts.
    std::string ask(std::string_view id, unsigned session);
    // Whose question the client has answered; nullopt when nobody waits for it any more.
    std::optional<Asked> answer(std::string_view number);
    // The session has withdrawn it: the client's id, or nullopt when it is answered already.
    std::optional<std::string> withdraw(std::string_view id, unsigned session);
    // The session is gone: the client's ids of all that are open, which are open no more.
    std::vector<std::string> lose_all();

private:
    std::int64_t last_ = 0;
    std::map<std::string, Asked, std::less<>> open_;  // by the client's id
};

}  // namespace agenthub
