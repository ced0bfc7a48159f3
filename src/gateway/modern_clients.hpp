// What clients of the modern era say of themselves, read once: each request says it anew, and always the same.
// Owned by the modern endpoint.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mcp/modern_request.hpp"

namespace agenthub {

class ModernClients {
public:
    struct Facts {
        std::string name;         // clientInfo.name as an identity, clipped; empty: it has none
        bool can_answer = false;  // it has declared a capability by which a server may ask it something
    };
    // Kinds of client that are remembered; another one takes the place of the oldest.
    static constexpr std::size_t kKinds = 32;
    // Longer texts than this are read each time.
    static constexpr std::size_t kLongest = 4096;

    // What the members of _meta say. Holds until the next call.
    const Facts& of(const mcp::ModernMeta& meta);

private:
    struct Kind {
        std::string capabilities;
        std::string client_info;
        Facts facts;
    };
    std::vector<Kind> kinds_;
    std::size_t next_ = 0;
    Facts last_;  // of texts that are too long
};

}  // namespace agenthub
