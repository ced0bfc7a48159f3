// The one listen of a modern server: what it says unasked, for everybody (2026-07-28 subscriptions).
// Owned by the instance of the process.

#include <boost/asio/redirect_error.hpp>

#include "base/log.hpp"
#include "base/redactor.hpp"
#include "bridge/modern_upstream.hpp"
#include "mcp/era_request.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// A server that ends its listen is asked again after this.
constexpr Duration kListenPause{1'000};

// Of tasks a server tells those alone who have the extension.
std::string task_capability() {
    return R"({"extensions":{")" + std::string(mcp::meta::tasks_extension) + R"(":{}}})";
}

mcp::Message empty_result() {
    return mcp::Message::parse(mcp::make_response("0", "{}")).value();
}

}  // namespace

void ModernUpstream::start() {
    interest_changed();
}

// Empty: there is nothing to listen to.
std::string ModernUpstream::listen_params() const {
    const ServerInfo& server = bridge_.info();
    std::string wanted;
    const auto add = [&wanted](std::string_view member) { wanted.append(wanted.empty() ? "" : ",").append(member); };
    if (server.tools_change)
        add(R"("toolsListChanged":true)");
    if (server.prompts_change)
        add(R"("promptsListChanged":true)");
    if (server.resources_change)
        add(R"("resourcesListChanged":true)");
    std::string uris, tasks;
    for (const auto& [is_task, subject] : subscriptions_) {
        std::string& list = is_task ? tasks : uris;
        list.append(list.empty() ? "" : ",").append(subject);
    }
    if (!uris.empty())
        add(R"("resourceSubscriptions":[)" + uris + "]");
    if (!tasks.empty())
        add(R"("taskIds":[)" + tasks + "]");
    if (wanted.empty())
        return {};
    // Nothing is asked over a listen: it needs no other capability.
    const std::string capabilities = tasks.empty() ? introduction_.capabilities : task_capability();
    return R"({"notifications":{)" + wanted + R"(},"_meta":{)" +
           mcp::modern_meta(capabilities, introduction_.client_info, {}) + "}}";
}

// The new listen is there before the old one goes, so that nothing falls between them. All changes of one turn of the
// loop make one listen.
awaitable<void> ModernUpstream::listen_anew() {
    SteadyTimer turn(executor_, TimePoint());
    co_await turn.async_wait(use_awaitable);
    reopening_ = false;
    const auto old = std::exchange(listen_id_, 0);
    ++generation_;
    listened_ = interest_;
    if (!listen_params().empty())
        tasks_.spawn(listen(generation_), "listen");
    if (old != 0)
        bridge_.give_up_request(old, "another listen has taken its place");
}

void ModernUpstream::interest_changed() {
    ++interest_;
    if (!std::exchange(reopening_, true))
        tasks_.spawn(listen_anew(), "listen anew");
}

awaitable<void> ModernUpstream::listen(std::uint64_t generation) {
    SteadyTimer pause(executor_);
    while (generation == generation_) {
        const std::string params = listen_params();
        const auto reply = co_await bridge_.request(mcp::method::listen, params, Deadline(), listen_id_);
        if (generation != generation_)
            co_return;
        listen_id_ = 0;
        changed_.cancel();
        if (reply && reply->kind() == mcp::Kind::error)
            log().warn("server {} refused {}: {}", server_, mcp::method::listen,
                       redacted_clip(reply->error_member(), 300));
        if (!reply || reply->kind() == mcp::Kind::error)
            co_return;
        pause.expires_after(kListenPause);
        co_await pause.async_wait(use_awaitable);
    }
}

awaitable<ModernUpstream::Reply> ModernUpstream::change_interest(std::string_view method, Interest what,
                                                                 Deadline deadline) {
    if (!what.first && !bridge_.info().can_subscribe)
        co_return mcp::Message::parse(
            mcp::make_error("0", mcp::code::method_not_found, "the server has no subscriptions to resources"));
    if (method == mcp::method::unsubscribe) {
        if (subscriptions_.erase(what) > 0)
            interest_changed();
        co_return empty_result();
    }
    const bool is_new = subscriptions_.insert(what).second;
    if (is_new)
        interest_changed();
    const bool joins = is_new || joining_.contains(what);
    if (joins)
        joining_.insert(what);
    // The client may change the resource as soon as it has its answer.
    const auto mine = interest_;
    const auto is_waiting = [&] { return reopening_ || (listen_id_ != 0 && acknowledged_ < mine); };
    while (is_waiting() && !deadline.expired()) {
        auto change = next_change();
        co_await ends_by(std::move(change), deadline);
    }
    if (joins)
        joining_.erase(joining_.find(what));
    // Its clients are told that they have none, and the last of them has given up.
    if (acknowledged_ < mine && joins && !joining_.contains(what) && subscriptions_.erase(what) > 0)
        interest_changed();
    if (acknowledged_ < mine)
        co_return Error(errc::call_timeout, "server '" + server_ + "' did not acknowledge the subscription");
    co_return empty_result();
}

awaitable<void> ModernUpstream::next_change() {
    boost::system::error_code ignored;
    co_await changed_.async_wait(asio::redirect_error(use_awaitable, ignored));
}

std::optional<mcp::Message> ModernUpstream::take_notification(mcp::Message notification) {
    const std::string_view listen = mcp::member(notification.meta(), mcp::meta::subscription_id);
    if (notification.method() == mcp::method::acknowledged) {
        if (listen_id_ != 0 && mcp::to_int64(listen) == static_cast<std::int64_t>(listen_id_))
            acknowledged_ = listened_;
        changed_.cancel();
        return std::nullopt;
    }
    if (listen.empty())
        return notification;
    // Each client's own listen, if it has one, goes by another name.
    const std::string meta = mcp::without_members(notification.meta(), {mcp::meta::subscription_id});
    std::string text;
    notification.append_patched(text, {{notification.meta_span(), meta}});
    auto neutral = mcp::Message::parse(std::move(text));
    if (!neutral)
        return std::nullopt;
    return std::move(*neutral);
}

}  // namespace agenthub
