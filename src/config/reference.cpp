// Reading references.
// Pure functions.

#include "config/reference.hpp"

#include <algorithm>
#include <utility>

#include "config/wording.hpp"

namespace agenthub {
namespace {

constexpr const char* kAllowed = "${input.NAME}, ${steps.NAME.path}, ${run.id} or ${run.date}; $${ stands for ${";

Error refused(std::string_view found) {
    return {errc::invalid_config, "found " + in_quotes(found) + "; allowed: " + kAllowed};
}

std::vector<std::string> split(std::string_view inside) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t dot = inside.find('.');
        parts.emplace_back(inside.substr(0, dot));
        if (dot == std::string_view::npos)
            return parts;
        inside.remove_prefix(dot + 1);
    }
}

// `whole` is the reference with ${ and }.
result<Reference> read_reference(std::string_view whole) {
    std::vector<std::string> parts = split(whole.substr(2, whole.size() - 3));
    const bool has_gap = std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
    if (has_gap || parts.size() > kMaxReferencePath + 1)
        return refused(whole);
    Reference out;
    if (parts.front() == "steps")
        out.root = ReferenceRoot::steps;
    else if (parts.front() == "run")
        out.root = ReferenceRoot::run;
    else if (parts.front() != "input")
        return refused(whole);
    parts.erase(parts.begin());
    const bool is_run = out.root == ReferenceRoot::run;
    if (is_run && (parts.size() != 1 || (parts.front() != "id" && parts.front() != "date")))
        return refused(whole);
    if (out.root == ReferenceRoot::steps && parts.empty())
        return refused(whole);
    out.path = std::move(parts);
    return out;
}

void add_literal(std::vector<TextPiece>& pieces, std::string_view text) {
    if (text.empty())
        return;
    if (pieces.empty() || pieces.back().reference)
        pieces.emplace_back();
    pieces.back().literal += text;
}

}  // namespace

std::string Reference::text() const {
    std::string out = root == ReferenceRoot::input ? "${input" : root == ReferenceRoot::steps ? "${steps" : "${run";
    for (const std::string& part : path)
        out += "." + part;
    return out + "}";
}

result<std::vector<TextPiece>> pieces_of(std::string_view text) {
    std::vector<TextPiece> pieces;
    std::size_t references = 0;
    while (!text.empty()) {
        const std::size_t mark = text.find("${");
        if (mark == std::string_view::npos) {
            add_literal(pieces, text);
            break;
        }
        if (mark > 0 && text[mark - 1] == '$') {
            add_literal(pieces, text.substr(0, mark - 1));
            add_literal(pieces, "${");
            text.remove_prefix(mark + 2);
            continue;
        }
        add_literal(pieces, text.substr(0, mark));
        const std::size_t end = text.find('}', mark);
        if (end == std::string_view::npos)
            return refused(text.substr(mark));
        auto reference = read_reference(text.substr(mark, end + 1 - mark));
        if (!reference)
            return reference.error();
        if (++references > kMaxReferences)
            return Error(errc::invalid_config, "found more than " + std::to_string(kMaxReferences) +
                                                   " references in one text; allowed: fewer");
        pieces.push_back({{}, std::move(*reference)});
        text.remove_prefix(end + 1);
    }
    return pieces;
}

}  // namespace agenthub
