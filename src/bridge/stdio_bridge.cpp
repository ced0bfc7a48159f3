// The calls over one pipe pair: numbering, waiting, cancelling, giving up.
// Owned by the instance that owns the process.

#include "bridge/stdio_bridge.hpp"

#include <charconv>

#include "mcp/era_request.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/prompt_argument.hpp"
#include "mcp/replies.hpp"
#include "mcp/revision.hpp"

namespace agenthub {
namespace {

std::string_view to_text(std::uint64_t id, std::array<char, 20>& buffer) {
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), id).ptr;
    return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

// Where the client wrote none, they come behind the name: requests that have none get no other arguments.
void put_arguments(const mcp::Message& request, Rewording& rewording, mcp::PatchList& patches) {
    const mcp::Span at = request.span_of(mcp::member(request.params(), "arguments"));
    if (!at.empty())
        return patches.add(at, rewording.arguments);
    rewording.words.assign(R"(,"arguments":)").append(rewording.arguments).append("}");
    const mcp::Span params = request.params_span();
    patches.add({params.end - 1, params.end}, rewording.words);
}

// The arguments as a hook wants them, or the prompt that was made better, wherever it stands in this text.
void reword(const Exchange& exchange, const mcp::Message& request, mcp::PatchList& patches) {
    Rewording& rewording = *exchange.rewording;
    const bool is_again = &request != &exchange.request();
    if (!rewording.arguments.empty())
        put_arguments(request, rewording, patches);
    else if (!rewording.words.empty())
        patches.add(is_again ? mcp::prompt_argument(request).at : rewording.at, rewording.words);
}

awaitable<result<mcp::Message>> refused(Error why) {
    co_return std::move(why);
}

}  // namespace

// A call that its coroutine waits for. A coroutine that ends early (it was cancelled) takes it out of the table.
struct StdioBridge::WaitingCall : PendingCall {
    WaitingCall(StdioBridge& bridge, Exchange* origin, TimePoint until) : owner(bridge), done(bridge.executor_) {
        exchange = origin;
        deadline = until;
    }
    ~WaitingCall() {
        if (id != 0 && !outcome)
            owner.pending_.abandon(id, Clock::now());
    }
    WaitingCall(const WaitingCall&) = delete;
    WaitingCall& operator=(const WaitingCall&) = delete;

    StdioBridge& owner;
    Event done;
};

StdioBridge::StdioBridge(Executor executor, std::string server, StdioPipes pipes, BridgeLimits limits,
                         ServerEvents& events)
    : executor_(executor),
      server_(std::move(server)),
      limits_(limits),
      events_(events),
      stdin_(executor, pipes.stdin_write.release()),
      stdout_(executor, pipes.stdout_read.release()),
      stderr_(executor, pipes.stderr_read.release()),
      framer_(limits.line_bytes),
      pending_(limits.pending),
      queue_(limits.queue_bytes),
      to_write_(executor),
      calls_waiting_(executor),
      stdout_ended_(executor),
      stderr_ended_(executor),
      tasks_(executor) {}

StdioBridge::~StdioBridge() = default;

// A legacy server does not know what a modern client says of itself with every request (protocol, "Translating").
awaitable<result<mcp::Message>> StdioBridge::call(Exchange& exchange) {
    mcp::PatchList patches;
    if (!mcp::traits(exchange.caller().revision).legacy)
        mcp::strip_modern_meta(exchange.request(), patches);
    return call_as(exchange, exchange.request(), patches);
}

// Not a coroutine: what is only needed to write the request takes no place in a frame while it waits.
awaitable<result<mcp::Message>> StdioBridge::call_as(Exchange& exchange, const mcp::Message& request,
                                                     mcp::PatchList& patches) {
    auto waiting = std::make_unique<WaitingCall>(*this, &exchange, exchange.deadline().at());
    if (auto sent = send(*waiting, request, patches); !sent)
        return refused(sent.error());
    return await_reply(std::move(waiting));
}

result<void> StdioBridge::send(WaitingCall& call, const mcp::Message& request, mcp::PatchList& patches) {
    if (auto added = add(call); !added)
        return added;
    Exchange& exchange = *call.exchange;
    // What is sent again is another text, in which the tool or prompt stands elsewhere.
    mcp::Span renamed = exchange.renamed;
    if (&request != &exchange.request() && !renamed.empty())
        renamed = request.name_span();
    patches.add(renamed, exchange.own_name);
    if (exchange.rewording != nullptr)
        reword(exchange, request, patches);
    if (auto queued = enqueue(request, call.id, patches); !queued) {
        take_back(call);
        return queued;
    }
    exchange.sent_at = Clock::now();
    ++counters_.calls;
    return {};
}

result<void> StdioBridge::add(WaitingCall& call) {
    if (failure_)
        return *failure_;
    const auto id = pending_.add(call);
    if (!id)
        return Error(id.error().code, "server '" + server_ + "': " + id.error().message);
    return {};
}

// Nothing of it was written.
void StdioBridge::take_back(WaitingCall& call) {
    pending_.take(call.id);
    call.id = 0;
}

awaitable<result<mcp::Message>> StdioBridge::request(std::string_view method, std::string_view params,
                                                     Deadline deadline) {
    std::uint64_t ignored = 0;
    return request(method, params, deadline, ignored);
}

awaitable<result<mcp::Message>> StdioBridge::request(std::string_view method, std::string_view params,
                                                     Deadline deadline, std::uint64_t& id) {
    auto waiting = std::make_unique<WaitingCall>(*this, nullptr, deadline.at());
    waiting->cancellable = method != mcp::method::initialize;
    if (auto added = add(*waiting); !added)
        return refused(added.error());
    id = waiting->id;
    if (!write_line(mcp::make_call(std::to_string(id), method, params))) {
        take_back(*waiting);
        return refused(busy_error());
    }
    return await_reply(std::move(waiting));
}

void StdioBridge::give_up_request(std::uint64_t id, std::string_view why) {
    if (PendingCall* call = pending_.find(id))
        give_up(*call, Error(errc::cancelled, std::string(why)), {});
}

awaitable<result<mcp::Message>> StdioBridge::await_reply(std::unique_ptr<WaitingCall> waiting) {
    if (!expiring_)
        calls_waiting_.notify();
    co_await waiting->done.wait();
    co_return std::move(*waiting->outcome);
}

// The id and, where the client wants progress, the token become ours; both are the same number.
result<void> StdioBridge::enqueue(const mcp::Message& request, std::uint64_t id, mcp::PatchList& patches) {
    if (!queue_.has_room(request.text().size()))
        return busy_error();
    std::array<char, 20> buffer;
    const std::string_view number = to_text(id, buffer);
    const bool was_idle = queue_.empty();
    patches.add(request.id_span(), number);
    patches.add(request.progress_token_span(), number);
    request.append_patched(queue_.open(), patches);
    queue_.open() += '\n';
    if (was_idle)
        to_write_.notify();
    return {};
}

// False when the line was dropped. AgentHub's own lines are short, but a server that asks without reading must not make
// them pile up.
bool StdioBridge::write_line(std::string_view line) {
    if (failure_ || !queue_.has_room(line.size()))
        return false;
    const bool was_idle = queue_.empty();
    queue_.open() += line;
    queue_.open() += '\n';
    if (was_idle)
        to_write_.notify();
    return true;
}

void StdioBridge::notify(const mcp::Message& notification) {
    write_line(notification.text());
}

void StdioBridge::cancel(Exchange& exchange, std::string_view reason) {
    PendingCall* call = pending_.find(exchange);
    if (call != nullptr)
        give_up(*call, Error(errc::cancelled, "the client cancelled the call"), reason);
}

// Tells the server that nobody waits any more, and the caller why (basic/utilities/cancellation).
void StdioBridge::give_up(PendingCall& call, Error why, std::string_view reason) {
    std::string params = R"({"requestId":)" + std::to_string(call.id);
    if (!reason.empty())
        params.append(R"(,"reason":)").append(reason);
    params += '}';
    if (call.cancellable)
        write_line(mcp::make_call("", mcp::method::cancelled, params));
    pending_.abandon(call.id, Clock::now());
    settle(call, std::move(why));
}

void StdioBridge::settle(PendingCall& call, result<mcp::Message> outcome) {
    call.outcome.emplace(std::move(outcome));
    static_cast<WaitingCall&>(call).done.notify();
}

}  // namespace agenthub
