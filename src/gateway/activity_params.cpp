// The filters of the activity: query parameters of its routes, arguments of the hub's tool.
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

// Reads filters one by one; of those that are wrong the first is told.
class FilterReader {
public:
    FilterReader(const FilterText& text_of, std::string_view what) : text_of_(text_of), what_(what) {}

    std::optional<std::string> text(std::string_view name) const { return text_of_(name); }

    // Takes an integer into `out` when it is there.
    template <class Number>
    void take_number(std::string_view name, Number& out) {
        const auto text = text_of_(name);
        if (!text)
            return;
        std::int64_t value = 0;
        const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (ec != std::errc() || end != text->data() + text->size() || value > INT32_MAX || value < INT32_MIN)
            return fail(name, " must be an integer");
        out = static_cast<int>(value);
    }

    // Takes a point in time into `out` when it is there.
    void take_time(std::string_view name, std::optional<std::int64_t>& out) {
        const auto text = text_of_(name);
        if (!text)
            return;
        const auto at = read_time(*text, unix_ms_now());
        if (!at)
            return fail(name, ": " + at.error().message);
        out = *at;
    }

    void fail(std::string_view name, const std::string& why) {
        if (fault_.empty())
            fault_ = "the " + std::string(what_) + " '" + std::string(name) + "'" + why;
    }
    const std::string& fault() const noexcept { return fault_; }

private:
    const FilterText& text_of_;
    std::string_view what_;
    std::string fault_;
};

void check_words(const ActivityQuery& query, FilterReader& reader) {
    if (query.error && error_words(*query.error).empty())
        reader.fail("error", " has no word to look for; write some, such as error=connection refused");
    static constexpr std::array kOutcomes{Outcome::ok,        Outcome::error,   Outcome::tool_error, Outcome::failed,
                                          Outcome::cancelled, Outcome::refused, Outcome::overflow};
    std::string names;
    for (const Outcome outcome : kOutcomes) {
        if (!query.outcome || *query.outcome == to_string(outcome))
            return;
        names.append(names.empty() ? "" : ", ").append(to_string(outcome));
    }
    reader.fail("outcome", " must be one of " + names);
}

FilterText parameters_of(const HttpRequest& request) {
    return [&request](std::string_view name) { return request.query_value(name); };
}

constexpr std::string_view kParameter = "query parameter";

}  // namespace

result<ActivityQuery> read_activity_query(const FilterText& text_of, std::string_view what) {
    FilterReader reader(text_of, what);
    ActivityQuery query;
    query.method = reader.text("method");
    query.client_id = reader.text("client_id");
    query.request_id = reader.text("request_id");
    query.server = reader.text("server");
    query.tool = reader.text("tool");
    query.outcome = reader.text("outcome");
    query.error = reader.text("error");
    reader.take_number("status_min", query.status_min);
    reader.take_number("status_max", query.status_max);
    reader.take_number("limit", query.limit);
    reader.take_number("offset", query.offset);
    reader.take_time("since", query.since);
    reader.take_time("until", query.until);
    check_words(query, reader);
    if (!reader.fault().empty())
        return Error(errc::invalid_request, reader.fault());
    query.limit = std::clamp<std::int64_t>(query.limit, 1, kMaxPage);
    query.offset = std::max<std::int64_t>(query.offset, 0);
    return query;
}

result<ActivityQuery> read_activity_query(const HttpRequest& request) {
    return read_activity_query(parameters_of(request), kParameter);
}

result<int> read_days(const HttpRequest& request) {
    const FilterText text_of = parameters_of(request);
    FilterReader reader(text_of, kParameter);
    int days = 30;
    reader.take_number("days", days);
    if (!reader.fault().empty())
        return Error(errc::invalid_request, reader.fault());
    if (days < 1)
        return Error(errc::invalid_params, "days must be at least 1");
    return days;
}

}  // namespace agenthub
