// The live connection to one server process over its stdin, stdout and stderr: many clients' calls over one pipe pair.
// Owned by the instance that owns the process; loop thread only.

#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "base/log.hpp"
#include "base/task_group.hpp"
#include "bridge/bridge_counters.hpp"
#include "bridge/line_framer.hpp"
#include "bridge/pending_table.hpp"
#include "bridge/question_table.hpp"
#include "bridge/stderr_tail.hpp"
#include "bridge/stdio_pipes.hpp"
#include "bridge/upstream.hpp"
#include "bridge/write_queue.hpp"
#include "mcp/patch_list.hpp"

namespace agenthub {

class StdioBridge final : public Upstream {
public:
    // `server` names the server in messages. `events` outlives the bridge.
    StdioBridge(Executor executor, std::string server, StdioPipes pipes, BridgeLimits limits, ServerEvents& events);
    ~StdioBridge() override;

    // Starts reading and writing.
    void start();
    // What the server said of itself in its handshake.
    void introduced(ServerInfo info) { info_ = std::move(info); }
    // Returns when stdout has ended: the server is gone or has given up. One waiter.
    awaitable<void> ended();
    // Returns when stderr has ended, or after `limit`: what a dying server said last is then in stderr_tail().
    awaitable<void> stderr_drained(Duration limit);
    // Settles every pending call with `failure`, and refuses later ones with the first failure there was.
    void fail(Error failure);
    // First step of a polite stop: the server reads end-of-file. What it answers still counts; new calls are refused.
    void close_stdin();
    // Ends all reading and writing. Call it before the destructor.
    awaitable<void> stop();

    awaitable<result<mcp::Message>> call(Exchange& exchange) override;
    // The same with `request` in place of the exchange's own, spliced with `patches`; ids and tokens are still ours. It
    // is written before this returns.
    awaitable<result<mcp::Message>> call_as(Exchange& exchange, const mcp::Message& request, mcp::PatchList& patches);
    void cancel(Exchange& exchange, std::string_view reason) override;
    void notify(const mcp::Message& notification) override;
    awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params,
                                            Deadline deadline) override;
    // The same for a request that somebody else may end with give_up_request(): its id is in `id` at once.
    awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params, Deadline deadline,
                                            std::uint64_t& id);
    void give_up_request(std::uint64_t id, std::string_view why);
    const ServerInfo& info() const noexcept override { return info_; }

    const BridgeCounters& counters() const noexcept { return counters_; }
    const StderrTail& stderr_tail() const noexcept { return stderr_tail_; }
    std::size_t calls_in_flight() const noexcept { return pending_.exchanges(); }

private:
    struct WaitingCall;
    using Pipe = asio::posix::basic_stream_descriptor<Executor>;

    awaitable<void> read_stdout();
    awaitable<void> read_stderr();
    awaitable<void> write_stdin();
    awaitable<void> expire_calls();
    void take_lines();
    void take_line(std::string_view line);
    void take_message(result<mcp::Message> message, std::string_view line);
    void take_reply(mcp::Message reply);
    void take_notification(mcp::Message notification);
    void take_progress(const mcp::Message& notification);
    void take_request(mcp::Message request);
    std::vector<std::uint64_t> hold_calls();
    void release_calls(const std::vector<std::uint64_t>& calls);
    void answered(const mcp::Message& reply, const std::string& id);
    void take_oversize(const LineFramer::Oversize& line);

    result<void> send(WaitingCall& call, const mcp::Message& request, mcp::PatchList& patches);
    result<void> enqueue(const mcp::Message& request, std::uint64_t id, mcp::PatchList& patches);
    bool write_line(std::string_view line);
    void fail_unwritten(const boost::system::error_code& reason);
    Error busy_error() const;
    result<void> add(WaitingCall& call);
    void take_back(WaitingCall& call);
    awaitable<result<mcp::Message>> await_reply(std::unique_ptr<WaitingCall> waiting);
    void settle(PendingCall& call, result<mcp::Message> outcome);
    void give_up(PendingCall& call, Error why, std::string_view reason);
    void log_bad_line(std::string_view what, std::string_view line);
    Error late_error(const PendingCall& call) const;

    Executor executor_;
    std::string server_;
    BridgeLimits limits_;
    ServerEvents& events_;
    ServerInfo info_;
    BridgeCounters counters_;
    Pipe stdin_, stdout_, stderr_;
    LineFramer framer_;
    PendingTable pending_;
    QuestionTable questions_;
    WriteQueue queue_;
    StderrTail stderr_tail_;
    Event to_write_, calls_waiting_, stdout_ended_, stderr_ended_;
    LogRateLimit bad_lines_{5, 10'000};
    std::optional<Error> failure_;  // why calls are refused
    std::uint64_t written_ = 0;     // the server's stdin has taken every call up to this id
    bool expiring_ = false;         // expire_calls() is looking at the clock
    TaskGroup tasks_;
};

}  // namespace agenthub
