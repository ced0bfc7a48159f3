// All legacy sessions: made, found, ended, expired. Bounded.
// Owned by the gateway.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "gateway/session.hpp"

namespace agenthub {

class SessionTable {
public:
    // `ended` is told of every session that ends, whatever the cause.
    SessionTable(std::size_t limit, Duration idle, std::function<void(Session&)> ended);

    // A new session. Errors: errc::busy at the limit, when not even an idle one can make room.
    result<std::shared_ptr<Session>> create(std::string_view server, mcp::Caller caller, TimePoint now);

    // The session, marked as used; null when there is none of that id at that server.
    std::shared_ptr<Session> find(std::string_view id, std::string_view server, TimePoint now);

    void end(const std::shared_ptr<Session>& session);
    void end_of_endpoint(std::string_view server);
    // Those of endpoints of which `exists` says no.
    void end_of_lost_endpoints(const std::function<bool(std::string_view endpoint)>& exists);
    void end_all();
    // Ends the sessions that have been idle for too long, and those that were cut off and did not come back in time. A
    // session with an open stream or a call in flight is not idle.
    void expire(TimePoint now);

    // The sessions of one endpoint; valid until the table changes.
    const std::vector<Session*>& of_endpoint(std::string_view endpoint) const;
    // Visits (endpoint, its sessions), all of them.
    template <class Visit>
    void each_endpoint(Visit&& visit) const {
        for (const auto& [endpoint, sessions] : by_endpoint_)
            visit(std::string_view(endpoint), sessions);
    }
    std::size_t size() const noexcept { return sessions_.size(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
    };
    template <class Value>
    using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

    static bool is_idle(const Session& session) noexcept;
    void make_room(TimePoint now);

    std::size_t limit_;
    Duration idle_;
    std::function<void(Session&)> ended_;
    ByName<std::shared_ptr<Session>> sessions_;
    ByName<std::vector<Session*>> by_endpoint_;
};

}  // namespace agenthub
