// The client's session at the daemon (legacy era), kept alive over the daemon's restarts: when it is lost, another is
// opened with what the client has said before, and the client hears only that lists may have changed.
// Owned by the bridge; loop thread only.

#pragma once

#include <deque>
#include <string>

#include "base/task_group.hpp"
#include "mcp/message.hpp"
#include "stdio/client_call.hpp"
#include "stdio/daemon_reach.hpp"
#include "stdio/line_io.hpp"
#include "stdio/session_memory.hpp"
#include "stdio/tool_memory.hpp"

namespace agenthub {

class LegacyLink {
public:
    // All of them outlive it. `patience`: how long a request waits for the daemon.
    LegacyLink(Executor executor, DaemonHttp& http, DaemonReach& reach, LineOutput& out, ToolMemory& tools,
               Duration patience);

    // The tasks that keep the session, carry the client's notices, and hear what the daemon says unasked.
    void start(TaskGroup& tasks);

    // Carries an `initialize` or another request, and writes its answer; none when it was cancelled.
    awaitable<void> initialize(ClientCall& call);
    awaitable<void> run(ClientCall& call);

    // A notification or an answer of the client: sent in order, before all requests that come later. Returns when few
    // are waiting; one that finds no daemon within `patience` is dropped.
    awaitable<void> notice(mcp::Message message);
    std::uint64_t notices() const noexcept { return taken_; }
    // A request has been cancelled, and may be waiting here.
    void recheck() { changed_.notify_all(); }

    bool has_begun() const noexcept { return memory_.has_begun(); }
    // Ends the session at the daemon, if there is one.
    awaitable<void> end();

private:
    class FromDaemon;
    class Quiet;
    class Opening;
    struct Notice {
        mcp::Message message;
        Deadline until;
    };

    // legacy_calls.cpp
    awaitable<void> begin(ClientCall& call);
    awaitable<HttpOutcome> send(ClientCall& call, unsigned session);
    awaitable<bool> settle(ClientCall& call, const HttpOutcome& outcome, unsigned session);
    void note_success(const ClientCall& call, const mcp::Message& reply);

    // legacy_notices.cpp
    awaitable<void> carry_notices();
    awaitable<void> carry(mcp::Message message, Deadline until);
    bool has_room() const noexcept;

    // legacy_link.cpp
    awaitable<result<unsigned>> until_up(Deadline deadline);
    awaitable<void> until_ready(unsigned failures);
    awaitable<void> until_hurry();
    awaitable<void> withdraw(std::vector<std::string> questions);
    awaitable<void> tell_news();
    bool is_ready() const noexcept { return up_ && (heard_ || !memory_.is_initialized()); }
    void lost(unsigned session);
    awaitable<void> keep();
    awaitable<result<void>> open_again();
    awaitable<result<void>> open_once(std::string& why);
    void take_session(const HttpOutcome& outcome, const mcp::Message& reply);
    awaitable<bool> say_rest(const HttpFields& fields, std::string& why);
    HttpFields fields() const;

    // legacy_hear.cpp
    awaitable<void> hear();
    awaitable<void> hear_once(std::string& from, unsigned session);
    awaitable<void> until_lost(unsigned session);
    awaitable<void> answer(mcp::Message message);
    awaitable<void> forward(mcp::Message message, unsigned session);

    Executor executor_;
    DaemonHttp& http_;
    DaemonReach& reach_;
    LineOutput& out_;
    ToolMemory& tools_;
    Duration patience_;
    SessionMemory memory_;
    QuestionNumbers questions_;
    std::string session_id_, version_;
    unsigned session_ = 0;   // the number of the present one; 0: none was opened yet
    unsigned sessions_ = 0;  // so many there have been
    unsigned begun_ = 0;     // so many `initialize` the client has sent
    unsigned opening_ = 0;   // so many of them are under way
    bool up_ = false;        // session_ is alive, as far as known
    bool heard_ = false;     // its general stream has been opened, or there is none
    bool hurry_ = false;     // somebody waits for a session
    bool told_ = false;      // the log has the failure that lasts
    Error failure_;          // why the last attempt failed
    unsigned failures_ = 0;
    std::vector<std::string> news_;  // to be told when the new session is complete
    std::deque<Notice> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t taken_ = 0, carried_ = 0;
    Wakeup changed_;
};

}  // namespace agenthub
