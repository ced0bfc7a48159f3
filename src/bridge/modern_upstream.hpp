// A server of the modern era (2026-07-28) behind its bridge: every request says who asks, questions come as results,
// and one listen carries everybody's interests. To those above it behaves as a legacy server where the eras differ in
// form. Owned by the instance of the process; borrows its bridge.

#pragma once

#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/task_group.hpp"
#include "bridge/handshake.hpp"
#include "bridge/stdio_bridge.hpp"
#include "mcp/input_required.hpp"

namespace agenthub {

class ModernUpstream final : public Upstream {
public:
    // So often may one call ask for input.
    static constexpr int kMaxRounds = 16;

    ModernUpstream(Executor executor, std::string server, StdioBridge& bridge, Introduction introduction);
    ~ModernUpstream() override;

    // Opens the listen.
    void start();
    // Ends what waits for clients' answers, with this failure.
    void fail(const Error& failure);
    // Calls that wait for their clients' answers; the server knows nothing of them meanwhile.
    std::size_t calls_asking() const noexcept { return asking_.size(); }
    // Call it before the bridge stops.
    awaitable<void> stop();

    // resources/subscribe and unsubscribe, which do not exist in this era, change the listen.
    awaitable<result<mcp::Message>> call(Exchange& exchange) override;
    void cancel(Exchange& exchange, std::string_view reason) override;
    void notify(const mcp::Message& notification) override;
    // ping becomes server/discover; logging/setLevel is obeyed by what call() sends.
    awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params,
                                            Deadline deadline) override;
    const ServerInfo& info() const noexcept override { return bridge_.info(); }

    // A notification of the server's as its clients may see it; nullopt: it was meant for AgentHub.
    std::optional<mcp::Message> take_notification(mcp::Message notification);

private:
    struct Asking;
    using Reply = result<mcp::Message>;

    awaitable<Reply> refuse(Exchange& exchange);
    awaitable<Reply> call_for_legacy(Exchange& exchange);
    awaitable<Reply> send(Exchange& exchange, const mcp::Message& request);
    static std::vector<std::shared_ptr<Question>> questions_of(const std::string& server,
                                                               const mcp::InputRequired& wanted,
                                                               const std::shared_ptr<Asking>& asking);
    awaitable<Reply> ask_all(Exchange& exchange, mcp::Message interim, std::shared_ptr<Asking> asking);
    using Interest = std::pair<bool, std::string>;  // in a task, and its id, or in a resource, and its uri; JSON text
    awaitable<Reply> change_interest(std::string_view method, Interest what, Deadline deadline);
    std::string listen_params() const;
    awaitable<void> listen(std::uint64_t generation);
    awaitable<void> listen_anew();
    void interest_changed();
    awaitable<void> next_change();

    Executor executor_;
    std::string server_;
    StdioBridge& bridge_;
    Introduction introduction_;
    std::list<std::shared_ptr<Asking>> asking_;  // calls that wait for their clients
    std::set<Interest> subscriptions_;
    std::multiset<Interest> joining_;  // one for each call that waits for the first acknowledgement of its interest
    bool reopening_ = false;
    std::uint64_t listen_id_ = 0;  // the newest listen's request; 0: none is open
    std::uint64_t generation_ = 0;
    // Counts what is to be listened to: wanted, asked for, acknowledged.
    std::uint64_t interest_ = 0, listened_ = 0, acknowledged_ = 0;
    SteadyTimer changed_;  // never expires; cancelled when a listen is acknowledged or has ended
    TaskGroup tasks_;
};

}  // namespace agenthub
