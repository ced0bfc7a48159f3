// Parts of a JSON text as they stand there.
// Pure functions.

#include "cli/json_span.hpp"

#include <nlohmann/json.hpp>

namespace agenthub {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Walks over one text that is known to be valid JSON.
class Walker {
public:
    explicit Walker(std::string_view text) : text_(text) {}

    // Skips white space and, when it is there, `c`.
    bool take(char c) {
        skip_space();
        if (at_ == text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }

    bool at_end() {
        skip_space();
        return at_ == text_.size();
    }

    std::string_view value() {
        skip_space();
        const std::size_t start = at_;
        int depth = 0;
        do {
            const char c = text_[at_];
            if (c == '{' || c == '[')
                ++depth;
            if (c == '}' || c == ']')
                --depth;
            if (c == '"')
                skip_string();
            else if (depth == 0 && c != '}' && c != ']')
                at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
            else
                ++at_;
        } while (depth > 0 && at_ < text_.size());
        return text_.substr(start, at_ - start);
    }

private:
    void skip_space() { at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size()); }

    void skip_string() {
        for (++at_; text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\')
                ++at_;
        ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool is_key(std::string_view quoted, std::string_view key) {
    if (quoted.find('\\') == std::string_view::npos)
        return quoted.substr(1, quoted.size() - 2) == key;
    return nlohmann::json::parse(quoted).get_ref<const std::string&>() == key;
}

}  // namespace

std::optional<std::string_view> json_member(std::string_view text, std::string_view key) {
    std::optional<std::string_view> found;
    Walker walker(text);
    if (!walker.take('{'))
        return found;
    while (!walker.take('}') && !walker.at_end()) {
        const std::string_view name = walker.value();
        walker.take(':');
        const std::string_view value = walker.value();
        if (is_key(name, key))
            found = value;
        walker.take(',');
    }
    return found;
}

std::vector<std::string_view> json_elements(std::string_view text) {
    std::vector<std::string_view> found;
    Walker walker(text);
    if (!walker.take('['))
        return found;
    while (!walker.take(']') && !walker.at_end()) {
        found.push_back(walker.value());
        walker.take(',');
    }
    return found;
}

}  // namespace agenthub
