// What one subscriptions/listen has asked for, and its way to the client (2026-07-28 subscriptions).
// Owned by the request being served.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "bridge/server_info.hpp"
#include "gateway/event_stream.hpp"
#include "gateway/subscriber.hpp"

namespace agenthub {

class ModernListen final : public Subscriber {
public:
    // Resources and tasks of one listen.
    static constexpr std::size_t kMaxSubscriptions = 1000;

    // `listen_id`: of the request, JSON text; every notification carries it.
    ModernListen(std::string listen_id, std::string where, mcp::Caller who, std::shared_ptr<EventStream> stream);

    // Which lists; `notifications` is that member of the params. What the server does not have is not honoured.
    void want(std::string_view notifications, const ServerInfo& info);
    // The first message on the stream: what is honoured of it all.
    std::string acknowledgement() const;
    // Sends it, and what has been heard before.
    void acknowledge();

    void hear(std::string_view server, const mcp::Message& notification) override;
    // Nobody reads any more, or it was ended.
    bool is_over() const noexcept { return stream_->ended(); }
    // Ends the stream as a request is ended, by its result.
    void end();

private:
    std::string shown_task(std::string_view server, std::string_view task_id) const;

    std::shared_ptr<EventStream> stream_;  // the connection's writer is the other owner
    std::string id_, tag_;                 // JSON text; as a member of _meta
    std::string early_;                    // events that wait for the acknowledgement
    bool acknowledged_ = false;
    bool tools_ = false, prompts_ = false, resources_ = false;
};

}  // namespace agenthub
