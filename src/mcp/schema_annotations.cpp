// The walk over a schema.
// Lives for one call.

#include "mcp/schema_annotations.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::string_view kAnnotation = "x-mcp-header";

// Keywords of JSON Schema with schemas in them (draft 2020-12, and "definitions" of older ones): of one or several,
// and of named ones. What stands under other keywords is data.
constexpr std::array<std::string_view, 14> kSchemas{"items",
                                                    "prefixItems",
                                                    "contains",
                                                    "additionalProperties",
                                                    "unevaluatedProperties",
                                                    "unevaluatedItems",
                                                    "propertyNames",
                                                    "oneOf",
                                                    "anyOf",
                                                    "allOf",
                                                    "not",
                                                    "if",
                                                    "then",
                                                    "else"};
constexpr std::array<std::string_view, 4> kNamedSchemas{"patternProperties", "dependentSchemas", "$defs",
                                                        "definitions"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) noexcept {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

std::optional<ParamType> type_of(std::string_view json) {
    constexpr std::array<std::string_view, 4> kNames{"string", "integer", "boolean", "number"};
    if (!json.empty() && json.front() == '"')
        for (std::size_t i = 0; i < kNames.size(); ++i)
            if (spells(json, kNames[i]))
                return static_cast<ParamType>(i);
    return std::nullopt;
}

}  // namespace

ParamHeaders SchemaAnnotations::read() {
    if (!read_schema(true) || !cursor_.at_end()) {
        out_.headers.clear();
        out_.fault = Error(errc::invalid_request, "the tool's inputSchema is not valid JSON");
        return std::move(out_);
    }
    if (out_.fault)
        out_.headers.clear();
    else
        out_.fault = number_fault_;
    return std::move(out_);
}

// One schema; true and false are schemas too, and anything else is none of ours.
bool SchemaAnnotations::read_schema(bool reachable) {
    Span ignored;
    if (cursor_.peek() != '{')
        return cursor_.skip_value(ignored);
    Annotation found;
    if (!cursor_.walk_object([&](Span key) { return read_member(key, reachable, found); }))
        return false;
    if (!found.header.empty())
        take(found, reachable);
    return true;
}

bool SchemaAnnotations::read_member(Span key, bool reachable, Annotation& found) {
    const std::string name = key_of(key);
    if (name == kAnnotation)
        return cursor_.skip_value(found.header);
    if (name == "type")
        return cursor_.skip_value(found.type);
    if (name == "properties")
        return read_named_schemas(reachable);
    if (is_one_of(kNamedSchemas, name))
        return read_named_schemas(false);
    if (is_one_of(kSchemas, name)) {
        path_.push_back("<" + name + ">");
        const bool whole = read_schemas();
        path_.pop_back();
        return whole;
    }
    Span ignored;
    return cursor_.skip_value(ignored);
}

bool SchemaAnnotations::read_named_schemas(bool reachable) {
    Span ignored;
    if (cursor_.peek() != '{')
        return cursor_.skip_value(ignored);
    return cursor_.walk_object([&](Span key) {
        path_.push_back(key_of(key));
        const bool whole = read_schema(reachable);
        path_.pop_back();
        return whole;
    });
}

// One schema or an array of them, none of which can be reached by property names alone.
bool SchemaAnnotations::read_schemas() {
    if (cursor_.peek() != '[')
        return read_schema(false);
    return cursor_.walk_array([this] { return read_schema(false); });
}

void SchemaAnnotations::take(const Annotation& found, bool reachable) {
    const std::string_view header = found.header.of(text_);
    if (!reachable || path_.empty())
        return refuse("stands where plain property names alone do not lead; put it on a property");
    if (header.front() != '"' || !is_token(unescape(header)))
        return refuse("must be a string that can be part of a header's name: letters, digits and !#$%&'*+-.^_`|~");
    const auto type = type_of(found.type.of(text_));
    if (!type)
        return refuse("is for properties of type string, integer or boolean");
    if (*type == ParamType::number && !number_fault_)
        number_fault_ =
            Error(errc::invalid_request,
                  place() + "x-mcp-header is for properties of type string, integer or boolean, not number");
    const std::string field = std::string(header::param_prefix) + unescape(header);
    for (const ParamHeader& other : out_.headers)
        if (iequals(other.field, field))
            return refuse("names the header " + field + ", as another property does; each needs its own");
    out_.headers.push_back({field, path_, *type});
}

// The first fault is told.
void SchemaAnnotations::refuse(std::string why) {
    if (!out_.fault)
        out_.fault = Error(errc::invalid_request, place() + "x-mcp-header " + std::move(why));
}

std::string SchemaAnnotations::key_of(Span key) const {
    return unescape(key.of(text_));
}

std::string SchemaAnnotations::place() const {
    std::string out = "in the tool's inputSchema, at ";
    for (const std::string& name : path_)
        out.append(name).append("/");
    if (path_.empty())
        out += "its top";
    else
        out.pop_back();
    return clip(out, 200) + ": ";
}

}  // namespace agenthub::mcp
