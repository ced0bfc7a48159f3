// The routes of the activity: pages, statistics, deleting, the export and the live stream.
// Owned by the gateway.

#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "activity/service.hpp"
#include "config/config.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/event_stream.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/router.hpp"

namespace agenthub {

class ActivityRoutes {
public:
    // `limits`: activity_streams and stream_queue_bytes count, of whatever is there when a stream is opened.
    ActivityRoutes(ActivityService& activity, const Limits& limits, CallRecorder& recorder, Executor executor)
        : activity_(activity), limits_(limits), recorder_(recorder), executor_(executor) {}

    // Those that answer with a document.
    awaitable<HttpReply> serve(const Route& route, const HttpRequest& request);
    // The export and the stream, which write and record themselves.
    awaitable<void> serve_rows(const Route& route, HttpRequest& request, HttpResponder& responder);

    // Ends the streams, each in a moment: their clients come back to the next daemon. Exports go on.
    void drain() noexcept { draining_ = true; }

private:
    struct Listener;
    // Which rows, up to which, and how.
    struct Export {
        ActivityQuery query;
        std::int64_t last = 0;
        bool as_csv = false;
    };

    awaitable<HttpReply> list(const HttpRequest& request);
    awaitable<HttpReply> stats();
    awaitable<HttpReply> clear();
    awaitable<HttpReply> clean(const HttpRequest& request);
    awaitable<void> write_export(HttpRequest& request, HttpResponder& responder);
    awaitable<void> write_rows(HttpRequest& request, HttpResponder& responder, const Export& what,
                               result<ActivitySlice> rows);
    awaitable<void> listen(HttpRequest& request, HttpResponder& responder);
    bool is_over(const Listener& listener) const;
    awaitable<void> tell(Listener& listener);
    awaitable<bool> push(Listener& listener, std::string events);
    awaitable<void> pass_over(Listener& listener, std::int64_t lost);
    awaitable<void> refuse(HttpRequest& request, HttpResponder& responder, HttpReply reply);

    ActivityService& activity_;
    const Limits& limits_;
    CallRecorder& recorder_;
    Executor executor_;
    std::size_t streams_ = 0;  // that are open
    bool draining_ = false;
};

}  // namespace agenthub
