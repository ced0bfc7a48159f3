// The legacy era of MCP at /mcp/{server}: Streamable HTTP of revisions 2025-03-26, 2025-06-18 and 2025-11-25.
// Owned by the gateway.

#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "config/config.hpp"
#include "gateway/aggregates.hpp"
#include "gateway/call_forwarder.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/legacy_exchange.hpp"
#include "gateway/server_clients.hpp"
#include "gateway/server_directory.hpp"
#include "gateway/session_table.hpp"

namespace agenthub {

struct KeptRequest;
class PostChannel;

class LegacyEndpoint {
public:
    // Resource subscriptions of one session; beyond, subscribing is refused.
    static constexpr std::size_t kMaxSubscriptions = 1000;

    LegacyEndpoint(const Limits& limits, ServerDirectory& servers, Aggregates& aggregates, SessionTable& sessions,
                   ServerClients& clients, CallForwarder& calls, CallRecorder& recorder, TaskGroup& tasks);

    // One message of a client of this era; or a batch, which is still in the request's body.
    awaitable<void> post(HttpRequest& request, HttpResponder& responder, std::string_view server, mcp::Message message);
    awaitable<void> post_batch(HttpRequest& request, HttpResponder& responder, std::string_view server);
    awaitable<void> get(HttpRequest& request, HttpResponder& responder, std::string_view server);
    // The two paths of HTTP+SSE (2024-11-05).
    awaitable<void> open_sse(HttpRequest& request, HttpResponder& responder, std::string_view server);
    awaitable<void> post_sse(HttpRequest& request, HttpResponder& responder, std::string_view server);
    awaitable<void> end_session(HttpRequest& request, HttpResponder& responder, std::string_view server);
    // Cancels the calls of sessions with a process of their own whose clients were cut off while they waited, and did
    // not come back within session_grace: else each would keep its process for max_call_time. To be called regularly.
    void give_up_the_cut_off(TimePoint now);

private:
    struct Batch;
    using Reply = result<mcp::Message>;

    std::shared_ptr<EventStream> open_general(Session& session, std::shared_ptr<SessionStream>& stream, HttpReply& why);
    std::shared_ptr<EventStream> resume(const Session& session, std::string_view last_event,
                                        std::shared_ptr<SessionStream>& stream, HttpReply& why);
    awaitable<void> carry(HttpRequest& request, HttpResponder& responder, Session& session,
                          std::shared_ptr<SessionStream> stream, std::shared_ptr<EventStream> connection);
    std::shared_ptr<Session> find_session(const HttpRequest& request, std::string_view server, HttpReply& why);
    awaitable<void> refuse(HttpRequest& request, HttpResponder& responder, std::string_view server, HttpReply reply,
                           std::string_view why);
    awaitable<void> initialize(HttpRequest& request, HttpResponder& responder, std::string_view server,
                               mcp::Message message);
    awaitable<result<ServerInfo>> info_for(const Session& session);
    bool is_worth_a_look(const Session& session, const HttpRequest& request) const;
    void note_cut_off(Session& session) const;
    bool is_cut_off(const Session& session) const;
    awaitable<void> accept(HttpRequest& request, HttpResponder& responder, std::shared_ptr<Session> session,
                           mcp::Message message);
    awaitable<void> serve_call(HttpRequest& request, HttpResponder& responder, std::shared_ptr<Session> session,
                               mcp::Message message);
    awaitable<void> send_event_or_failure(HttpResponder& responder, PostChannel& channel, std::string_view id,
                                          const Reply& reply);
    awaitable<void> send_reply(HttpResponder& responder, PostChannel& channel, std::string_view id, const Reply& reply);
    void start_batch(const std::shared_ptr<Batch>& batch, std::vector<result<mcp::Message>>& messages);
    awaitable<void> serve_in_batch(std::shared_ptr<Batch> batch, mcp::Message message);
    awaitable<Reply> answer(LegacyExchange& exchange, Session& session);
    awaitable<Reply> answer_for_many(LegacyExchange& exchange, Session& session);
    Reply set_level_of_many(const LegacyExchange& exchange, Session& session);
    std::optional<mcp::Message> known_list(const LegacyExchange& exchange) const;
    awaitable<Reply> forward(LegacyExchange& exchange, const Session& session);
    awaitable<Reply> set_level(LegacyExchange& exchange, Session& session);
    awaitable<Reply> subscribe(LegacyExchange& exchange, Session& session);
    awaitable<Reply> unsubscribe(LegacyExchange& exchange, Session& session);
    std::shared_ptr<Session> find_sse_session(const HttpRequest& request, std::string_view server, HttpReply& why);
    void take_sse_message(const HttpRequest& request, const std::shared_ptr<Session>& session, mcp::Message message,
                          HttpReply& reply);
    void take_sse_batch(const HttpRequest& request, const std::shared_ptr<Session>& session, HttpReply& reply);
    result<void> introduce(Session& session, const HttpRequest& request, std::string_view params);
    awaitable<void> initialize_over_sse(std::unique_ptr<KeptRequest> kept, std::shared_ptr<Session> session,
                                        mcp::Message message);
    awaitable<void> serve_over_sse(std::unique_ptr<KeptRequest> kept, std::shared_ptr<Session> session,
                                   mcp::Message message);
    static void cancel_calls(const Session& session, std::string_view reason);
    void take_notification(Session& session, const mcp::Message& message);
    Deadline deadline_of_start(std::string_view server) const;

    const Limits& limits_;
    ServerDirectory& servers_;
    Aggregates& aggregates_;
    SessionTable& sessions_;
    ServerClients& clients_;
    CallForwarder& calls_;
    CallRecorder& recorder_;
    TaskGroup& tasks_;
    StreamSettings streams_;
};

}  // namespace agenthub
