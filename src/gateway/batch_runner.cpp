// Making the calls of a batch.
// Owned by the gateway.

#include "gateway/batch_runner.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "base/window.hpp"
#include "mcp/names.hpp"

namespace agenthub {

// What became of one call.
struct BatchRunner::Item {
    std::string_view status = "cancelled";
    std::int64_t attempts = 0;
    Duration time{0};
    std::string answer;  // `"result":…` or `"error":…`
};

struct BatchRunner::Course {
    const BatchRequest& batch;
    const InnerOrigin& origin;
    CallScope& scope;
    const OnEnd& on_end;
    std::size_t room;
    std::vector<Item> items;
    std::size_t ended = 0;
    // Tools that are known to be, so that a long list is not looked through again for each call.
    std::set<std::pair<std::string, std::string>> repeatable{};
};

namespace {

// In the words of the activity's outcomes.
std::string_view status_of(const Error& error) {
    switch (error.code) {
        case errc::cancelled: return "cancelled";
        case errc::forbidden:
        case errc::hook_refused:
        case errc::busy:
        case errc::breaker_open:
        case errc::unrecorded:
        case errc::invalid_params:
        case errc::invalid_request: return "refused";
        default: return "failed";
    }
}

std::string_view status_of(const result<mcp::Message>& reply) {
    if (!reply)
        return status_of(reply.error());
    if (reply->kind() == mcp::Kind::error)
        return "error";
    return reply->tool_error() ? "tool_error" : "ok";
}

std::string answer_of(const result<mcp::Message>& reply) {
    if (!reply)
        return R"("error":)" + error_object(reply.error());
    if (reply->kind() == mcp::Kind::error)
        return R"("error":)" + std::string(reply->error_member());
    return R"("result":)" + std::string(reply->result_member());
}

std::string text_of(std::size_t index, const InnerCall& call, std::string_view status, Duration time,
                    std::int64_t attempts, std::string_view answer) {
    std::string out = R"({"index":)" + std::to_string(index) + R"(,"server":)";
    append_json_string(out, call.server);
    out += R"(,"tool":)";
    append_json_string(out, call.tool);
    out += R"(,"status":")";
    out += status;
    out += R"(","duration_ms":)" + std::to_string(time.count());
    out += R"(,"attempts":)" + std::to_string(attempts) + ",";
    out += answer;
    return out + "}";
}

Duration since(TimePoint began) {
    return std::chrono::duration_cast<Duration>(Clock::now() - began);
}

}  // namespace

awaitable<std::string> BatchRunner::run(const BatchRequest& batch, const InnerOrigin& origin, CallScope& scope,
                                        std::size_t room, const OnEnd& on_end) {
    const RunCount::Place place(count_);
    const TimePoint began = Clock::now();
    Course course{batch, origin, scope, on_end, room, std::vector<Item>(batch.calls.size())};
    const WindowWork work = [this, &course](std::size_t index) { return carry_out(course, index); };
    co_await run_window(batch.calls.size(), batch.max_concurrent, work);
    std::string out = R"({"results":[)";
    std::size_t fine = 0;
    for (std::size_t i = 0; i < course.items.size(); ++i) {
        const Item& item = course.items[i];
        fine += item.status == "ok" ? 1 : 0;
        out += i == 0 ? "" : ",";
        out += text_of(i, batch.calls[i].call, item.status, item.time, item.attempts, item.answer);
    }
    out += R"(],"summary":{"total":)" + std::to_string(course.items.size()) + R"(,"ok":)" + std::to_string(fine);
    out += R"(,"failed":)" + std::to_string(course.items.size() - fine);
    out += R"(,"duration_ms":)" + std::to_string(since(began).count()) + "}}";
    co_return out;
}

awaitable<void> BatchRunner::carry_out(Course& course, std::size_t index) {
    const BatchCall& asked = course.batch.calls[index];
    Item& item = course.items[index];
    const TimePoint began = Clock::now();
    result<mcp::Message> reply = Error(errc::cancelled, "the client has left");
    if (!asked.fault.empty())
        reply = Error(errc::invalid_params, asked.fault);
    while (asked.fault.empty() && !course.scope.ended()) {
        reply = co_await caller_.call(course.origin, asked.call, course.scope);
        ++item.attempts;
        if (item.attempts > course.batch.retries || !may_repeat(course, asked, reply))
            break;
        co_await course.scope.pause(course.batch.retry_delay);
    }
    item.time = since(began);
    item.status = status_of(reply);
    item.answer = answer_of(reply);
    if (item.answer.size() > course.room) {
        const Error error(errc::too_large, "the answer has " + std::to_string(item.answer.size()) +
                                               " bytes, and there is room for " + std::to_string(course.room) +
                                               " more in this batch (limits.line_bytes); ask for less at a time");
        item.status = "failed";
        item.answer = R"("error":)" + error_object(error);
    }
    course.room -= std::min(course.room, item.answer.size());
    ++course.ended;
    if (course.on_end)
        course.on_end(course.ended, index, item.status);
}

// What the server has not seen may be sent again whatever it is; what it may have carried out only where that is
// harmless, or the caller does not mind. What will not be otherwise the next time is not repeated at all.
bool BatchRunner::may_repeat(Course& course, const BatchCall& asked, const result<mcp::Message>& reply) const {
    if (asked.retry == RetryWhen::never)
        return false;
    if (!reply) {
        const Error error = reply.error();
        const retry_class kind = retry_class_of(error.code);
        if (error.code == errc::cancelled || error.code == errc::server_unknown || kind == retry_class::never)
            return false;
        if (kind == retry_class::not_started || kind == retry_class::busy)
            return true;
    } else if (reply->kind() == mcp::Kind::error) {
        const int code = reply->error_code();
        if (code == mcp::code::invalid_params || code == mcp::code::method_not_found ||
            code == mcp::code::invalid_request || code == mcp::code::parse_error)
            return false;
    } else if (!reply->tool_error()) {
        return false;
    }
    return asked.retry == RetryWhen::always || is_repeatable(course, asked.call);
}

bool BatchRunner::is_repeatable(Course& course, const InnerCall& call) const {
    const std::pair key(call.server, call.tool);
    if (!course.repeatable.contains(key) && caller_.is_repeatable(call.server, call.tool))
        course.repeatable.insert(key);
    return course.repeatable.contains(key);
}

}  // namespace agenthub
