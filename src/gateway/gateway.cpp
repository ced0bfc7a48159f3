// The gateway's beginning and end, and from a server's news to its clients.
// Owned by the composition root.

#include "gateway/gateway.hpp"

#include "gateway/gateway_parts.hpp"

namespace agenthub {
namespace {

constexpr Duration kExpirePeriod{1'000};

}  // namespace

Gateway::Gateway(Executor executor, const Config& config, ActivityService& activity, AuditService& audit)
    : executor_(executor),
      config_(config),
      activity_(activity),
      audit_(audit),
      guard_(config.listen, config.allowed_origins, config.allowed_hosts),
      recorder_(activity.log()),
      listener_(executor, config.limits, *this),
      tasks_(executor) {}

Gateway::~Gateway() = default;

result<void> Gateway::open(Supervisor& supervisor, ConfigControl& control, std::vector<PassedSocket> passed,
                           std::unique_ptr<PromptStore> prompts) {
    const bool has_passed = !passed.empty();
    if (auto opened = has_passed ? listener_.adopt(std::move(passed)) : listener_.open(config_.listen); !opened)
        return opened;
    parts_ = std::make_unique<Parts>(*this, supervisor, control, std::move(prompts));
    parts_->hooks.reconfigure(config_.rights, config_.hooks);
    parts_->hub.offer(parts_->hub_calls);
    parts_->hub.audit_with(parts_->admin_audit);
    listener_.start();
    tasks_.spawn(expire_sessions(), "session expiry");
    tasks_.spawn(parts_->modern.run(), "modern clients");
    tasks_.spawn(parts_->ollama.run(), "ollama probe");
    tasks_.spawn(lag_.run(), "loop lag");
    return {};
}

void Gateway::reconfigure(const Config& config, const std::vector<std::string>& removed) {
    ++configuration_;
    guard_ = OriginGuard(config.listen, config.allowed_origins, config.allowed_hosts);
    config_.aggregate = config.aggregate;
    config_.views = config.views;
    config_.api_keys = config.api_keys;
    parts_->hooks.reconfigure(config.rights, config.hooks);
    parts_->pipelines.reconfigure(config.pipelines);
    if (parts_->hub.refresh())
        parts_->clients.lists_changed(kHubName, {mcp::method::tools_changed});
    parts_->aggregates.reconfigured();
    parts_->ollama.reconfigure(config.ollama);
    parts_->enhancer.reconfigure(config.enhancement, config.ollama.model);
    for (const auto& server : removed) {
        parts_->sessions.end_of_endpoint(server);
        parts_->clients.server_removed(server);
    }
    // Views may be gone; what the others show may be something else.
    parts_->sessions.end_of_lost_endpoints(
        [this](std::string_view endpoint) { return parts_->directory.exists(endpoint); });
    parts_->modern.end_lost_listens();
    parts_->clients.every_list_changed();
}

awaitable<void> Gateway::drain(Deadline deadline) {
    draining_ = true;
    listener_.drain();
    parts_->modern.drain();
    parts_->activity.drain();
    // Open GET streams would keep their connections for ever; their clients come back to the next daemon.
    parts_->sessions.each_endpoint([](std::string_view, const std::vector<Session*>& sessions) {
        for (Session* session : sessions)
            session->drain();
    });
    co_await listener_.wait_idle(deadline);
}

void Gateway::end_hooks() {
    parts_->hooks.stop();
}

awaitable<void> Gateway::stop() {
    parts_->modern.stop();
    parts_->hooks.stop();
    co_await parts_->enhancer.stop();
    tasks_.cancel();
    co_await tasks_.join();
    co_await listener_.stop();
    co_await parts_->hooks.join();
}

void Gateway::on_server_notification(ServerSlot& slot, std::string_view owner, mcp::Message message) {
    parts_->clients.deliver(slot.name(), owner, message);
}

void Gateway::on_server_running(ServerSlot& slot, std::string_view owner, bool again) {
    parts_->clients.server_running(slot.name(), owner, again);
}

void Gateway::on_lists_changed(ServerSlot& slot, const std::vector<std::string_view>& notifications) {
    parts_->clients.lists_changed(slot.name(), notifications);
}

void Gateway::on_catalogue_learned(ServerSlot& slot, const std::vector<std::string_view>& notifications) {
    parts_->clients.lists_of_many_changed(slot.name(), notifications);
}

bool Gateway::on_server_question(ServerSlot& slot, std::string_view owner, std::shared_ptr<Question> question) {
    return parts_->clients.ask(slot.name(), owner, std::move(question));
}

bool Gateway::is_relied_on(const ServerSlot& slot, std::string_view owner) const {
    return parts_->clients.is_relied_on(slot.name(), owner);
}

awaitable<void> Gateway::expire_sessions() {
    SteadyTimer timer(executor_);
    for (;;) {
        timer.expires_after(kExpirePeriod);
        co_await timer.async_wait(use_awaitable);
        const TimePoint now = Clock::now();
        parts_->legacy.give_up_the_cut_off(now);
        parts_->sessions.expire(now);
        audit_.tell_repeated(now);
    }
}

}  // namespace agenthub
