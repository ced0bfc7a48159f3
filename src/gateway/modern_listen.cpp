// subscriptions/listen: one stream for what a modern client wants to hear unasked (2026-07-28 subscriptions).
// Owned by the gateway.

#include <algorithm>
#include <set>

#include "base/give_back.hpp"
#include "base/race.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/event_text.hpp"
#include "gateway/modern_endpoint.hpp"
#include "gateway/modern_listen.hpp"
#include "mcp/era_request.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// How long a listen waits for a server to start whose resources it is about.
constexpr Duration kStartLimit{60'000};

}  // namespace

ModernListen::ModernListen(std::string listen_id, std::string where, mcp::Caller who,
                           std::shared_ptr<EventStream> stream)
    : stream_(std::move(stream)), id_(std::move(listen_id)) {
    endpoint = std::move(where);
    caller = std::move(who);
    tag_ = '"' + std::string(mcp::meta::subscription_id) + "\":" + id_;
}

void ModernListen::want(std::string_view notifications, const ServerInfo& info) {
    const auto wants = [notifications](std::string_view name) { return mcp::member(notifications, name) == "true"; };
    tools_ = wants("toolsListChanged") && info.has_tools;
    prompts_ = wants("promptsListChanged") && info.has_prompts;
    resources_ = wants("resourcesListChanged") && info.has_resources;
}

std::string ModernListen::acknowledgement() const {
    std::string honoured;
    const auto add = [&honoured](std::string_view member) {
        honoured.append(honoured.empty() ? "" : ",").append(member);
    };
    if (tools_)
        add(R"("toolsListChanged":true)");
    if (prompts_)
        add(R"("promptsListChanged":true)");
    if (resources_)
        add(R"("resourcesListChanged":true)");
    std::string uris, tasks;
    for (const Subscription& what : subscriptions) {
        std::string& list = what.is_task ? tasks : uris;
        list.append(list.empty() ? "" : ",").append(what.is_task ? shown_task(what.server, what.uri) : what.uri);
    }
    if (!uris.empty())
        add(R"("resourceSubscriptions":[)" + uris + "]");
    if (!tasks.empty())
        add(R"("taskIds":[)" + tasks + "]");
    return mcp::make_call("", mcp::method::acknowledged,
                          R"({"notifications":{)" + honoured + R"(},"_meta":{)" + tag_ + "}}");
}

// Its id as the client knows it.
std::string ModernListen::shown_task(std::string_view server, std::string_view task_id) const {
    return leads_to_many(endpoint) ? task_id_of_many(server, task_id) : std::string(task_id);
}

void ModernListen::hear(std::string_view server, const mcp::Message& notification) {
    const std::string_view method = notification.method();
    const std::string_view task_id =
        method == mcp::method::task_status ? mcp::member(notification.params(), "taskId") : std::string_view();
    const bool wanted =
        (method == mcp::method::tools_changed && tools_) || (method == mcp::method::prompts_changed && prompts_) ||
        (method == mcp::method::resources_changed && resources_) ||
        (method == mcp::method::resource_updated && subscriptions.contains({server, notification.uri()})) ||
        (!task_id.empty() && subscriptions.contains(Subscription::of_task(server, task_id)));
    if (!wanted)
        return;
    mcp::PatchList patches;
    std::string scratch, text;
    mcp::put_modern_meta(notification, tag_, patches, scratch);
    std::string shown;
    if (!task_id.empty()) {
        shown = shown_task(server, task_id);
        patches.add(notification.span_of(task_id), shown);
    }
    notification.append_patched(text, patches);
    if (acknowledged_)
        stream_->push(text);
    else
        append_event(early_, {}, text);
}

void ModernListen::acknowledge() {
    acknowledged_ = true;
    stream_->push(acknowledgement());
    stream_->offer_events(early_);
    give_back(early_);
}

// The stream's regular end: what a client that is still there may open anew.
void ModernListen::end() {
    stream_->finish_with(mcp::make_response(id_, R"({"resultType":"complete","_meta":{)" + tag_ + "}}"));
}

// What a listen is to hear, JSON text of an object; its uris fit to be subscribed to.
static result<std::string_view> wanted_of(const mcp::Message& message) {
    const auto wanted = mcp::member(message.params(), "notifications");
    auto subjects = mcp::elements_of(mcp::member(wanted, "resourceSubscriptions"));
    const auto tasks = mcp::elements_of(mcp::member(wanted, "taskIds"));
    subjects.insert(subjects.end(), tasks.begin(), tasks.end());
    const bool all_strings =
        std::all_of(subjects.begin(), subjects.end(), [](auto one) { return one.starts_with('"'); });
    if (wanted.starts_with('{') && all_strings && subjects.size() <= ModernListen::kMaxSubscriptions)
        return wanted;
    return Error(errc::invalid_params,
                 "params.notifications must be an object that says what to listen to, with at most " +
                     std::to_string(ModernListen::kMaxSubscriptions) +
                     " resourceSubscriptions and taskIds, which are strings");
}

awaitable<void> ModernEndpoint::listen(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                       mcp::Message message, mcp::Caller caller) {
    const std::string server(endpoint);
    const auto wanted = wanted_of(message);
    auto info = result<ServerInfo>(Error(errc::invalid_params, ""));
    if (wanted)
        info = co_await info_for(server, caller);
    if (!wanted || !info) {
        const Error error = wanted ? info.error() : wanted.error();
        co_await answer_here(request, responder, endpoint, mcp::method::listen, rpc_error(message.id(), error), 200,
                             error.message);
        co_return;
    }
    auto subjects = subjects_of(server, *wanted, info->can_subscribe);
    std::erase_if(subjects, [&](const Subscription& what) {
        return !what.is_task && !calls_.may_subscribe(caller, what.server, what.uri);
    });
    const auto seats = take_seats(server, caller);
    const auto stream = std::make_shared<EventStream>(tasks_.executor(), limits_.stream_queue_bytes);
    ModernListen heard(std::string(message.id()), server, std::move(caller), stream);
    heard.want(*wanted, *info);
    clients_.add_listen(heard);
    const auto place = listens_.insert(listens_.end(), &heard);
    responder.watch_for_close(stream);
    if (!subjects.empty())
        co_await subscribe_all(heard, std::move(subjects));
    heard.acknowledge();
    co_await responder.stream_events(stream);
    listens_.erase(place);
    clients_.remove_listen(heard);
    for (const auto& [at, seat] : seats)
        seats_.release(at, seat, Clock::now());
    recorder_.plain({request,
                     responder.status(),
                     responder.body_bytes(),
                     mcp::method::listen,
                     server,
                     heard.caller.client_id,
                     {},
                     stream->overflowed() ? "the client read too slowly" : ""});
}

// A server may take its time to start, and whoever listens does not have to wait for that.
awaitable<void> ModernEndpoint::await_end(const ModernListen& listen) {
    SteadyTimer pause(tasks_.executor());
    while (!listen.is_over()) {
        pause.expires_after(kLook);
        co_await pause.async_wait(use_awaitable);
    }
}

// At isolated servers a listen goes with its client's first process. Returns where, and the seats.
std::vector<std::pair<std::string, std::string>> ModernEndpoint::take_seats(const std::string& endpoint,
                                                                            mcp::Caller& caller) {
    std::vector<std::pair<std::string, std::string>> taken;
    for (const std::string& server : servers_.servers_of(endpoint))
        if (auto seat = seats_.share(server, caller); !seat.empty()) {
            if (const auto session = ModernSeats::session_of(seat); !session.empty())
                caller.session_id = session;
            taken.emplace_back(server, std::move(seat));
        }
    return taken;
}

// Resources that no server is known to have are not honoured, nor are tasks of none.
std::vector<Subscription> ModernEndpoint::subjects_of(std::string_view endpoint, std::string_view wanted,
                                                      bool can_subscribe) {
    std::vector<Subscription> out;
    const bool many = leads_to_many(endpoint);
    if (can_subscribe)
        for (const auto uri : mcp::elements_of(mcp::member(wanted, "resourceSubscriptions"))) {
            const auto server = many ? aggregates_.server_of_uri(endpoint, uri) : std::string(endpoint);
            if (server)
                out.emplace_back(*server, uri);
        }
    for (const auto id : mcp::elements_of(mcp::member(wanted, "taskIds"))) {
        const auto task = many ? server_of_task(id) : Destination{std::string(endpoint), {}, std::string(id)};
        if (task && servers_.includes(endpoint, task->server))
            out.push_back(Subscription::of_task(task->server, task->own));
    }
    return out;
}

awaitable<void> ModernEndpoint::subscribe_all(ModernListen& listen, std::vector<Subscription> subjects) {
    auto subscribed = subscribe_each(listen, std::move(subjects));
    auto given_up = await_end(listen);
    co_await ends_before(std::move(subscribed), std::move(given_up));
}

awaitable<void> ModernEndpoint::subscribe_each(ModernListen& listen, std::vector<Subscription> subjects) {
    std::set<std::string> unreachable;  // is asked once
    for (Subscription& what : subjects) {
        if (unreachable.contains(what.server))
            continue;
        const auto upstream = co_await servers_.upstream_for(what.server, listen.caller, Deadline::after(kStartLimit));
        if (!upstream) {
            unreachable.insert(what.server);
            continue;
        }
        const ServerInfo& info = (*upstream)->info();
        if (what.is_task ? has_tasks(info) : info.can_subscribe)
            clients_.subscribe(listen, std::move(what));
    }
}

void ModernEndpoint::end_lost_listens() {
    for (ModernListen* listen : listens_)
        if (!servers_.exists(listen->endpoint))
            listen->end();
}

void ModernEndpoint::drain() {
    for (ModernListen* listen : listens_)
        listen->end();
}

}  // namespace agenthub
