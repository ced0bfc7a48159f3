// All legacy sessions.
// Owned by the gateway.

#include "gateway/session_table.hpp"

#include <algorithm>

#include "gateway/legacy_exchange.hpp"
#include "gateway/session_id.hpp"

namespace agenthub {
namespace {

// What a connection has taken is kept for as long as it may have been lost on its way.
constexpr Duration kReplayTime{60'000};
// A session that was used so recently is not given up for a new one.
constexpr Duration kSpared{30'000};

}  // namespace

LegacyExchange* Session::find_in_flight(std::string_view request_id) const noexcept {
    for (LegacyExchange* exchange : in_flight)
        if (exchange->request().id() == request_id)
            return exchange;
    return nullptr;
}

SessionTable::SessionTable(std::size_t limit, Duration idle, std::function<void(Session&)> ended)
    : limit_(limit), idle_(idle), ended_(std::move(ended)) {}

result<std::shared_ptr<Session>> SessionTable::create(std::string_view server, mcp::Caller caller, TimePoint now) {
    if (sessions_.size() >= limit_)
        make_room(now);
    if (sessions_.size() >= limit_)
        return Error(errc::busy, "AgentHub has " + std::to_string(sessions_.size()) +
                                     " sessions, the limit (limits.sessions); end some or try again later");
    auto session = std::make_shared<Session>();
    session->id = make_session_id();
    session->endpoint = server;
    session->caller = std::move(caller);
    session->caller.session_id = session->id;
    session->last_used = now;
    sessions_.emplace(session->id, session);
    by_endpoint_[session->endpoint].push_back(session.get());
    return session;
}

std::shared_ptr<Session> SessionTable::find(std::string_view id, std::string_view server, TimePoint now) {
    const auto it = sessions_.find(id);
    if (it == sessions_.end() || it->second->endpoint != server)
        return nullptr;
    it->second->last_used = now;
    it->second->ends_at = TimePoint::max();
    return it->second;
}

void SessionTable::end(const std::shared_ptr<Session>& session) {
    const auto it = sessions_.find(session->id);
    if (it == sessions_.end())
        return;
    // Named, because `session` may be the very entry that is erased.
    const std::shared_ptr<Session> ending = it->second;
    ending->ended = true;
    sessions_.erase(it);
    const auto group = by_endpoint_.find(ending->endpoint);
    std::erase(group->second, ending.get());
    if (group->second.empty())
        by_endpoint_.erase(group);
    ending->finish_general();
    ended_(*ending);
}

void SessionTable::end_of_endpoint(std::string_view server) {
    std::vector<std::shared_ptr<Session>> ending;
    for (const Session* session : of_endpoint(server))
        ending.push_back(sessions_.at(session->id));
    for (const auto& session : ending)
        end(session);
}

void SessionTable::end_of_lost_endpoints(const std::function<bool(std::string_view endpoint)>& exists) {
    std::vector<std::string> lost;
    for (const auto& [endpoint, sessions] : by_endpoint_)
        if (!exists(endpoint))
            lost.push_back(endpoint);
    for (const auto& endpoint : lost)
        end_of_endpoint(endpoint);
}

void SessionTable::end_all() {
    while (!sessions_.empty())
        end(sessions_.begin()->second);
}

bool SessionTable::is_idle(const Session& session) noexcept {
    return !session.is_connected() && session.in_flight.empty() && !session.opening;
}

void SessionTable::expire(TimePoint now) {
    std::vector<std::shared_ptr<Session>> old;
    for (const auto& [id, session] : sessions_) {
        session->forget_streams(now - kReplayTime);
        if (is_idle(*session) && (now - session->last_used >= idle_ || now >= session->ends_at))
            old.push_back(session);
    }
    for (const auto& session : old)
        end(session);
}

// Many clients never end a session, and some open one per call: the one that was left for the longest gives way. Its
// client, should it come back, is told by 404 to open another (transports, "Session Management").
void SessionTable::make_room(TimePoint now) {
    expire(now);
    if (sessions_.size() < limit_)
        return;
    std::shared_ptr<Session> oldest;
    for (const auto& [id, session] : sessions_)
        if (is_idle(*session) && (oldest == nullptr || session->last_used < oldest->last_used))
            oldest = session;
    if (oldest != nullptr && now - oldest->last_used >= kSpared)
        end(oldest);
}

const std::vector<Session*>& SessionTable::of_endpoint(std::string_view server) const {
    static const std::vector<Session*> none;
    const auto it = by_endpoint_.find(server);
    return it == by_endpoint_.end() ? none : it->second;
}

}  // namespace agenthub
