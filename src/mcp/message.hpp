// One JSON-RPC message as MCP carries it: the bytes as they came, and the spans that a gateway needs.
// A value that owns its text; one that was moved from may only be assigned to or destroyed. Nothing is ever parsed into
// a tree and printed again.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "mcp/message_body.hpp"
#include "mcp/patch_list.hpp"
#include "mcp/span.hpp"

namespace agenthub::mcp {

class Message {
public:
    Message(Message&&) noexcept = default;
    Message& operator=(Message&&) noexcept = default;

    // Checks and takes one JSON-RPC 2.0 message (section 4 and 5 of that specification; ids as MCP restricts them:
    // string or integer, never null). Line breaks between tokens become spaces, so text() is always one line; nothing
    // else changes. Errors: errc::parse_error, errc::invalid_request, errc::too_large.
    static result<Message> parse(std::string text);
    // Another of the same content.
    Message copy() const;

    Kind kind() const noexcept { return body_->kind; }
    bool is_call() const noexcept { return body_->kind == Kind::request; }
    bool is_reply() const noexcept { return body_->kind == Kind::response || body_->kind == Kind::error; }

    const std::string& text() const& noexcept { return body_->text; }
    std::string text() && noexcept { return std::move(body_->text); }

    // The id as JSON text, a string with its quotes; empty for a notification, and for an error reply without id.
    std::string_view id() const noexcept { return part(fields().id); }
    // The method, escapes resolved; empty for replies.
    std::string_view method() const noexcept { return body_->method(); }
    // JSON text of the members; empty where absent.
    std::string_view params() const noexcept { return part(fields().params); }
    std::string_view result_member() const noexcept { return part(fields().result); }
    std::string_view error_member() const noexcept { return part(fields().error); }
    std::string_view name() const noexcept { return part(fields().name); }              // params.name, JSON text
    std::string_view uri() const noexcept { return part(fields().uri); }                // params.uri, JSON text
    std::string_view request_id() const noexcept { return part(fields().request_id); }  // params.requestId
    // params._meta.progressToken of a request, params.progressToken of a progress notification; JSON text.
    std::string_view progress_token() const noexcept { return part(fields().progress_token); }
    std::string_view progress() const noexcept { return part(fields().progress); }  // params.progress
    std::string_view level() const noexcept { return part(fields().level); }        // params.level, JSON text
    // params.inputResponses and params.requestState, JSON text; the last one if they stand there several times.
    std::string_view input_responses() const noexcept { return part(fields().input_responses); }
    std::string_view request_state() const noexcept { return part(fields().request_state); }
    // params._meta and result._meta where they are objects.
    std::string_view meta() const noexcept { return part(meta_span()); }
    std::string_view result_meta() const noexcept { return part(result_meta_span()); }
    // JSON text of the era's members of params._meta, and of the result; empty where absent.
    std::string_view meta(MetaKey key) const noexcept { return part(member(key).value); }
    std::string_view result_type() const noexcept { return part(member(ResultKey::result_type).value); }
    // result.isError is true: the tool itself reports a failure.
    bool tool_error() const noexcept { return body_->tool_error; }
    // error.code, 0 when there is none.
    int error_code() const noexcept { return body_->error_code; }

    // Where a part of the text stands; empty for no part.
    Span span_of(std::string_view part) const noexcept {
        const auto begin = part.empty() ? 0 : static_cast<std::uint32_t>(part.data() - body_->text.data());
        return {begin, begin + static_cast<std::uint32_t>(part.size())};
    }
    Span id_span() const noexcept { return fields().id; }
    Span progress_token_span() const noexcept { return fields().progress_token; }
    Span params_span() const noexcept { return fields().params; }
    Span name_span() const noexcept { return fields().name; }
    Span uri_span() const noexcept { return fields().uri; }
    Span result_span() const noexcept { return fields().result; }
    Span method_span() const noexcept;  // with its quotes
    Span meta_span() const noexcept { return object_at(fields().meta); }
    Span result_meta_span() const noexcept { return object_at(fields().result_meta); }
    Span any_meta_span() const noexcept { return fields().meta; }  // also where it is not the object it should be
    Span any_result_meta_span() const noexcept { return fields().result_meta; }
    const MemberSpan& member(MetaKey key) const noexcept { return fields().era[static_cast<std::size_t>(key)]; }
    // The last one if it stands there several times.
    const MemberSpan& member(ResultKey key) const noexcept { return fields().typed[static_cast<std::size_t>(key)]; }

    // Appends the text with the patches applied.
    void append_patched(std::string& out, const PatchList& patches) const;
    void append_patched(std::string& out, std::initializer_list<Patch> patches) const;
    // Appends the text with another id, which is JSON text. The message must have one.
    void append_with_id(std::string& out, std::string_view id) const { append_patched(out, {{fields().id, id}}); }

private:
    Message();
    const MessageBody::Fields& fields() const noexcept { return body_->fields; }
    std::string_view part(Span span) const noexcept { return span.of(body_->text); }
    Span object_at(Span span) const noexcept { return span.empty() || body_->text[span.begin] != '{' ? Span() : span; }

    // Apart from the message, which many coroutines hand on: it is one pointer in each of their frames, and what was
    // read of its text stays valid.
    std::unique_ptr<MessageBody> body_;
};

// Batches exist in revision 2025-03-26 only (its basic/transports, "JSON-RPC batching").
inline constexpr std::size_t kMaxBatch = 256;
// True when the first character that is not white space opens an array.
bool looks_like_batch(std::string_view text) noexcept;
// The messages of a batch in order; a broken element is a failure in its place. Errors: errc::parse_error for what is
// not JSON, errc::invalid_request for an empty batch and for more than kMaxBatch elements.
result<std::vector<result<Message>>> parse_batch(std::string_view text);

}  // namespace agenthub::mcp
