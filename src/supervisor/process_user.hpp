// Whom a process of a server works for.
// A value.

#pragma once

#include <string>

#include "bridge/handshake.hpp"

namespace agenthub {

// Who uses a process, and what it hears of that client in its handshake.
struct ProcessUser {
    std::string owner;  // see ServerSlot::owner_of()
    Introduction introduction;
};

}  // namespace agenthub
