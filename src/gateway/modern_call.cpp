// Questions and notifications of one modern call.
// Shared; see the header.

#include "gateway/modern_call.hpp"

#include "base/task_group.hpp"
#include "base/text.hpp"
#include "mcp/client_capability.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// A server that wants to know several things asks for them one after the other.
constexpr Duration kCollect{50};

}  // namespace

ModernCall::ModernCall(Executor executor, mcp::Message request, mcp::Caller caller, CallTime time, std::string server)
    : Exchange(std::move(request), own_caller_, time),
      route(std::move(server)),
      own_caller_(std::move(caller)),
      executor_(executor),
      changed_(executor) {}

ModernCall::~ModernCall() {
    for (const auto& [key, question] : open_)
        question->refuse(mcp::code::internal_error, "the client did not answer; its call has ended");
    if (seats_ != nullptr)
        seats_->leave(route.server, seat_, Clock::now());
}

void ModernCall::sit_down(ModernSeats& seats, TimePoint now) {
    seat_ = seats.take(route.server, own_caller_, now);
    if (!seat_.empty())
        seats_ = &seats;
    own_caller_.session_id = ModernSeats::session_of(seat_);
}

void ModernCall::leave_out(const std::vector<std::string_view>& members) {
    const std::string params = mcp::without_members(request().params(), members);
    std::string text;
    request().append_patched(text, {{request().params_span(), params}});
    if (auto without = mcp::Message::parse(std::move(text)))
        replace_request(std::move(*without));
    if (!renamed.empty())
        renamed = request().name_span();
}

bool ModernCall::may_ask() const noexcept {
    const std::string_view method = request().method();
    return method == mcp::method::tools_call || method == mcp::method::prompts_get ||
           method == mcp::method::resources_read;
}

void ModernCall::notify(mcp::Message message) {
    if (channel_ == nullptr)
        return;
    if (message.method() == mcp::method::log_message) {
        const auto level = mcp::log_level_of(message.level());
        if (!log_level || (level && *level < *log_level))
            return;
    }
    if (message.method() == mcp::method::progress && message.progress_token() != progress_token_) {
        if (progress_token_.empty())
            return;
        std::string text;
        message.append_patched(text, {{message.progress_token_span(), progress_token_}});
        channel_->open().push(text);
        return;
    }
    channel_->open().push(message.text());
}

void ModernCall::ask(std::shared_ptr<Question> question) {
    const mcp::Message& asked = question->request();
    if (!may_ask()) {
        question->refuse(mcp::code::method_not_found,
                         "the client can be asked during tools/call, prompts/get and resources/read alone");
        return;
    }
    const auto missing = mcp::missing_capability(asked.method(), asked.params(), own_caller_.capabilities);
    if (!missing.empty()) {
        // Many servers can do without; if this one cannot, the client hears why.
        lacking_ = missing;
        question->refuse(mcp::code::method_not_found, "the client has not declared the capability " + missing);
        return;
    }
    std::string key = "gw-" + std::to_string(++asked_);
    question->when_withdrawn([weak = weak_from_this(), key] {
        if (const auto self = weak.lock())
            std::erase_if(self->open_, [&key](const auto& entry) { return entry.first == key; });
    });
    open_.emplace_back(std::move(key), std::move(question));
    changed_.notify();
}

void ModernCall::attach(ReplyChannel* channel, const mcp::Message& request, std::optional<mcp::LogLevel> level) {
    channel_ = channel;
    progress_token_ = request.progress_token();
    log_level = level;
}

void ModernCall::finish(Reply reply) {
    outcome_.emplace(std::move(reply));
    changed_.notify();
}

awaitable<void> ModernCall::next() {
    SteadyTimer more(executor_);
    // What was asked may be withdrawn while more is waited for.
    do {
        while (!outcome_ && open_.empty())
            co_await changed_.wait();
        if (outcome_)
            co_return;
        more.expires_after(kCollect);
        co_await more.async_wait(use_awaitable);
    } while (!outcome_ && open_.empty());
}

std::vector<mcp::InputRequest> ModernCall::questions() const {
    std::vector<mcp::InputRequest> all;
    all.reserve(open_.size());
    for (const auto& [key, question] : open_)
        all.push_back({key, std::string(question->request().method()), question->request().params()});
    return all;
}

void ModernCall::take_answers(const std::vector<mcp::InputResponse>& answers) {
    for (const mcp::InputResponse& answer : answers)
        for (auto it = open_.begin(); it != open_.end(); ++it) {
            if (it->first != answer.key)
                continue;
            const auto question = std::move(it->second);
            open_.erase(it);
            question->answer(mcp::Message::parse(mcp::make_response("0", answer.result)).value());
            break;
        }
}

void ModernCall::cancel(std::string_view reason) {
    route.cancel(*this, reason);
    for (const auto& [key, question] : std::exchange(open_, {}))
        question->refuse(mcp::code::internal_error, "the client has cancelled its call");
}

}  // namespace agenthub
