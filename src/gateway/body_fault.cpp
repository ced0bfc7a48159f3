// Reading JSON bodies, and saying what is wrong with them.
// Pure functions.

#include "gateway/body_fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"
#include "mcp/json_cursor.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_scan.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";  // RFC 8259 section 2

Document place(const char* name) {
    Document loc = Document::array();
    loc.push_back("body");
    loc.push_back(name);
    return loc;
}

Document body_itself() {
    Document loc = Document::array();
    loc.push_back("body");
    return loc;
}

// Where the text stops being JSON, if it does. Beside the grammar the depth is checked: what is sent back becomes a
// tree, which is copied and written by functions that call themselves.
std::optional<std::size_t> broken_at(std::string_view body) {
    const mcp::ScannerLease scanner;
    if (!scanner->index(body))
        return 0;
    mcp::JsonCursor cursor(body, *scanner);
    mcp::Span all;
    if (cursor.skip_value(all) && cursor.at_end())
        return std::nullopt;
    return cursor.position();
}

std::string dumped(const Document& value) {
    return value.dump(-1, ' ', false, Document::error_handler_t::replace);
}

HttpReply refusal_of(const std::vector<Document>& faults) {
    Document out;
    out["detail"] = faults;
    HttpReply reply;
    reply.status = 422;
    reply.body = dumped(out);
    return reply;
}

Document fault_of(std::string_view type, Document loc, std::string_view msg, Document input) {
    Document fault;
    fault["type"] = type;
    fault["loc"] = std::move(loc);
    fault["msg"] = msg;
    fault["input"] = std::move(input);
    return fault;
}

// What is sent back of a value. Only a short one becomes a tree: an object of many members is put together in quadratic
// time, and what a tree cannot hold (a lone surrogate, 1e999) is shown as text.
Document shown(std::string_view token) {
    if (token.size() > BodyReader::kMaxInput)
        return clip(token, BodyReader::kMaxInput);
    auto value = Document::parse(token, nullptr, false);
    if (!value.is_discarded())
        return value;
    return token.starts_with('"') ? mcp::unescape(token) : std::string(token);
}

bool is_integer(const std::string& text) {
    std::int32_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    return ec == std::errc() && end == text.data() + text.size();
}

std::optional<bool> truth_of(std::string_view token) {
    constexpr std::array<std::string_view, 6> kTrue{"1", "true", "t", "yes", "y", "on"};
    constexpr std::array<std::string_view, 6> kFalse{"0", "false", "f", "no", "n", "off"};
    if (token == "true" || token == "false")
        return token == "true";
    std::string word;
    if (token.starts_with('"'))
        word = mcp::unescape(token);
    else if (mcp::is_json_integer(token))
        word = token;
    const auto is = [&word](std::string_view one) { return iequals(one, word); };
    if (std::any_of(kTrue.begin(), kTrue.end(), is))
        return true;
    if (std::any_of(kFalse.begin(), kFalse.end(), is))
        return false;
    return std::nullopt;
}

}  // namespace

BodyReader::BodyReader(std::string_view body) {
    if (body.empty()) {
        add("missing", body_itself(), "Field required", nullptr);
        return;
    }
    if (const auto broken = broken_at(body)) {
        Document loc = body_itself();
        loc.push_back(*broken);
        add("json_invalid", std::move(loc), "JSON decode error", Document::object());
        return;
    }
    const auto begin = body.find_first_not_of(kBlanks);
    body_ = body.substr(begin, body.find_last_not_of(kBlanks) + 1 - begin);
    is_object_ = body_.starts_with('{');
    if (!is_object_)
        add("model_attributes_type", body_itself(),
            "Input should be a valid dictionary or object to extract fields from", shown(body_));
}

std::optional<std::string> BodyReader::text(const char* name, bool required) {
    const auto token = find(name, required);
    if (!token)
        return std::nullopt;
    if (token->starts_with('"'))
        return mcp::unescape(*token);
    add("string_type", place(name), "Input should be a valid string", shown(*token));
    return std::nullopt;
}

std::optional<bool> BodyReader::truth(const char* name) {
    const auto token = find(name, false);
    if (!token)
        return std::nullopt;
    if (const auto truth = truth_of(*token))
        return truth;
    const bool may_mean_one = std::string_view("{[tfn").find(token->front()) == std::string_view::npos;
    add(may_mean_one ? "bool_parsing" : "bool_type", place(name),
        may_mean_one ? "Input should be a valid boolean, unable to interpret input" : "Input should be a valid boolean",
        shown(*token));
    return std::nullopt;
}

std::optional<std::vector<std::string_view>> BodyReader::list(const char* name, bool required) {
    const auto token = find(name, required);
    if (!token)
        return std::nullopt;
    if (token->starts_with('['))
        return mcp::elements_of(*token);
    add("list_type", place(name), "Input should be a valid list", shown(*token));
    return std::nullopt;
}

bool BodyReader::is_within(const char* name, std::string_view token, double value, double min, double max) {
    const bool is_small = value < min;
    if (!is_small && value <= max)
        return true;
    const std::string bound = Document(is_small ? min : max).dump();
    add(is_small ? "greater_than_equal" : "less_than_equal", place(name),
        (is_small ? "Input should be greater than or equal to " : "Input should be less than or equal to ") + bound,
        shown(token));
    return false;
}

std::optional<std::int64_t> BodyReader::integer(const char* name, std::int64_t min, std::int64_t max) {
    const auto token = find(name, false);
    if (!token)
        return std::nullopt;
    const auto value = mcp::is_json_integer(*token) ? mcp::to_int64(*token) : std::nullopt;
    if (!value) {
        add("int_type", place(name), "Input should be a valid integer", shown(*token));
        return std::nullopt;
    }
    const bool fits =
        is_within(name, *token, static_cast<double>(*value), static_cast<double>(min), static_cast<double>(max));
    return fits ? value : std::nullopt;
}

std::optional<double> BodyReader::number(const char* name, double min, double max) {
    const auto token = find(name, false);
    if (!token)
        return std::nullopt;
    const auto value = mcp::to_double(*token);
    if (!value) {
        add("float_type", place(name), "Input should be a valid number", shown(*token));
        return std::nullopt;
    }
    return is_within(name, *token, *value, min, max) ? value : std::nullopt;
}

void BodyReader::value_fault(const char* name, const std::string& why, const std::string& value) {
    add("value_error", place(name), "Value error, " + why, clip(value, kMaxInput));
}

HttpReply BodyReader::refusal() const {
    return refusal_of(faults_);
}

std::string BodyReader::summary() const {
    std::string out;
    for (const Document& fault : faults_) {
        const Document& loc = fault["loc"];
        out += out.empty() ? "" : "; ";
        out += loc.size() > 1 ? loc.back().dump() + ": " : std::string();
        out += fault["msg"].get<std::string>();
    }
    return out;
}

void BodyReader::fault(std::string_view type, const std::string& name, std::string_view message,
                       std::string_view found) {
    add(type, place(name.c_str()), message, found.empty() ? Document() : shown(found));
}

std::optional<std::string_view> BodyReader::find(const char* name, bool required) {
    if (!is_object_)
        return std::nullopt;
    const auto token = mcp::member(body_, name);
    if (!token.empty() && (required || token != "null"))
        return token;
    if (required)
        add("missing", place(name), "Field required", shown(body_));
    return std::nullopt;
}

void BodyReader::add(std::string_view type, Document loc, std::string_view msg, Document input) {
    faults_.push_back(fault_of(type, std::move(loc), msg, std::move(input)));
}

std::optional<HttpReply> refuse_query(const HttpRequest& request, std::initializer_list<std::string_view> integers) {
    std::vector<Document> faults;
    for (const std::string_view name : integers) {
        const auto value = request.query_value(name);
        if (!value || is_integer(*value))
            continue;
        faults.push_back(fault_of("int_parsing", Document::array({"query", name}),
                                  "Input should be a valid integer, unable to parse string as an integer",
                                  clip(*value, BodyReader::kMaxInput)));
    }
    if (faults.empty())
        return std::nullopt;
    return refusal_of(faults);
}

}  // namespace agenthub
