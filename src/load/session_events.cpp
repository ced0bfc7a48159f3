// The HTTP+SSE transport (2024-11-05): a request is accepted by its POST, and answered on the stream.
// Part of Session.

#include <utility>

#include "load/raw_json.hpp"
#include "load/session.hpp"

namespace agenthub::load {
namespace {

// Where to POST to: the path of what may be a whole URL.
std::string_view path_of(std::string_view endpoint) {
    const std::size_t authority = endpoint.find("://");
    if (authority == std::string_view::npos)
        return endpoint;
    const std::size_t slash = endpoint.find('/', authority + 3);
    return slash == std::string_view::npos ? "/" : endpoint.substr(slash);
}

}  // namespace

Session::Event Session::take_events() {
    if (!stream_.is_open())
        return broken("the stream of the session has ended");
    if (!stream_.exchange())
        return broken("stream: " + stream_.fault());
    const std::string came = std::exchange(stream_.input, {});
    if (!events_.feed(came))
        return broken(events_.fault());
    EventReader::Event event;
    while (events_.next(event)) {
        if (event.name == "endpoint" && state_ == State::opening) {
            set_path(path_of(event.data));
            state_ = State::initializing;
            send("POST", initialize_request());
        } else if (event.name.empty()) {
            on_message(event.data);
        }
    }
    const bool is_over = stream_.peer_closed() && answer_.empty();
    if (is_over)
        stream_.close();
    return is_over ? broken("the stream of the session has ended") : on_both();
}

void Session::on_message(const std::string& data) {
    if (!answer_.empty())
        return;
    heard_.append("data: ").append(data).append("\n\n");
    const std::string_view id = raw_member(data, "id");
    const bool is_answer = raw_member(data, "method").empty() && !id.empty();
    if (is_answer && state_ == State::calling)
        latency_ = Clock::now() - intended_;
    if (is_answer)
        answer_ = data;
}

Session::Event Session::on_accepted(const HttpResponse& response) {
    if (response.status / 100 != 2)
        return broken("the request was not accepted: HTTP " + std::to_string(response.status) + " " +
                      std::string(response.body.substr(0, 200)));
    accepted_ = true;
    return on_both();
}

// The POST may have its 202 before or after the answer.
Session::Event Session::on_both() {
    if (!accepted_ || answer_.empty())
        return Event::none;
    if (state_ == State::initializing)
        return on_initialized(200, answer_, {});
    if (state_ != State::calling)
        return Event::none;
    fault_ = call_->check(200, options_.sse ? heard_ : answer_, options_.sse);
    state_ = State::idle;
    return Event::answered;
}

}  // namespace agenthub::load
