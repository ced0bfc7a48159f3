// The live stream of the activity: each committed row as an event, to whoever listens.
// Owned by the gateway.

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "base/redactor.hpp"
#include "gateway/activity_params.hpp"
#include "gateway/activity_routes.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/error_reply.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

constexpr std::int64_t kRowsAtOnce = 200;
// How often it is looked whether rows have come, and whether a slow reader has made room.
constexpr Duration kLookForRows{100};
// A reader of live rows that makes no room for so long loses what has come meanwhile.
constexpr Duration kPatience{2000};

std::string row_event(const ActivityEntry& entry) {
    std::string json;
    append_json(json, entry);
    redact_json(json);
    return "id: " + std::to_string(entry.row) + "\nevent: activity\ndata: " + json + "\n\n";
}

std::string lost_event(std::int64_t position, std::int64_t rows) {
    return "id: " + std::to_string(position) + "\nevent: lost\ndata: {\"rows\":" + std::to_string(rows) + "}\n\n";
}

// The row of a Last-Event-ID; nullopt when it is none of ours.
std::optional<std::int64_t> row_of(std::string_view text) {
    std::int64_t row = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), row);
    if (ec != std::errc() || end != text.data() + text.size() || row < 0)
        return std::nullopt;
    return row;
}

// One of those who listen, for as long as this lives.
class Place {
public:
    explicit Place(std::size_t& all) : all_(all) { ++all_; }
    ~Place() { --all_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

private:
    std::size_t& all_;
};

}  // namespace

struct ActivityRoutes::Listener {
    Listener(ActivityQuery q, std::shared_ptr<EventStream> s, std::int64_t from, std::int64_t now)
        : query(std::move(q)), stream(std::move(s)), position(from), live_from(now) {}

    ActivityQuery query;
    std::shared_ptr<EventStream> stream;  // the connection that writes it is the other owner
    std::int64_t position;                // of the last row that was looked at
    std::int64_t live_from;               // rows up to here were there before: whoever asks for them gets them all
};

awaitable<void> ActivityRoutes::listen(HttpRequest& request, HttpResponder& responder) {
    auto refusal = refuse_query(request, {"status_min", "status_max"});
    auto query = read_activity_query(request);
    const std::string_view last_event = request.header(mcp::header::last_event_id);
    const auto resumed = row_of(last_event);
    if (!refusal && !query)
        refusal = detail_reply(422, query.error().message);
    if (!refusal && !last_event.empty() && !resumed)
        refusal = detail_reply(400, "the Last-Event-ID is none of this stream; leave it out to begin with new rows");
    if (!refusal && streams_ >= limits_.activity_streams)
        refusal = detail_reply(503, "too many clients follow the activity already (limits.activity_streams is " +
                                        std::to_string(limits_.activity_streams) + "); close one, or raise the limit");
    if (refusal) {
        co_await refuse(request, responder, std::move(*refusal));
        co_return;
    }
    const Place place(streams_);
    const auto newest = co_await activity_.last_row();
    if (!newest) {
        const Error error = newest.error();
        auto reply = detail_reply(mapping_of(error.code).http_status, error.message);
        co_await refuse(request, responder, std::move(reply));
        co_return;
    }
    std::int64_t from = *newest;
    if (resumed)
        from = std::min(*resumed, *newest);
    else if (query->since)
        from = 0;
    const auto stream = std::make_shared<EventStream>(executor_, limits_.stream_queue_bytes, WhenFull::drop);
    Listener listener(std::move(*query), stream, from, *newest);
    stream->push_events("id: " + std::to_string(from) + "\nevent: open\nretry: 1000\ndata: {}\n\n");
    if (request.verb == http::verb::head)
        stream->finish();
    responder.watch_for_close(stream);
    responder.start_stream(stream);
    co_await tell(listener);
    co_await responder.stream_ended();
    recorder_.plain({request, responder.status(), responder.body_bytes(), {}, {}, {}, {}, {}});
}

bool ActivityRoutes::is_over(const Listener& listener) const {
    return draining_ || listener.stream->ended();
}

// Until the client has gone, or the database answers no more: then the client comes back, and tells where it was.
awaitable<void> ActivityRoutes::tell(Listener& listener) {
    SteadyTimer pause(executor_);
    std::int64_t seen = -1;
    while (!is_over(listener)) {
        const std::int64_t committed = activity_.counters().committed;
        if (committed == seen) {
            pause.expires_after(kLookForRows);
            co_await pause.async_wait(use_awaitable);
            continue;
        }
        const auto rows = co_await activity_.slice(listener.query, listener.position, INT64_MAX, kRowsAtOnce);
        if (!rows && rows.error().code == errc::busy) {
            pause.expires_after(kLookForRows);
            co_await pause.async_wait(use_awaitable);
            continue;
        }
        if (!rows)
            break;
        bool has_room = true;
        for (const ActivityEntry& entry : rows->entries) {
            auto event = row_event(entry);
            has_room = co_await push(listener, std::move(event));
            if (!has_room)
                break;
            listener.position = entry.row;
        }
        if (!has_room) {
            co_await pass_over(listener, 0);
            continue;
        }
        listener.position = rows->position;
        if (rows->done)
            seen = committed;
    }
    listener.stream->finish();
}

// Waits for room: for as long as it takes for rows that were there before, for kPatience otherwise. False: there is
// none.
awaitable<bool> ActivityRoutes::push(Listener& listener, std::string events) {
    SteadyTimer pause(executor_);
    const bool is_live = listener.position >= listener.live_from;
    const Deadline until = is_live ? Deadline::after(kPatience) : Deadline();
    Duration wait{1};  // one who reads makes room soon
    while (!is_over(listener)) {
        if (listener.stream->offer_events(events))
            co_return true;
        if (until.expired())
            co_return false;
        pause.expires_after(wait);
        wait = std::min(wait * 2, kLook);
        co_await pause.async_wait(use_awaitable);
    }
    co_return true;
}

// Counts what matches up to now instead of sending it, waits until the reader has room for that number, and goes on
// behind it.
awaitable<void> ActivityRoutes::pass_over(Listener& listener, std::int64_t lost) {
    SteadyTimer pause(executor_);
    while (!is_over(listener)) {
        const auto rows = co_await activity_.slice(listener.query, listener.position, INT64_MAX, kRowsAtOnce);
        if (rows) {
            lost += static_cast<std::int64_t>(rows->entries.size());
            listener.position = rows->position;
        }
        const bool is_at_end = rows && rows->done;
        if (is_at_end && listener.stream->offer_events(lost_event(listener.position, lost)))
            co_return;
        if (rows && !rows->done)
            continue;
        pause.expires_after(kLook);
        co_await pause.async_wait(use_awaitable);
    }
}

}  // namespace agenthub
