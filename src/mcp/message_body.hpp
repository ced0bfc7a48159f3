// What one pass over a JSON-RPC message finds: its kind, and where its parts stand in its text.
// Plain data; owned by Message.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mcp/era_members.hpp"
#include "mcp/span.hpp"

namespace agenthub::mcp {

enum class Kind : std::uint8_t { request, notification, response, error };

struct MessageBody {
    // Empty where absent. Strings with their quotes, but for the method.
    struct Fields {
        Span id, method, params, result, error, name, uri, request_id, progress_token, progress, level, input_responses,
            request_state, meta, result_meta;
        std::array<MemberSpan, kMetaKeys.size()> era;
        std::array<MemberSpan, kResultKeys.size()> typed;
    };

    std::string text;
    std::string method_escaped;  // its escapes resolved; only when it was written with any
    Fields fields;
    int error_code = 0;
    Kind kind = Kind::request;
    bool tool_error = false;

    std::string_view method() const noexcept {
        return method_escaped.empty() ? fields.method.of(text) : std::string_view(method_escaped);
    }
};

}  // namespace agenthub::mcp
