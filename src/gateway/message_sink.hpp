// Where a message for a client can be put. Always shared: questions that may be withdrawn later point to it weakly.
// Implemented by the stream of a connection, and by the stream of a session, which may outlive its connection.

#pragma once

#include <memory>
#include <string_view>

namespace agenthub {

class MessageSink : public std::enable_shared_from_this<MessageSink> {
public:
    virtual ~MessageSink() = default;
    // One JSON-RPC message on its way to the client. Ignored once nobody can hear it any more.
    virtual void push(std::string_view message) = 0;
};

}  // namespace agenthub
