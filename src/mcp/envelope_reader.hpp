// Reads the envelope of one message: the members that decide where it goes. Part of Message::parse.
// Lives for one call; borrows the message it fills.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "mcp/json_cursor.hpp"
#include "mcp/message_body.hpp"

namespace agenthub::mcp {

// What is wrong with a text whose grammar breaks near `position`.
Error broken_json_at(std::size_t position);

// One walk over the top levels of the message. Members that we interpret must not stand twice: the server behind us
// might read the other one.
class EnvelopeReader {
public:
    // `scanner` has indexed the message's text.
    EnvelopeReader(MessageBody& message, const JsonScanner& scanner)
        : m_(message), text_(m_.text), cursor_(text_, scanner) {}

    // Fills the message's fields and kind. Errors: errc::parse_error, errc::invalid_request.
    result<void> read();

private:
    std::string_view view(Span span) const noexcept { return span.of(text_); }
    std::string_view key_name(Span key);
    bool is_string(Span span) const noexcept { return text_[span.begin] == '"'; }
    bool take_into(Span& out);
    template <class Member>
    bool walk_into(Span& out, Member&& member);
    std::uint32_t end_of_object() const noexcept;
    bool read_member(Span key);
    bool read_param(Span key);
    bool read_meta(Span key);
    bool read_result(Span key);
    bool read_error(Span key);
    result<void> classify();
    result<void> check_id(bool reply);
    result<void> classify_reply();
    result<void> classify_call();
    result<void> check_progress_token();

    MessageBody& m_;
    const std::string& text_;
    JsonCursor cursor_;
    std::string unescaped_;
    Span version_, param_token_, ignored_;
    bool repeated_ = false;
    bool look_alike_ = false;  // a key differs from one that decides about routing only in its letters' case
};

}  // namespace agenthub::mcp
