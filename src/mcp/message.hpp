// One JSON-RPC message as MCP carries it: the bytes as they came, and the spans that a gateway needs.
// A value that owns its text. Nothing is ever parsed into a tree and printed again.

#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "mcp/era_members.hpp"
#include "mcp/patch_list.hpp"
#include "mcp/span.hpp"

namespace agenthub::mcp {

enum class Kind : std::uint8_t { request, notification, response, error };

class Message {
public:
    // Checks and takes one JSON-RPC 2.0 message (section 4 and 5 of that specification; ids as MCP restricts them:
    // string or integer, never null). Line breaks between tokens become spaces, so text() is always one line; nothing
    // else changes. Errors: errc::parse_error, errc::invalid_request, errc::too_large.
    static result<Message> parse(std::string text);

    Kind kind() const noexcept { return kind_; }
    bool is_call() const noexcept { return kind_ == Kind::request; }
    bool is_reply() const noexcept { return kind_ == Kind::response || kind_ == Kind::error; }

    const std::string& text() const& noexcept { return text_; }
    std::string text() && noexcept { return std::move(text_); }

    // The id as JSON text, a string with its quotes; empty for a notification, and for an error reply without id.
    std::string_view id() const noexcept { return fields_.id.of(text_); }
    // The method, escapes resolved; empty for replies.
    std::string_view method() const noexcept {
        return method_escaped_.empty() ? fields_.method.of(text_) : std::string_view(method_escaped_);
    }
    // JSON text of the members; empty where absent.
    std::string_view params() const noexcept { return fields_.params.of(text_); }
    std::string_view result_member() const noexcept { return fields_.result.of(text_); }
    std::string_view error_member() const noexcept { return fields_.error.of(text_); }
    std::string_view name() const noexcept { return fields_.name.of(text_); }              // params.name, JSON text
    std::string_view uri() const noexcept { return fields_.uri.of(text_); }                // params.uri, JSON text
    std::string_view request_id() const noexcept { return fields_.request_id.of(text_); }  // params.requestId
    // params._meta.progressToken of a request, params.progressToken of a progress notification; JSON text.
    std::string_view progress_token() const noexcept { return fields_.progress_token.of(text_); }
    std::string_view progress() const noexcept { return fields_.progress.of(text_); }  // params.progress
    std::string_view level() const noexcept { return fields_.level.of(text_); }        // params.level, JSON text
    // params.inputResponses and params.requestState, JSON text; the last one if they stand there several times.
    std::string_view input_responses() const noexcept { return fields_.input_responses.of(text_); }
    std::string_view request_state() const noexcept { return fields_.request_state.of(text_); }
    // params._meta and result._meta where they are objects.
    std::string_view meta() const noexcept { return meta_span().of(text_); }
    std::string_view result_meta() const noexcept { return result_meta_span().of(text_); }
    // JSON text of the era's members of params._meta, and of the result; empty where absent.
    std::string_view meta(MetaKey key) const noexcept { return member(key).value.of(text_); }
    std::string_view result_type() const noexcept { return member(ResultKey::result_type).value.of(text_); }
    // result.isError is true: the tool itself reports a failure.
    bool tool_error() const noexcept { return tool_error_; }
    // error.code, 0 when there is none.
    int error_code() const noexcept { return error_code_; }

    // Where a part of the text stands; empty for no part.
    Span span_of(std::string_view part) const noexcept {
        const auto begin = part.empty() ? 0 : static_cast<std::uint32_t>(part.data() - text_.data());
        return {begin, begin + static_cast<std::uint32_t>(part.size())};
    }
    Span id_span() const noexcept { return fields_.id; }
    Span progress_token_span() const noexcept { return fields_.progress_token; }
    Span params_span() const noexcept { return fields_.params; }
    Span name_span() const noexcept { return fields_.name; }
    Span uri_span() const noexcept { return fields_.uri; }
    Span result_span() const noexcept { return fields_.result; }
    Span method_span() const noexcept;  // with its quotes
    Span meta_span() const noexcept { return object_at(fields_.meta); }
    Span result_meta_span() const noexcept { return object_at(fields_.result_meta); }
    Span any_meta_span() const noexcept { return fields_.meta; }  // also where it is not the object it should be
    Span any_result_meta_span() const noexcept { return fields_.result_meta; }
    const MemberSpan& member(MetaKey key) const noexcept { return fields_.era[static_cast<std::size_t>(key)]; }
    // The last one if it stands there several times.
    const MemberSpan& member(ResultKey key) const noexcept { return fields_.typed[static_cast<std::size_t>(key)]; }

    // Appends the text with the patches applied.
    void append_patched(std::string& out, const PatchList& patches) const;
    void append_patched(std::string& out, std::initializer_list<Patch> patches) const;
    // Appends the text with another id, which is JSON text. The message must have one.
    void append_with_id(std::string& out, std::string_view id) const { append_patched(out, {{fields_.id, id}}); }

private:
    friend class EnvelopeReader;
    struct Fields {
        Span id, method, params, result, error, name, uri, request_id, progress_token, progress, level, input_responses,
            request_state, meta, result_meta;
        std::array<MemberSpan, kMetaKeys.size()> era;
        std::array<MemberSpan, kResultKeys.size()> typed;
    };
    Span object_at(Span span) const noexcept { return span.empty() || text_[span.begin] != '{' ? Span() : span; }

    std::string text_;
    std::string method_escaped_;  // only when the method was written with escapes
    Fields fields_;
    int error_code_ = 0;
    Kind kind_ = Kind::request;
    bool tool_error_ = false;
};

// Batches exist in revision 2025-03-26 only (its basic/transports, "JSON-RPC batching").
inline constexpr std::size_t kMaxBatch = 256;
// True when the first character that is not white space opens an array.
bool looks_like_batch(std::string_view text) noexcept;
// The messages of a batch in order; a broken element is a failure in its place. Errors: errc::parse_error for what is
// not JSON, errc::invalid_request for an empty batch and for more than kMaxBatch elements.
result<std::vector<result<Message>>> parse_batch(std::string_view text);

}  // namespace agenthub::mcp
