// More tools of the built-in server hub, of somebody who makes calls for them.
// Declared by the hub; implemented by HubCalls.

#pragma once

#include <string>
#include <string_view>

#include "bridge/exchange.hpp"

namespace agenthub {

class HubToolset {
public:
    virtual ~HubToolset() = default;

    // The entries of tools/list, JSON texts separated by commas; empty for none.
    virtual std::string entries() const = 0;
    virtual bool has(std::string_view tool) const = 0;
    // One tools/call: the result object, JSON text. `arguments` is JSON text of an object. Errors are those of the call
    // and not of what the tool does: errc::busy, errc::cancelled, errc::invalid_params.
    virtual awaitable<result<std::string>> call(Exchange& exchange, std::string tool, std::string arguments) = 0;
    // Ends what the call is waiting for. Unknown exchanges are ignored.
    virtual void cancel(Exchange& exchange) = 0;
};

}  // namespace agenthub
