// The query parameters of the activity routes.
// Pure functions.

#include "gateway/activity_params.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "activity/error_words.hpp"
#include "activity/record.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"

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

// Takes a point in time into `out` when it is there.
result<void> take_time(const HttpRequest& request, std::string_view name, std::optional<std::int64_t>& out) {
    const auto text = request.query_value(name);
    if (!text)
        return {};
    const auto at = read_time(*text, unix_ms_now());
    if (!at)
        return Error(errc::invalid_request, "the query parameter '" + std::string(name) + "': " + at.error().message);
    out = *at;
    return {};
}

result<void> check_words(const ActivityQuery& query) {
    if (query.error && error_words(*query.error).empty())
        return Error(
            errc::invalid_request,
            "the query parameter 'error' has no word to look for; write some, such as error=connection refused");
    static constexpr std::array kOutcomes{Outcome::ok,        Outcome::error,   Outcome::tool_error, Outcome::failed,
                                          Outcome::cancelled, Outcome::refused, Outcome::overflow};
    std::string names;
    for (const Outcome outcome : kOutcomes) {
        if (!query.outcome || *query.outcome == to_string(outcome))
            return {};
        names.append(names.empty() ? "" : ", ").append(to_string(outcome));
    }
    return Error(errc::invalid_request, "the query parameter 'outcome' must be one of " + names);
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
    query.error = request.query_value("error");
    for (const auto& taken :
         {take_number(request, "status_min", query.status_min), take_number(request, "status_max", query.status_max),
          take_number(request, "limit", query.limit), take_number(request, "offset", query.offset),
          take_time(request, "since", query.since), take_time(request, "until", query.until), check_words(query)})
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
