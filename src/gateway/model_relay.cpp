// Passing requests on to Ollama.
// Owned by the gateway.

#include "gateway/model_relay.hpp"

#include <optional>
#include <utility>

#include "base/race.hpp"
#include "base/text.hpp"
#include "enhance/chat_prompt.hpp"
#include "gateway/enhance_routes.hpp"
#include "gateway/ollama_routes.hpp"

namespace agenthub {
namespace {

// As servers say it of a client that did not wait for its answer.
constexpr unsigned kClientLeft = 499;

// Until the client is gone. While it still sends, no read tells of that: what it has sent may wait for Ollama, or for a
// place there.
awaitable<void> watch_client(HttpRequest& request, HttpResponder& responder) {
    const auto executor = co_await asio::this_coro::executor;
    SteadyTimer pause(executor);
    while (request.rest != nullptr && !request.rest->is_over() && !responder.client_is_gone()) {
        pause.expires_after(kLook);
        co_await pause.async_wait(use_awaitable);
    }
    co_await responder.client_leaves();
}

bool is_chat(std::string_view target) {
    const std::string_view path = target.substr(0, target.find('?'));
    return path == "/api/chat" || path == "/v1/chat/completions";
}

}  // namespace

struct ModelRelay::Course {
    std::optional<Error> failure;  // of Ollama, or of the way there
    bool left = false;             // by the client
    bool cut = false;              // by the end of AgentHub
    char last = '\n';              // byte of the body that was written
};

awaitable<void> ModelRelay::pass(ModelPassage passage) {
    Course course;
    auto work = carry(passage, course);
    auto watch = watch_client(passage.request, passage.responder);
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    bool ended = false;
    try {
        ended = co_await ends_before(std::move(work), std::move(watch));
    } catch (const boost::system::system_error&) {
        course.cut = cancelled.cancelled() != asio::cancellation_type::none;
        if (course.cut)
            record(passage, course);
        throw;
    }
    // What breaks the work off may also let it end in order.
    course.cut = cancelled.cancelled() != asio::cancellation_type::none;
    if (!ended) {
        course.left = true;
        passage.responder.close_after_reply();
    }
    record(passage, course);
}

awaitable<void> ModelRelay::carry(ModelPassage& passage, Course& course) {
    OutboundRequest out;
    out.method = passage.request.verb_text;
    out.target = passage.target;
    out.fields = fields_for_model(passage.request);
    if (has_dot_segments(out.target.substr(0, out.target.find('?')))) {
        course.failure.emplace(errc::invalid_request, "'.' and '..' have no place in this path");
        co_await refuse(passage, course);
        co_return;
    }
    co_await take_body(passage, out);
    auto opened = co_await ollama_.open_stream(std::move(out), passage.client);
    if (opened) {
        co_await give_body(passage, *opened, course);
        co_return;
    }
    course.failure = opened.error();
    course.left = course.failure->code == errc::cancelled;
    if (!course.left)
        co_await refuse(passage, course);
}

awaitable<void> ModelRelay::refuse(ModelPassage& passage, const Course& course) {
    HttpReply reply = model_error_reply(passage.dialect, *course.failure);
    // The client's own: its body did not come in time.
    if (course.failure->code == errc::timeout)
        reply.status = 408;
    // The rest of a long body is not read any more.
    if (passage.request.rest != nullptr)
        passage.responder.close_after_reply();
    co_await passage.responder.send(reply);
}

// The prompt of a chat is made better where all of the body is there. Who leaves meanwhile ends this coroutine.
awaitable<void> ModelRelay::take_body(ModelPassage& passage, OutboundRequest& out) {
    HttpRequest& request = passage.request;
    out.body = std::move(request.body);
    if (passage.may_enhance && request.rest == nullptr && is_chat(passage.target)) {
        std::string client = passage.rule_client;
        if (client.empty())
            client = rule_client_of(request, enhancer_.config());
        out.body = co_await enhance_chat(enhancer_, std::move(client), std::move(out.body));
    }
    out.more = request.rest;
    if (request.rest != nullptr)
        out.length = request.content_length;
}

awaitable<void> ModelRelay::give_body(ModelPassage& passage, ModelStream& stream, Course& course) {
    HttpResponder& responder = passage.responder;
    const std::string lines = lines_for_client(passage.dialect, stream.fields());
    const std::string type(stream.field("Content-Type"));
    // Answered before all of the request's body was taken: the connection has no next request.
    if (passage.request.rest != nullptr && !passage.request.rest->is_over())
        responder.close_after_reply();
    bool writable = co_await responder.begin_body(stream.status(), type, lines, stream.length());
    std::string piece;
    while (writable) {
        const auto n = co_await stream.read(piece);
        if (!n) {
            course.failure = n.error();
            co_await tell_of_break(passage, stream, course);
            co_return;
        }
        if (*n == 0)
            break;
        course.last = piece.back();
        writable = co_await responder.write_piece(piece);
    }
    if (writable)
        co_await responder.end_body();
    course.left = !writable;
}

// In the middle of a stream a status comes too late: each kind of stream has its own way to say it. Any other body just
// ends too early, which its length or its missing last chunk shows; so does one whose bytes are compressed.
awaitable<void> ModelRelay::tell_of_break(ModelPassage& passage, const ModelStream& stream, const Course& course) {
    const std::string_view type = stream.field("Content-Type");
    const bool events = type.starts_with("text/event-stream");
    const std::string_view coding = stream.field("Content-Encoding");
    const bool plain = coding.empty() || iequals(coding, "identity");
    if (!plain || stream.length() || (!events && !type.starts_with("application/x-ndjson"))) {
        passage.responder.close_after_reply();
        co_return;
    }
    const std::string body =
        model_error_body(passage.dialect, 502, course.failure->message, to_string(course.failure->code));
    // What came last may be half a line.
    std::string piece = course.last == '\n' ? "" : "\n";
    piece += events ? "\ndata: " : "";
    piece += body;
    piece += events ? "\n\n" : "\n";
    const bool written = co_await passage.responder.write_piece(piece);
    if (written)
        co_await passage.responder.end_body();
}

void ModelRelay::record(const ModelPassage& passage, const Course& course) {
    const HttpResponder& responder = passage.responder;
    CallRecorder::Plain row{
        passage.request, responder.status(), responder.body_bytes(), {}, "ollama", passage.client, {}, {}};
    if (course.cut) {
        row.why = "AgentHub was stopped before the end";
        row.outcome = Outcome::cancelled;
        if (!responder.replied())
            row.http_status = kClientLeft;
    } else if (course.left) {
        row.why = "the client left before the end";
        row.outcome = Outcome::cancelled;
        if (!responder.replied())
            row.http_status = kClientLeft;
    } else if (course.failure) {
        row.why = course.failure->message;
        // A stream that broke had begun well.
        if (responder.status() < 400)
            row.outcome = Outcome::failed;
    }
    recorder_.plain(row);
}

}  // namespace agenthub
