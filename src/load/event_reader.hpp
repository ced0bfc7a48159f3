// Reads the events of a response that does not end: the stream of the HTTP+SSE transport.
// Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace agenthub::load {

class EventReader {
public:
    struct Event {
        std::string name;  // empty: a message
        std::string data;
    };

    // Takes what has come. False: it is no event stream, see fault().
    bool feed(std::string_view bytes);
    // The next event that is whole. False: there is none yet.
    bool next(Event& out);

    const std::string& fault() const noexcept { return fault_; }

private:
    bool take_head();
    bool take_chunks();
    bool fail(std::string why);

    std::string input_;   // of the response, not yet understood
    std::string events_;  // its body, as far as it is not taken
    bool has_head_ = false;
    bool chunked_ = false;
    std::string fault_;
};

}  // namespace agenthub::load
