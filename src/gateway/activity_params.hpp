// The filters of the activity: query parameters of its routes, arguments of the hub's tool.
// Pure functions.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "activity/query.hpp"
#include "base/error.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

// The text of a filter by its name; nullopt when it is not there.
using FilterText = std::function<std::optional<std::string>(std::string_view)>;

// All filters, wherever they come from; `what` is what they are called there. A limit above kMaxPage is taken for
// kMaxPage. Errors: errc::invalid_request for what is no number, time or outcome, naming the filter.
result<ActivityQuery> read_activity_query(const FilterText& text_of, std::string_view what);

// Those of GET /audit/activity and what has the same filters.
result<ActivityQuery> read_activity_query(const HttpRequest& request);

// POST /audit/activity/cleanup: days, 30 when absent. Errors: errc::invalid_request when it is no number,
// errc::invalid_params below 1.
result<int> read_days(const HttpRequest& request);

}  // namespace agenthub
