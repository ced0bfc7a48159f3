// What a call's server is told in other words than the client's: a prompt that was made better on the way, or arguments
// that a hook has changed.
// A value, owned by the exchange of the call.

#pragma once

#include <string>

#include "mcp/span.hpp"

namespace agenthub {

struct Rewording {
    std::string client;     // whose rule applies
    bool wished = false;    // the prompt may have to be enhanced
    bool asked = false;     // by the client, for this call
    mcp::Span at;           // of the request's text: the argument, with its quotes
    std::string words;      // what stands there for the server, JSON text; empty: the client's own
    std::string note;       // for the result's _meta, JSON text; empty: nothing was tried
    std::string arguments;  // not empty: all of them as the server gets them, JSON text of an object; `at` and `words`
                            // mean nothing then
};

}  // namespace agenthub
