// Arguments as the schema wants them.
// Pure rules; the hook is owned by its entry of the registry.

#include "hooks/normalize_hook.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/message.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

using Members = std::vector<mcp::JsonMember>;

constexpr std::size_t kLongestNumber = 64;

bool allows(std::string_view type, std::string_view name) {
    if (type.starts_with('"'))
        return mcp::spells(type, name);
    const auto names = mcp::strings_of(type);
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Of text that may be anything: whether it is one number as JSON writes them.
bool is_number(std::string_view text) {
    if (text.empty() || text.size() > kLongestNumber ||
        (text.front() != '-' && (text.front() < '0' || text.front() > '9')))
        return false;
    if (text.find_first_not_of("+-.0123456789eE") != std::string_view::npos)
        return false;
    return mcp::Message::parse(mcp::make_response("0", text)).has_value();
}

std::optional<std::string> from_text(std::string_view value, std::string_view type) {
    std::string text = mcp::unescape(value);
    if (allows(type, "integer") && is_number(text) && mcp::is_json_integer(text))
        return text;
    if (allows(type, "number") && is_number(text))
        return text;
    if (allows(type, "boolean") && (text == "true" || text == "false"))
        return text;
    return std::nullopt;
}

// The value in the type that is asked for; nullopt: it has it, or cannot have it without meaning something else.
std::optional<std::string> coerced(std::string_view value, std::string_view type) {
    if (type.empty() || value.empty())
        return std::nullopt;
    if (value.front() == '"')
        return allows(type, "string") ? std::nullopt : from_text(value, type);
    const bool is_truth = value == "true" || value == "false";
    const bool is_a_number = value.front() == '-' || (value.front() >= '0' && value.front() <= '9');
    const bool wants_text = allows(type, "string");
    const bool has_it = is_truth ? allows(type, "boolean") : allows(type, "number") || allows(type, "integer");
    if (!wants_text || has_it || (!is_truth && !is_a_number))
        return std::nullopt;
    return '"' + std::string(value) + '"';
}

// By name, escapes resolved; of several the last one. A tree: clients choose how many arguments there are, and which.
std::map<std::string, std::string_view> by_name(const Members& members) {
    std::map<std::string, std::string_view> out;
    for (const mcp::JsonMember& member : members)
        out.insert_or_assign(mcp::unescape(member.key), member.value);
    return out;
}

void append(std::string& out, std::string_view key, std::string_view value) {
    out.append(out.size() > 1 ? "," : "").append(key).append(":").append(value);
}

class Normalizer {
public:
    Normalizer(std::string_view arguments, std::string_view schema, const BuiltinOptions& options)
        : options_(options),
          properties_(mcp::members_of(mcp::member(schema, "properties"))),
          by_name_(by_name(properties_)),
          given_(mcp::members_of(arguments)),
          closed_(mcp::member(schema, "additionalProperties") != "true") {}

    std::optional<std::string> run() {
        if (properties_.empty())
            return std::nullopt;
        for (const mcp::JsonMember& argument : given_)
            take(argument);
        if (options_.defaults)
            add_defaults();
        if (!changed_)
            return std::nullopt;
        return out_ + "}";
    }

private:
    void take(const mcp::JsonMember& argument) {
        const auto known = by_name_.find(mcp::unescape(argument.key));
        const std::string_view property = known == by_name_.end() ? std::string_view() : known->second;
        if (known != by_name_.end())
            found_.insert(known->first);
        if (property.empty() && options_.drop_unknown && closed_) {
            changed_ = true;
            return;
        }
        std::optional<std::string> better;
        if (options_.coerce && !property.empty())
            better = coerced(argument.value, mcp::member(property, "type"));
        changed_ = changed_ || better.has_value();
        append(out_, argument.key, better ? std::string_view(*better) : argument.value);
    }

    void add_defaults() {
        for (const mcp::JsonMember& property : properties_) {
            const std::string_view value = mcp::member(property.value, "default");
            if (value.empty() || found_.contains(mcp::unescape(property.key)))
                continue;
            changed_ = true;
            append(out_, property.key, value);
        }
    }

    const BuiltinOptions& options_;
    const Members properties_;
    const std::map<std::string, std::string_view> by_name_;  // of the properties
    const Members given_;
    std::set<std::string_view> found_;  // the properties that are given
    const bool closed_;
    bool changed_ = false;
    std::string out_ = "{";
};

}  // namespace

std::optional<std::string> normalized_arguments(std::string_view arguments, std::string_view schema,
                                                const BuiltinOptions& options) {
    return Normalizer(arguments, schema, options).run();
}

result<HookVerdict> NormalizeHook::decide(const HookCall& call) {
    HookVerdict out;
    if (call.method != mcp::method::tools_call)
        return out;
    const auto tool = tools_.find_tool(call.server, call.tool);
    if (!tool)
        return out;
    if (auto better = normalized_arguments(call.arguments, tool->input_schema, options_)) {
        out.action = HookVerdict::Action::change;
        out.text = std::move(*better);
    }
    return out;
}

}  // namespace agenthub
