// The rules of JSON-RPC 2.0 envelopes, with ids as MCP restricts them.
// Lives for one call.

#include "mcp/envelope_reader.hpp"

#include "mcp/json_text.hpp"
#include "mcp/look_alike.hpp"
#include "mcp/names.hpp"

namespace agenthub::mcp {

Error broken_json_at(std::size_t position) {
    return {errc::parse_error, "not valid JSON near byte " + std::to_string(position) +
                                   " (unexpected character, wrong nesting, or more than " + std::to_string(kMaxDepth) +
                                   " levels)"};
}

result<void> EnvelopeReader::read() {
    if (cursor_.peek() != '{') {
        Span value;
        if (!cursor_.skip_value(value) || !cursor_.at_end())
            return broken_json_at(cursor_.position());
        return Error(errc::invalid_request, "a JSON-RPC message must be a JSON object");
    }
    const bool whole = cursor_.walk_object([this](Span key) { return read_member(key); });
    if (!whole || !cursor_.at_end())
        return broken_json_at(cursor_.position());
    if (repeated_)
        return Error(errc::invalid_request, "a member that decides about routing stands twice in the message");
    return classify();
}

// Takes a value into `out`, noting a repetition.
bool EnvelopeReader::take_into(Span& out) {
    if (!out.empty())
        repeated_ = true;
    return cursor_.skip_value(out);
}

// The key that was just taken, without quotes and escapes.
std::string_view EnvelopeReader::key_name(Span key) {
    if (!cursor_.escaped())
        return view({key.begin + 1, key.end - 1});
    unescaped_ = unescape(view(key));
    return unescaped_;
}

bool EnvelopeReader::read_member(Span key) {
    auto& f = m_.fields;
    const std::string_view name = key_name(key);
    if (name == "jsonrpc")
        return take_into(version_);
    if (name == "id")
        return take_into(f.id);
    if (name == "method")
        return take_into(f.method);
    if (name == "params")
        return walk_into(f.params, [this](Span k) { return read_param(k); });
    if (name == "result")
        return walk_into(f.result, [this](Span k) { return read_result(k); });
    if (name == "error")
        return walk_into(f.error, [this](Span k) { return read_error(k); });
    look_alike_ = look_alike_ || is_look_alike(name, {"id", "method", "params"});
    return cursor_.skip_value(ignored_);
}

// Takes an object member by member, or any other value whole; `out` spans it either way.
template <class Member>
bool EnvelopeReader::walk_into(Span& out, Member&& member) {
    if (cursor_.peek() != '{')
        return take_into(out);
    if (!out.empty())
        repeated_ = true;
    const auto begin = static_cast<std::uint32_t>(cursor_.position());
    if (!cursor_.walk_object(member))
        return false;
    out = {begin, end_of_object()};
    return true;
}

// The byte after the last "}" before the present token.
std::uint32_t EnvelopeReader::end_of_object() const noexcept {
    std::size_t end = cursor_.position();
    while (text_[end - 1] != '}')
        --end;
    return static_cast<std::uint32_t>(end);
}

bool EnvelopeReader::read_param(Span key) {
    auto& f = m_.fields;
    const std::string_view name = key_name(key);
    if (name == "name")
        return take_into(f.name);
    if (name == "uri")
        return take_into(f.uri);
    if (name == "_meta")
        return walk_into(f.meta, [this](Span k) { return read_meta(k); });
    if (name == "requestId")
        return take_into(f.request_id);
    if (name == "progressToken")
        return take_into(param_token_);
    if (name == "progress")
        return take_into(f.progress);
    if (name == "level")
        return take_into(f.level);
    if (name == "inputResponses")
        return cursor_.skip_value(f.input_responses);
    if (name == "requestState")
        return cursor_.skip_value(f.request_state);
    look_alike_ = look_alike_ || is_look_alike(name, {"name", "uri", "arguments"});
    return cursor_.skip_value(ignored_);
}

bool EnvelopeReader::read_meta(Span key) {
    const std::string_view name = key_name(key);
    if (name == "progressToken")
        return take_into(m_.fields.progress_token);
    if (name.size() > kMetaPrefix.size() && name.starts_with(kMetaPrefix))
        for (std::size_t i = 0; i < kMetaKeys.size(); ++i)
            if (name.substr(kMetaPrefix.size()) == kMetaKeys[i]) {
                m_.fields.era[i].key = key.begin;
                return take_into(m_.fields.era[i].value);
            }
    return cursor_.skip_value(ignored_);
}

// A repetition is the server's affair: clients take the last one, and so does this.
bool EnvelopeReader::read_result(Span key) {
    const std::string_view name = key_name(key);
    auto& f = m_.fields;
    const auto take_typed = [&](ResultKey which) {
        auto& member = f.typed[static_cast<std::size_t>(which)];
        member.key = key.begin;
        return cursor_.skip_value(member.value);
    };
    switch (name.size()) {
        case 5:
            if (name == "_meta")
                return cursor_.skip_value(f.result_meta);
            if (name == "ttlMs")
                return take_typed(ResultKey::ttl_ms);
            break;
        case 7:
            if (name == "isError") {
                Span value;
                const bool taken = cursor_.skip_value(value);
                m_.tool_error = taken && view(value) == "true";
                return taken;
            }
            break;
        case 10:
            if (name == "resultType")
                return take_typed(ResultKey::result_type);
            if (name == "cacheScope")
                return take_typed(ResultKey::cache_scope);
            break;
        default: break;
    }
    return cursor_.skip_value(ignored_);
}

bool EnvelopeReader::read_error(Span key) {
    if (key_name(key) != "code")
        return cursor_.skip_value(ignored_);
    Span value;
    if (!cursor_.skip_value(value))
        return false;
    const auto code = to_int64(view(value)).value_or(0);
    m_.error_code = code >= INT32_MIN && code <= INT32_MAX ? static_cast<int>(code) : 0;
    return true;
}

result<void> EnvelopeReader::classify() {
    auto& f = m_.fields;
    if (version_.empty() || !is_string(version_) || !spells(view(version_), "2.0"))
        return Error(errc::invalid_request, R"(the member "jsonrpc" must be "2.0")");
    const bool reply = !f.result.empty() || !f.error.empty();
    if (auto checked = check_id(reply); !checked)
        return checked;
    if (f.method.empty())
        return classify_reply();
    if (reply)
        return Error(errc::invalid_request, R"(a message cannot have both "method" and "result" or "error")");
    return classify_call();
}

result<void> EnvelopeReader::check_id(bool reply) {
    Span& id = m_.fields.id;
    if (id.empty())
        return {};
    if (view(id) == "null" && reply) {
        id = {};  // JSON-RPC: the id of a request that could not be read
        return {};
    }
    if (!is_string(id) && !is_json_integer(view(id)))
        return Error(errc::invalid_request, R"(the member "id" must be a string or an integer)");
    return {};
}

result<void> EnvelopeReader::classify_reply() {
    auto& f = m_.fields;
    if (f.result.empty() == f.error.empty())
        return Error(errc::invalid_request, R"(a message needs "method", "result" or "error")");
    if (f.error.empty() && f.id.empty())
        return Error(errc::invalid_request, R"(a response needs the "id" of its request)");
    m_.kind = f.error.empty() ? Kind::response : Kind::error;
    return {};
}

result<void> EnvelopeReader::classify_call() {
    auto& f = m_.fields;
    if (!is_string(f.method))
        return Error(errc::invalid_request, R"(the member "method" must be a string)");
    if (!f.params.empty() && view(f.params).front() != '{')
        return Error(errc::invalid_request, R"(the member "params" must be an object)");
    m_.kind = f.id.empty() ? Kind::notification : Kind::request;
    if (look_alike_ && m_.kind == Kind::request)
        return Error(errc::invalid_request,
                     "a member is spelled as one that decides about routing, but for the case of its letters");
    if (view(f.method).find('\\') != std::string_view::npos)
        m_.method_escaped = unescape(view(f.method));
    else
        f.method = {f.method.begin + 1, f.method.end - 1};
    return check_progress_token();
}

// A request's stands in its _meta; of notifications only one has a token, as a parameter (basic/utilities/progress).
result<void> EnvelopeReader::check_progress_token() {
    Span& token = m_.fields.progress_token;
    if (m_.kind == Kind::notification)
        token = m_.method() == method::progress ? param_token_ : Span();
    if (token.empty() || is_string(token))
        return {};
    const char first = view(token).front();
    if (first == 'n')
        token = {};  // null: written by libraries that mean none
    else if (first != '-' && (first < '0' || first > '9'))
        return Error(errc::invalid_request, "a progress token must be a string or a number");
    return {};
}

}  // namespace agenthub::mcp
