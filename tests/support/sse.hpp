// Parses an event stream (WHATWG HTML 9.2) as it arrives.
// Owned by whoever reads the stream.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace agenthub::test {

struct SseEvent {
    std::string id;
    bool has_id = false;
    std::string name = "message";
    std::string data;
    bool has_data = false;  // an empty `data:` counts: the priming event has one
    std::string retry;
};

class SseParser {
public:
    // The events completed by these bytes. Lines end with \n, \r\n or \r; an \r at the end of a chunk waits for the
    // next.
    std::vector<SseEvent> feed(std::string_view bytes);

    // Comment lines seen so far (heartbeats).
    int comments() const noexcept { return comments_; }

private:
    void take_line(std::string_view line, std::vector<SseEvent>& out);

    std::string buffer_;
    SseEvent event_;
    bool anything_ = false;
    int comments_ = 0;
};

}  // namespace agenthub::test
