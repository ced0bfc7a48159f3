// subscriptions/listen: one stream for what a modern client wants to hear unasked (2026-07-28 subscriptions).
// Owned by the gateway.

#include <algorithm>
#include <set>

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
    std::string uris;
    for (const Subscription& what : subscriptions)
        uris.append(uris.empty() ? "" : ",").append(what.uri);
    if (!uris.empty())
        add(R"("resourceSubscriptions":[)" + uris + "]");
    return mcp::make_call("", mcp::method::acknowledged,
                          R"({"notifications":{)" + honoured + R"(},"_meta":{)" + tag_ + "}}");
}

void ModernListen::hear(std::string_view server, const mcp::Message& notification) {
    const std::string_view method = notification.method();
    const bool wanted =
        (method == mcp::method::tools_changed && tools_) || (method == mcp::method::prompts_changed && prompts_) ||
        (method == mcp::method::resources_changed && resources_) ||
        (method == mcp::method::resource_updated && subscriptions.contains({server, notification.uri()}));
    if (!wanted)
        return;
    mcp::PatchList patches;
    std::string scratch, text;
    mcp::put_modern_meta(notification, tag_, patches, scratch);
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
    early_ = {};
}

// The stream's regular end: what a client that is still there may open anew.
void ModernListen::end() {
    stream_->finish_with(mcp::make_response(id_, R"({"resultType":"complete","_meta":{)" + tag_ + "}}"));
}

// What a listen is to hear, JSON text of an object; its uris fit to be subscribed to.
static result<std::string_view> wanted_of(const mcp::Message& message) {
    const auto wanted = mcp::member(message.params(), "notifications");
    const auto uris = mcp::elements_of(mcp::member(wanted, "resourceSubscriptions"));
    const bool all_strings = std::all_of(uris.begin(), uris.end(), [](auto uri) { return uri.starts_with('"'); });
    if (wanted.starts_with('{') && all_strings && uris.size() <= ModernListen::kMaxSubscriptions)
        return wanted;
    return Error(errc::invalid_params,
                 "params.notifications must be an object that says what to listen to, with at most " +
                     std::to_string(ModernListen::kMaxSubscriptions) + " resourceSubscriptions, which are strings");
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
    const auto uris = mcp::elements_of(mcp::member(*wanted, "resourceSubscriptions"));
    const auto seats = take_seats(server, caller);
    const auto stream = std::make_shared<EventStream>(tasks_.executor(), limits_.stream_queue_bytes);
    ModernListen heard(std::string(message.id()), server, std::move(caller), stream);
    heard.want(*wanted, *info);
    clients_.add_listen(heard);
    const auto place = listens_.insert(listens_.end(), &heard);
    responder.watch_for_close(stream);
    if (info->can_subscribe && !uris.empty()) {
        auto subscribed = subscribe_all(heard, uris);
        auto given_up = await_end(heard);
        co_await ends_before(std::move(subscribed), std::move(given_up));
    }
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

// Resources that no server is known to have are not honoured.
awaitable<void> ModernEndpoint::subscribe_all(ModernListen& listen, std::vector<std::string_view> uris) {
    std::set<std::string> unreachable;  // is asked once
    for (const auto uri : uris) {
        std::optional<std::string> server = listen.endpoint;
        if (leads_to_many(listen.endpoint))
            server = aggregates_.server_of_uri(listen.endpoint, uri);
        if (!server || unreachable.contains(*server))
            continue;
        const auto upstream = co_await servers_.upstream_for(*server, listen.caller, Deadline::after(kStartLimit));
        if (!upstream)
            unreachable.insert(*server);
        else if ((*upstream)->info().can_subscribe)
            clients_.subscribe(listen, Subscription(*server, uri));
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
