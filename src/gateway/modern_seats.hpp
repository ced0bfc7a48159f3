// Which process of an isolated server serves a client that has no session. Where each session has a process, a client's
// calls that follow each other meet the same one, and calls at the same time each have their own; where each caller has
// one, a seat is what ends it when nobody has used it for a while.
// Owned by the modern endpoint.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "gateway/server_directory.hpp"

namespace agenthub {

class ModernSeats {
public:
    // Whether somebody who has a session, or listens, uses that owner's process.
    using InUse = std::function<bool(std::string_view server, std::string_view owner)>;

    explicit ModernSeats(ServerDirectory& servers, InUse in_use = {}) : servers_(servers), in_use_(std::move(in_use)) {}

    // The seat of one call at `server`: the client's first one that is free, or the one of its name. Empty when the
    // server is shared, whoever calls. Give it back with leave().
    std::string take(std::string_view server, const mcp::Caller& caller, TimePoint now);
    void leave(std::string_view server, std::string_view seat, TimePoint now);
    // The client's first seat, for what goes on beside its calls; kept until release(), however many share it.
    std::string share(std::string_view server, const mcp::Caller& caller);
    void release(std::string_view server, std::string_view seat, TimePoint now);

    // What stands where a session's id would; empty for the seat of a name.
    static std::string_view session_of(std::string_view seat) noexcept;

    // Ends the processes of seats that nobody has used for the server's session_grace. A seat without a process is
    // gone as soon as it is left.
    void expire(TimePoint now);
    std::size_t size() const noexcept { return seats_.size(); }

private:
    struct Seat {
        std::size_t calls = 0;  // at most one, but at the seat of a name
        std::size_t shared = 0;
        TimePoint left{};
        bool is_used() const noexcept { return calls > 0 || shared > 0; }
    };
    using Key = std::pair<std::string, std::string>;  // server, seat
    using Seats = std::map<Key, Seat>;

    std::string first_of(std::string_view server, const mcp::Caller& caller) const;
    void left(Seats::iterator seat, TimePoint now);
    bool is_kept(const Key& key) const;
    Seats::iterator longest_left(const std::string& server);
    void make_room();

    ServerDirectory& servers_;
    InUse in_use_;
    Seats seats_;
};

}  // namespace agenthub
