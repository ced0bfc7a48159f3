// What a call's server is told in other words than the client's: a prompt that was made better on the way.
// A value, owned by the exchange of the call.

#pragma once

#include <string>

#include "mcp/span.hpp"

namespace agenthub {

struct Rewording {
    std::string client;  // whose rule applies
    bool asked = false;  // by the client, for this call
    mcp::Span at;        // of the request's text: the argument, with its quotes
    std::string words;   // what stands there for the server, JSON text; empty: the client's own
    std::string note;    // for the result's _meta, JSON text; empty: nothing was tried
};

}  // namespace agenthub
