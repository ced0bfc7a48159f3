// Requests to the daemon's endpoint.
// Owned by the bridge.

#include "stdio/daemon_http.hpp"

#include <utility>
#include <vector>

#include "base/sse_reader.hpp"
#include "base/text.hpp"
#include "mcp/names.hpp"
#include "stdio/http_fields.hpp"

namespace agenthub {
namespace {

// Calls may take as long as the daemon allows them; it alone knows.
constexpr Duration kAnyTime{std::chrono::hours(24 * 30)};
// A general stream has a comment every 15 seconds.
constexpr Duration kStreamSilence{std::chrono::seconds(60)};
constexpr Duration kProbeTime{2'000};

HttpClientOptions options() {
    HttpClientOptions out;
    out.read_timeout = kAnyTime;
    return out;
}

// "application/json" of "application/json; charset=utf-8".
bool is_type(std::string_view content_type, std::string_view type) {
    return iequals(trim(content_type.substr(0, content_type.find(';'))), type);
}

}  // namespace

DaemonHttp::DaemonHttp(Executor executor, HttpUrl url, std::string endpoint)
    : http_(executor, std::move(url), options()), endpoint_(std::move(endpoint)) {}

awaitable<HttpOutcome> DaemonHttp::post(std::string message, HttpFields fields, std::string id, MessageSink& sink) {
    OutboundRequest request;
    request.method = "POST";
    request.target = endpoint_;
    request.fields = std::move(fields);
    request.body = std::move(message);
    co_return co_await run(std::move(request), std::move(id), sink);
}

awaitable<HttpOutcome> DaemonHttp::get(HttpFields fields, std::string last_event_id, std::string id,
                                       MessageSink& sink) {
    OutboundRequest request;
    request.target = endpoint_;
    request.fields = std::move(fields);
    request.fields.emplace_back("Accept", "text/event-stream");
    if (!last_event_id.empty())
        request.fields.emplace_back(mcp::header::last_event_id, last_event_id);
    if (id.empty())
        request.read_timeout = kStreamSilence;
    auto outcome = co_await run(std::move(request), std::move(id), sink);
    if (outcome.last_event_id.empty())
        outcome.last_event_id = std::move(last_event_id);
    co_return outcome;
}

awaitable<void> DaemonHttp::end_session(HttpFields fields) {
    OutboundRequest request;
    request.method = "DELETE";
    request.target = endpoint_;
    request.fields = std::move(fields);
    const auto response = co_await http_.send(std::move(request));
}

awaitable<result<void>> DaemonHttp::probe() {
    OutboundRequest request;
    request.target = "/livez";
    request.deadline = Deadline::after(kProbeTime);
    auto response = co_await http_.send(std::move(request));
    if (!response)
        co_return response.error();
    if (response->status() != 200)
        co_return Error(errc::upstream_unreachable,
                        "GET /livez was answered with " + std::to_string(response->status()));
    const auto body = co_await response->read_all(1024);
    if (!body)
        co_return body.error();
    co_return result<void>();
}

awaitable<HttpOutcome> DaemonHttp::run(OutboundRequest request, std::string id, MessageSink& sink) {
    HttpOutcome outcome;
    auto response = co_await http_.send(std::move(request));
    if (!response) {
        const errc code = response.error().code;
        outcome.why = response.error().message;
        if (code == errc::upstream_unreachable || code == errc::busy)
            outcome.how = HttpOutcome::How::unsent;
        if (code == errc::invalid_request) {
            outcome.how = HttpOutcome::How::refused;  // it would be again
            outcome.body = outcome.why;
        }
        co_return outcome;
    }
    outcome.status = response->status();
    if (outcome.status == 408) {  // it ends, and has not read the request
        outcome.how = HttpOutcome::How::unsent;
        outcome.why = "AgentHub closed the connection before it had read the request";
        co_return outcome;
    }
    outcome.session_id = response->field(mcp::header::session_id);
    const bool good = outcome.status >= 200 && outcome.status < 300;
    if (good)
        sink.opened();
    if (good && is_type(response->field("Content-Type"), "text/event-stream")) {
        co_await read_events(*response, id, sink, outcome);
        co_return outcome;
    }
    auto body = co_await response->read_all(kMaxDaemonMessage);
    if (!body) {
        outcome.why = body.error().message;
        co_return outcome;
    }
    outcome.how = good ? HttpOutcome::How::ended : HttpOutcome::How::refused;
    if (!good)
        outcome.body = std::move(*body);
    else if (!body->empty())
        co_await hand_on(std::move(*body), id, sink, outcome);
    co_return outcome;
}

awaitable<void> DaemonHttp::read_events(OutboundResponse& response, const std::string& id, MessageSink& sink,
                                        HttpOutcome& outcome) {
    SseReader reader(kMaxDaemonMessage);
    std::vector<std::string> events;
    const SseReader::OnEvent keep = [&events](std::string_view data) {
        events.emplace_back(data);
        return true;
    };
    std::string piece;
    for (;;) {
        const auto n = co_await response.read(piece);
        if (!n || *n == 0) {
            if (outcome.how != HttpOutcome::How::answered)
                outcome.how = n ? HttpOutcome::How::ended : HttpOutcome::How::broken;
            if (!n)
                outcome.why = n.error().message;
            co_return;
        }
        const auto fed = reader.feed(piece, keep);
        auto complete = std::exchange(events, {});
        for (std::string& event : complete)
            co_await hand_on(std::move(event), id, sink, outcome);
        // After the messages themselves: what was not handed on is to come again.
        outcome.last_event_id = reader.last_id();
        outcome.retry = Duration(reader.retry().value_or(0));
        if (!fed) {
            outcome.why = fed.error().message;
            co_return;
        }
    }
}

awaitable<void> DaemonHttp::hand_on(std::string text, const std::string& id, MessageSink& sink, HttpOutcome& outcome) {
    auto message = mcp::Message::parse(std::move(text));
    if (!message)
        co_return;  // not for an MCP client
    if (!id.empty() && message->is_reply() && message->id() == id) {
        outcome.how = HttpOutcome::How::answered;
        outcome.is_error = message->kind() == mcp::Kind::error;
    }
    co_await sink.take(std::move(*message));
}

}  // namespace agenthub
