// Configuration text to a JSON tree: comments allowed, duplicate keys noticed, errors with line and column.
// Pure functions.

#include "config/json_text.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

// "line 3, column 5" of the byte before `offset`; columns count characters.
std::string place_of(std::string_view text, std::size_t offset) {
    std::size_t line = 1;
    std::size_t column = 0;
    bool after_newline = false;
    for (const char c : text.substr(0, offset)) {
        if (std::exchange(after_newline, c == '\n')) {
            ++line;
            column = 0;
        }
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
            ++column;
    }
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// The library's sentence without its prefix, and without the text it last read, which may be a secret.
std::string reason_of(std::string what) {
    const auto start = what.find("syntax error ");
    what.erase(0, start == std::string::npos ? what.find("] ") + 2 : start);
    const auto parsing = what.find(" parsing '");
    const auto last_read = what.find("; last read: ");
    if (parsing != std::string::npos)
        what.erase(parsing);
    if (last_read != std::string::npos)
        what.erase(last_read);
    if (what.ends_with("invalid literal"))
        what += "; expected an object, a list, a string in double quotes, a number, true, false or null";
    return what;
}

// What people most often get wrong.
std::string hint_for(std::string_view text, std::size_t offset, std::string_view reason) {
    if (reason.find("unexpected string literal; expected '") != std::string_view::npos)
        return " (is a comma missing before it?)";
    const std::size_t at = std::min(offset, text.size());
    if (at < 2 || (text[at - 1] != '}' && text[at - 1] != ']'))
        return {};
    const std::size_t before = text.find_last_not_of(" \t\r\n", at - 2);
    return before != std::string_view::npos && text[before] == ',' ? " (remove the comma before it)" : "";
}

// Below this member the keys are secrets: see config/api_keys.hpp.
constexpr std::string_view kTokens = "keys";

class TreeBuilder final : public nlohmann::json_sax<ordered_json> {
public:
    TreeBuilder(std::string_view text, Findings& findings) : text_(text), findings_(findings) {}

    ordered_json take_root() { return std::move(root_); }
    // True when the text held nothing but white space and comments.
    bool nothing_read() const noexcept { return nothing_read_; }

    bool null() override { return add(nullptr) != nullptr; }
    bool boolean(bool value) override { return add(value) != nullptr; }
    bool number_integer(number_integer_t value) override { return add(value) != nullptr; }
    bool number_unsigned(number_unsigned_t value) override { return add(value) != nullptr; }
    bool number_float(number_float_t value, const string_t&) override { return add(value) != nullptr; }
    bool string(string_t& value) override { return add(std::move(value)) != nullptr; }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(ordered_json::object()); }
    bool start_array(std::size_t) override { return open(ordered_json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        Level& level = levels_.back();
        level.key = std::move(name);
        if (level.container->contains(level.key))
            findings_.warnings.push_back({path(), "this key stands here more than once; the last value counts"});
        return true;
    }

    bool parse_error(std::size_t offset, const std::string&, const nlohmann::detail::exception& failure) override {
        const std::string reason = reason_of(failure.what());
        nothing_read_ = !started_ && reason.find("unexpected end of input") != std::string::npos;
        if (!nothing_read_)
            findings_.faults.push_back({"", place_of(text_, offset) + ": " + reason + hint_for(text_, offset, reason)});
        return false;
    }

private:
    struct Level {
        ordered_json* container;
        std::string key;  // the member being read, in an object
    };

    ordered_json* add(ordered_json value) {
        started_ = true;
        if (levels_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        ordered_json& container = *levels_.back().container;
        if (container.is_array()) {
            container.push_back(std::move(value));
            return &container.back();
        }
        ordered_json& slot = container[levels_.back().key];
        slot = std::move(value);
        return &slot;
    }

    bool open(ordered_json empty) {
        if (levels_.size() == kMaxConfigDepth) {
            findings_.faults.push_back(
                {path(), "nested too deeply; allowed: " + std::to_string(kMaxConfigDepth) + " levels"});
            return false;
        }
        levels_.push_back({add(std::move(empty)), {}});
        return true;
    }

    bool close() {
        levels_.pop_back();
        return true;
    }

    std::string path() const {
        std::string out;
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            const Level& level = levels_[i];
            // The innermost list has not yet received the element that is being opened.
            const bool innermost = i + 1 == levels_.size();
            if (i == 1 && out == kTokens)
                return out + "[…]";
            if (level.container->is_array())
                out = element_path(out, level.container->size() - (innermost ? 0 : 1));
            else
                out = child_path(out, level.key);
        }
        return out;
    }

    std::string_view text_;
    Findings& findings_;
    ordered_json root_;
    std::vector<Level> levels_;  // pointers stay valid: only the innermost container grows
    bool started_ = false;
    bool nothing_read_ = false;
};

}  // namespace

std::optional<ordered_json> parse_json_text(std::string_view text, Findings& findings) {
    // The library takes a zero byte for the end of the text.
    const std::size_t zero = text.find('\0');
    if (zero != std::string_view::npos) {
        findings.faults.push_back({"", place_of(text, zero + 1) + ": a zero byte; save the file as UTF-8 text"});
        return std::nullopt;
    }
    TreeBuilder builder(text, findings);
    const bool complete = ordered_json::sax_parse(text, &builder, ordered_json::input_format_t::json, true, true);
    if (builder.nothing_read())
        return ordered_json::object();
    if (!complete)
        return std::nullopt;
    return builder.take_root();
}

}  // namespace agenthub
