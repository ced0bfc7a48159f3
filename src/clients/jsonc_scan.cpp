// Walking JSON with comments once.
// Pure.

#include "clients/jsonc_scan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agenthub {
namespace {

// No configuration comes near it; deeper nesting could exhaust the stack.
constexpr int kMaxDepth = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_scalar_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '+' || c == '-' || c == '.' || c == 'E';
}

class Scanner {
public:
    Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

    result<JsoncContainer> root() {
        if (text_.starts_with(kByteOrderMark))
            at_ = kByteOrderMark.size();
        skip();
        JsoncContainer out;
        if (peek() != '{')
            fail("the file is not a JSON object");
        else if (read_container(out, 0))
            skip();
        if (why_.empty() && at_ != text_.size())
            fail("something follows the end of the object");
        if (why_.empty())
            return out;
        const auto line = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n') + 1;
        return Error(errc::invalid_config, "line " + std::to_string(line) + ": " + why_);
    }

    std::optional<JsoncContainer> container() {
        JsoncContainer out;
        if ((peek() != '{' && peek() != '[') || !read_container(out, 0))
            return std::nullopt;
        return out;
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip() { at_ = skip_jsonc_blanks(text_, at_); }

    bool fail(std::string why) {
        if (why_.empty())
            why_ = std::move(why);
        return false;
    }

    bool read_container(JsoncContainer& out, int depth) {
        if (depth > kMaxDepth)
            return fail("it is nested too deeply");
        out.open = at_;
        out.is_list = text_[at_++] == '[';
        for (;;) {
            skip();
            if (peek() == (out.is_list ? ']' : '}')) {
                out.close = at_++;
                return true;
            }
            if (!out.items.empty() && !out.items.back().comma)
                return fail("a comma or a closing bracket is missing");
            JsoncItem item;
            item.begin = at_;
            if (!out.is_list && !read_key(item.key))
                return false;
            item.value = at_;
            if (!read_value(depth))
                return false;
            item.end = at_;
            skip();
            if (peek() == ',')
                item.comma = at_++;
            out.items.push_back(std::move(item));
        }
    }

    bool read_key(std::string& key) {
        const std::size_t begin = at_;
        if (peek() != '"' || !read_string())
            return fail("a key in double quotes is missing");
        const auto parsed = nlohmann::json::parse(text_.substr(begin, at_ - begin), nullptr, false);
        if (!parsed.is_string())
            return fail("a key is not a valid string");
        key = parsed.get<std::string>();
        skip();
        if (peek() != ':')
            return fail("a colon is missing behind a key");
        ++at_;
        skip();
        return true;
    }

    bool read_value(int depth) {
        if (peek() == '{' || peek() == '[') {
            JsoncContainer inner;
            return read_container(inner, depth + 1);
        }
        const std::size_t begin = at_;
        if (peek() == '"') {
            if (!read_string())
                return fail("a string does not end");
        } else {
            while (is_scalar_char(peek()))
                ++at_;
        }
        return nlohmann::json::accept(text_.substr(begin, at_ - begin)) || fail("a value is missing or not valid");
    }

    bool read_string() {
        for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
            if (text_[at_] == '"') {
                ++at_;
                return true;
            }
            if (text_[at_] == '\\' && at_ + 1 < text_.size())
                ++at_;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_;
    std::string why_;
};

}  // namespace

const JsoncItem* JsoncContainer::find(std::string_view key) const noexcept {
    const auto found =
        std::find_if(items.rbegin(), items.rend(), [&](const JsoncItem& item) { return item.key == key; });
    return found == items.rend() ? nullptr : &*found;
}

std::size_t skip_jsonc_blanks(std::string_view text, std::size_t at, bool one_line) {
    while (at < text.size()) {
        const std::string_view rest = text.substr(at);
        if (is_blank(rest.front()) && (!one_line || rest.front() != '\n')) {
            ++at;
        } else if (rest.starts_with("//")) {
            at = std::min(text.find('\n', at), text.size());
            if (one_line)
                return at;
        } else if (rest.starts_with("/*")) {
            const auto end = text.find("*/", at + 2);
            const bool goes_on = end != std::string_view::npos && rest.substr(0, end - at).find('\n') < rest.size();
            // A comment without end is nothing to skip: whoever looks finds what he does not expect.
            if (end == std::string_view::npos || (one_line && goes_on))
                return at;
            at = end + 2;
        } else {
            return at;
        }
    }
    return at;
}

result<JsoncContainer> scan_jsonc(std::string_view text) {
    return Scanner(text, 0).root();
}

std::optional<JsoncContainer> jsonc_container_at(std::string_view text, std::size_t at) {
    return Scanner(text, at).container();
}

}  // namespace agenthub
