// Putting values in place of references.
// Pure functions.

#include "pipeline/render.hpp"

#include <vector>

#include "base/text.hpp"
#include "mcp/json_cursor.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

Error too_long() {
    return {errc::too_large,
            "what its references stand for makes it longer than " + std::to_string(RunValues::kMaxBytes) + " bytes"};
}

result<std::string> put_together(const std::vector<TextPiece>& pieces, const RunValues& values) {
    std::string out;
    for (const TextPiece& piece : pieces) {
        out += piece.literal;
        if (piece.reference) {
            const auto value = values.value_of(*piece.reference);
            if (!value)
                return value.error();
            if (value->starts_with('"'))
                out += mcp::unescape(*value);
            else if (*value != "null")
                out += *value;
        }
        if (out.size() > RunValues::kMaxBytes)
            return too_long();
    }
    return out;
}

// Finds the strings that have a reference in them, in the order of the text.
class StringFinder {
public:
    StringFinder(std::string_view text, const mcp::JsonScanner& scanner) : text_(text), cursor_(text, scanner) {}

    bool walk() {
        if (cursor_.peek() == '{')
            return cursor_.walk_object([this](mcp::Span) { return walk(); });
        if (cursor_.peek() == '[')
            return cursor_.walk_array([this] { return walk(); });
        mcp::Span span;
        if (!cursor_.skip_value(span))
            return false;
        if (const auto token = span.of(text_); token.starts_with('"') && token.find("${") != std::string_view::npos)
            found_.push_back(span);
        return true;
    }
    const std::vector<mcp::Span>& found() const noexcept { return found_; }

private:
    std::string_view text_;
    mcp::JsonCursor cursor_;
    std::vector<mcp::Span> found_;
};

result<std::vector<mcp::Span>> strings_with_references(std::string_view json) {
    const mcp::ScannerLease scanner;
    if (auto indexed = scanner->index(json); !indexed)
        return indexed.error();
    StringFinder finder(json, *scanner);
    if (!finder.walk())
        return Error(errc::internal, "the template of a step is no JSON");
    return finder.found();
}

result<void> append_value(std::string& out, std::string_view token, const RunValues& values) {
    const auto pieces = pieces_of(mcp::unescape(token));
    if (!pieces)
        return pieces.error();
    if (pieces->size() == 1 && pieces->front().reference) {
        const auto value = values.value_of(*pieces->front().reference);
        if (!value)
            return value.error();
        out += *value;
        return {};
    }
    const auto text = put_together(*pieces, values);
    if (!text)
        return text.error();
    append_json_string(out, *text);
    return {};
}

}  // namespace

result<std::string> render_text(std::string_view text, const RunValues& values) {
    const auto pieces = pieces_of(text);
    if (!pieces)
        return pieces.error();
    return put_together(*pieces, values);
}

result<std::string> render_json(std::string_view json, const RunValues& values) {
    const auto strings = strings_with_references(json);
    if (!strings)
        return strings.error();
    std::string out;
    std::size_t at = 0;
    for (const mcp::Span span : *strings) {
        out += json.substr(at, span.begin - at);
        if (auto added = append_value(out, span.of(json), values); !added)
            return added.error();
        if (out.size() > RunValues::kMaxBytes)
            return too_long();
        at = span.end;
    }
    out += json.substr(at);
    return out;
}

}  // namespace agenthub
