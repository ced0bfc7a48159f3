// The query parameters of the activity routes.
// Pure functions.

#pragma once

#include "activity/query.hpp"
#include "base/error.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

// GET /audit/activity and what has the same filters. A limit above kMaxPage is taken for kMaxPage. Errors:
// errc::invalid_request for what is no number, time or outcome, naming the parameter.
result<ActivityQuery> read_activity_query(const HttpRequest& request);

// POST /audit/activity/cleanup: days, 30 when absent. Errors: errc::invalid_request when it is no number,
// errc::invalid_params below 1.
result<int> read_days(const HttpRequest& request);

}  // namespace agenthub
