// Reading JSON bodies, and saying what is wrong with them.
// Pure functions.

#include "gateway/body_fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"
#include "mcp/json_cursor.hpp"
#include "mcp/json_scan.hpp"

namespace agenthub {
namespace {

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

// Where the text stops being JSON, if it does. Beside the grammar the depth is checked: a tree is copied and written by
// functions that call themselves.
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
    std::string text = dumped(input);
    fault["input"] =
        text.size() <= BodyReader::kMaxInput ? std::move(input) : Document(clip(text, BodyReader::kMaxInput));
    return fault;
}

bool is_integer(const std::string& text) {
    std::int32_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    return ec == std::errc() && end == text.data() + text.size();
}

std::optional<bool> truth_of(const Document& value) {
    constexpr std::array<std::string_view, 6> kTrue{"1", "true", "t", "yes", "y", "on"};
    constexpr std::array<std::string_view, 6> kFalse{"0", "false", "f", "no", "n", "off"};
    if (value.is_boolean())
        return value.get<bool>();
    std::string word;
    if (value.is_string())
        word = value.get<std::string>();
    else if (value.is_number_integer())
        word = dumped(value);
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
    body_ = Document::parse(body, nullptr, false);
    is_object_ = body_.is_object();
    if (!is_object_)
        add("model_attributes_type", body_itself(),
            "Input should be a valid dictionary or object to extract fields from", body_);
}

std::optional<std::string> BodyReader::text(const char* name, bool required) {
    const Document* value = find(name, required);
    if (value == nullptr)
        return std::nullopt;
    if (value->is_string())
        return value->get<std::string>();
    add("string_type", place(name), "Input should be a valid string", *value);
    return std::nullopt;
}

std::optional<bool> BodyReader::truth(const char* name) {
    const Document* value = find(name, false);
    if (value == nullptr)
        return std::nullopt;
    if (const auto truth = truth_of(*value))
        return truth;
    const bool may_mean_one = value->is_string() || value->is_number();
    add(may_mean_one ? "bool_parsing" : "bool_type", place(name),
        may_mean_one ? "Input should be a valid boolean, unable to interpret input" : "Input should be a valid boolean",
        *value);
    return std::nullopt;
}

void BodyReader::value_fault(const char* name, const std::string& why, const std::string& value) {
    add("value_error", place(name), "Value error, " + why, value);
}

HttpReply BodyReader::refusal() const {
    return refusal_of(faults_);
}

const Document* BodyReader::find(const char* name, bool required) {
    if (!is_object_)
        return nullptr;
    const auto member = body_.find(name);
    if (member != body_.end() && (required || !member->is_null()))
        return &*member;
    if (required)
        add("missing", place(name), "Field required", body_);
    return nullptr;
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
                                  "Input should be a valid integer, unable to parse string as an integer", *value));
    }
    if (faults.empty())
        return std::nullopt;
    return refusal_of(faults);
}

}  // namespace agenthub
