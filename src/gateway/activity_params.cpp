// The query parameters of the activity routes.
// Pure functions.

#include "gateway/activity_params.hpp"

#include <algorithm>
#include <charconv>

namespace agenthub {
namespace {

// Takes an integer parameter into `out` when it is there.
template <class Number>
result<void> take_number(const HttpRequest& request, std::string_view name, Number& out) {
    const auto text = request.query_value(name);
    if (!text)
        return {};
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (ec != std::errc() || end != text->data() + text->size() || value > INT32_MAX || value < INT32_MIN)
        return Error(errc::invalid_request, "the query parameter '" + std::string(name) + "' must be an integer");
    out = static_cast<int>(value);
    return {};
}

}  // namespace

result<ActivityQuery> read_activity_query(const HttpRequest& request) {
    ActivityQuery query;
    query.method = request.query_value("method");
    query.client_id = request.query_value("client_id");
    query.request_id = request.query_value("request_id");
    query.server = request.query_value("server");
    query.tool = request.query_value("tool");
    query.outcome = request.query_value("outcome");
    for (const auto& taken :
         {take_number(request, "status_min", query.status_min), take_number(request, "status_max", query.status_max),
          take_number(request, "limit", query.limit), take_number(request, "offset", query.offset)})
        if (!taken)
            return taken.error();
    query.limit = std::clamp<std::int64_t>(query.limit, 1, kMaxPage);
    query.offset = std::max<std::int64_t>(query.offset, 0);
    return query;
}

result<int> read_days(const HttpRequest& request) {
    int days = 30;
    if (auto taken = take_number(request, "days", days); !taken)
        return taken.error();
    if (days < 1)
        return Error(errc::invalid_params, "days must be at least 1");
    return days;
}

}  // namespace agenthub
