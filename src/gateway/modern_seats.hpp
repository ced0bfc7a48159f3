// Which process of an isolated server serves a modern client, which has no session: a client's calls that follow each
// other meet the same process, calls at the same time each have their own.
// Owned by the modern endpoint.

#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gateway/server_directory.hpp"

namespace agenthub {

class ModernSeats {
public:
    explicit ModernSeats(ServerDirectory& servers) : servers_(servers) {}

    // The name to call at `server` by, which stands where a session's id would: the client's first seat that is free.
    // Empty when the server is shared, whoever calls. Give it back with leave().
    std::string take(std::string_view server, const mcp::Caller& caller, TimePoint now);
    void leave(std::string_view server, std::string_view seat, TimePoint now);
    // The client's first seat, for what goes on beside its calls; kept until release(), however many share it.
    std::string share(std::string_view server, const mcp::Caller& caller);
    void release(std::string_view server, std::string_view seat, TimePoint now);

    // Ends the processes of seats that nobody has used for the server's session_grace.
    void expire(TimePoint now);
    std::size_t size() const noexcept { return seats_.size(); }

private:
    struct Seat {
        bool busy = false;
        std::size_t shared = 0;
        TimePoint left{};
    };
    using Key = std::pair<std::string, std::string>;  // server, seat

    bool has_seats(std::string_view server) const;
    std::string name_of(const mcp::Caller& caller, std::size_t number) const;

    ServerDirectory& servers_;
    std::map<Key, Seat> seats_;
};

}  // namespace agenthub
