// What a reload tells an HTTP client.
// Pure functions.

#pragma once

#include "gateway/config_control.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

// 200 with what has changed, or 400 with every fault.
HttpReply reload_reply(const ReloadResult& result);

}  // namespace agenthub
