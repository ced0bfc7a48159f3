// Taking a message in, and splicing other bytes into it.
// Values; the scanner is one per thread.

#include "mcp/message.hpp"

#include <cassert>

#include "mcp/envelope_reader.hpp"
#include "mcp/json_cursor.hpp"

namespace agenthub::mcp {
namespace {

// Raw line breaks can only stand between tokens of valid JSON; a line-framed transport must not carry them.
void put_on_one_line(std::string& text) noexcept {
    for (const char c : {'\n', '\r'})
        for (auto at = text.find(c); at != std::string::npos; at = text.find(c, at + 1))
            text[at] = ' ';
}

// Where the elements of the array are, at most one more than are allowed.
result<std::vector<Span>> elements_of(std::string_view text) {
    const ScannerLease scanner;
    if (auto indexed = scanner->index(text); !indexed)
        return indexed.error();
    JsonCursor cursor(text, *scanner);
    std::vector<Span> elements;
    const bool whole = cursor.walk_array([&] {
        Span element;
        if (!cursor.skip_value(element))
            return false;
        if (elements.size() <= kMaxBatch)
            elements.push_back(element);
        return true;
    });
    if (!whole || !cursor.at_end())
        return broken_json_at(cursor.position());
    return elements;
}

}  // namespace

Message::Message() : body_(std::make_unique<MessageBody>()) {}

result<Message> Message::parse(std::string text) {
    result<Message> message{Message()};
    MessageBody& body = *message->body_;
    body.text = std::move(text);
    const ScannerLease scanner;
    if (auto indexed = scanner->index(body.text); !indexed)
        return indexed.error();
    if (auto read = EnvelopeReader(body, *scanner).read(); !read)
        return read.error();
    put_on_one_line(body.text);
    return message;
}

Message Message::copy() const {
    Message other;
    *other.body_ = *body_;
    return other;
}

Span Message::method_span() const noexcept {
    const Span method = body_->fields.method;
    return method.empty() || !body_->method_escaped.empty() ? method : Span{method.begin - 1, method.end + 1};
}

void Message::append_patched(std::string& out, const PatchList& patches) const {
    const std::string& text = body_->text;
    out.reserve(out.size() + text.size() + patches.extra());
    std::size_t at = 0;
    for (const Patch& patch : patches) {
        assert(patch.at.begin >= at);
        out.append(text, at, patch.at.begin - at);
        out += patch.bytes;
        at = patch.at.end;
    }
    out.append(text, at);
}

void Message::append_patched(std::string& out, std::initializer_list<Patch> patches) const {
    PatchList list;
    for (const Patch& patch : patches)
        list.add(patch.at, patch.bytes);
    append_patched(out, list);
}

bool looks_like_batch(std::string_view text) noexcept {
    const auto at = text.find_first_not_of(" \t\r\n");
    return at != std::string_view::npos && text[at] == '[';
}

result<std::vector<result<Message>>> parse_batch(std::string_view text) {
    const auto elements = elements_of(text);
    if (!elements)
        return elements.error();
    if (elements->empty())
        return Error(errc::invalid_request, "a batch must not be empty");
    if (elements->size() > kMaxBatch)
        return Error(errc::invalid_request,
                     "a batch may hold at most " + std::to_string(kMaxBatch) + " messages; send the rest in another");
    std::vector<result<Message>> messages;
    messages.reserve(elements->size());
    for (const Span element : *elements)
        messages.push_back(Message::parse(std::string(element.of(text))));
    return messages;
}

}  // namespace agenthub::mcp
