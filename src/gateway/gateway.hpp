// The HTTP face of AgentHub: listens, guards, routes, and knows the clients of every server.
// Owned by the composition root.

#pragma once

#include <memory>
#include <vector>

#include "activity/service.hpp"
#include "audit/service.hpp"
#include "base/loop_lag.hpp"
#include "base/service_manager.hpp"
#include "config/config.hpp"
#include "gateway/admin_routes.hpp"
#include "gateway/aggregates.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/enhance_routes.hpp"
#include "gateway/http_listener.hpp"
#include "gateway/hub_server.hpp"
#include "gateway/mcp_endpoint.hpp"
#include "gateway/origin_guard.hpp"
#include "gateway/server_clients.hpp"
#include "gateway/server_directory.hpp"
#include "gateway/session_table.hpp"

namespace agenthub {

class Gateway final : public HttpHandler, public SupervisorEvents {
public:
    // `config`, `activity`, `audit` and the supervisor outlive it. The supervisor needs the gateway as its events, so
    // it is given afterwards, by open().
    Gateway(Executor executor, const Config& config, ActivityService& activity, AuditService& audit);
    ~Gateway() override;

    // Listens on the sockets that were passed, or else binds all configured addresses, and starts serving.
    // Errors: errc::io_error, errc::invalid_config for what cannot be listened on. `control` outlives the gateway.
    // `prompts`: see EnhancerSetup.
    result<void> open(Supervisor& supervisor, ConfigControl& control, std::vector<PassedSocket> passed,
                      std::unique_ptr<PromptStore> prompts);
    const std::vector<std::string>& urls() const noexcept { return listener_.urls(); }

    // After a reload, when the supervisor has taken it over: sessions of removed servers end, and who is let in is as
    // `config` says.
    void reconfigure(const Config& config, const std::vector<std::string>& removed);

    // The shutdown, in order: no new connections, what is in flight ends by itself or at the deadline …
    awaitable<void> drain(Deadline deadline);
    // … then the programs that still run for hooks are killed, since the supervisor waits for whatever it guards …
    void end_hooks();
    // … and everything that is left ends now, after the servers have stopped.
    awaitable<void> stop();

    std::optional<HttpReply> admit(HttpRequest& request, HttpResponder& responder) override;
    awaitable<void> handle(HttpRequest& request, HttpResponder& responder) override;
    void refused(const HttpRequest& request, const HttpResponder& responder, std::string_view why) override;
    HttpReply error_reply(std::string_view path, unsigned status, std::string_view why) override;

    void on_server_notification(ServerSlot& slot, std::string_view owner, mcp::Message message) override;
    void on_server_running(ServerSlot& slot, std::string_view owner, bool again) override;
    void on_lists_changed(ServerSlot& slot, const std::vector<std::string_view>& notifications) override;
    void on_catalogue_learned(ServerSlot& slot, const std::vector<std::string_view>& notifications) override;
    bool on_server_question(ServerSlot& slot, std::string_view owner, std::shared_ptr<Question> question) override;
    bool is_relied_on(const ServerSlot& slot, std::string_view owner) const override;

private:
    struct Parts;  // what needs the supervisor

    std::optional<HttpReply> check_class(const Route& route, const HttpRequest& request) const;
    DaemonFacts facts() const;
    bool is_admitted(const HttpRequest& request) const;
    awaitable<void> serve(HttpRequest& request, HttpResponder& responder);
    awaitable<void> serve_held(HttpRequest& request, HttpResponder& responder);
    awaitable<void> serve_document(const Route& route, HttpRequest& request, HttpResponder& responder);
    awaitable<HttpReply> document(const Route& route, HttpRequest& request, HttpResponder& responder);
    awaitable<void> write(const Route& route, HttpRequest& request, HttpResponder& responder);
    // As document(), announced in the audit before and told afterwards when it is an administrative action.
    awaitable<HttpReply> audited_document(const Route& route, HttpRequest& request, HttpResponder& responder);
    void note_refused_key(const HttpRequest& request);
    awaitable<void> expire_sessions();

    Executor executor_;
    Config config_;  // a copy, of which reconfigure() replaces what may change
    ActivityService& activity_;
    AuditService& audit_;
    std::uint64_t configuration_ = 1;  // counts reconfigure()
    OriginGuard guard_;
    CallRecorder recorder_;
    LoopLag lag_;
    TimePoint started_ = Clock::now();
    bool draining_ = false;
    std::unique_ptr<Parts> parts_;
    HttpListener listener_;
    TaskGroup tasks_;
};

}  // namespace agenthub
