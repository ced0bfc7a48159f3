// Escaping, and Markdown as the guides are written.
// Pure functions.

#include "gateway/html.hpp"

#include <algorithm>
#include <vector>

#include "base/redactor.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// Only what leads to a page or a place in one: no other scheme.
bool is_link(std::string_view url) {
    const bool is_web = url.starts_with("https://") || url.starts_with("http://");
    return is_web || url.find(':') == std::string_view::npos;
}

// The text of a line with its `code`, **strong** and [links](to).
std::string inline_html(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end_of = [&text](std::string_view mark) { return text.find(mark, mark.size()); };
        if (const auto end = end_of("`"); text.front() == '`' && end != std::string_view::npos) {
            out += "<code>" + html_escaped(text.substr(1, end - 1)) + "</code>";
            text.remove_prefix(end + 1);
            continue;
        }
        if (const auto end = end_of("**"); text.starts_with("**") && end != std::string_view::npos) {
            out += "<strong>" + inline_html(text.substr(2, end - 2)) + "</strong>";
            text.remove_prefix(end + 2);
            continue;
        }
        const auto middle = text.front() == '[' ? text.find("](") : std::string_view::npos;
        const auto end = middle == std::string_view::npos ? middle : text.find(')', middle);
        if (end != std::string_view::npos && is_link(text.substr(middle + 2, end - middle - 2))) {
            out += "<a href=\"" + html_escaped(text.substr(middle + 2, end - middle - 2)) + "\">";
            out += inline_html(text.substr(1, middle - 1)) + "</a>";
            text.remove_prefix(end + 1);
            continue;
        }
        out += html_escaped(text.substr(0, 1));
        text.remove_prefix(1);
    }
    return out;
}

// As code hosts make the ids of headings: letters and digits, "-" for blanks, nothing else.
std::string anchor_of(std::string_view heading) {
    std::string out;
    for (const char c : heading) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
            out += c;
        else if (is_upper)
            out += static_cast<char>(c - 'A' + 'a');
        else if (c == ' ')
            out += '-';
    }
    return out;
}

std::vector<std::string> cells_of(std::string_view row) {
    std::vector<std::string> cells(1);
    row = trim(row);
    if (row.starts_with('|'))
        row.remove_prefix(1);
    if (row.ends_with('|'))
        row.remove_suffix(1);
    for (std::size_t i = 0; i < row.size(); ++i) {
        const bool is_escaped_bar = row.substr(i).starts_with("\\|");
        if (row[i] == '|')
            cells.emplace_back();
        else
            cells.back() += row[i += is_escaped_bar ? 1 : 0];
    }
    return cells;
}

bool is_rule_of_table(std::string_view line) {
    return line.starts_with('|') && line.find_first_not_of("|-: ") == std::string_view::npos;
}

// 0: the line begins no item of a list; else where its text does.
std::size_t item_text(std::string_view line) {
    const auto begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos)
        return 0;
    if (line.substr(begin).starts_with("- ") || line.substr(begin).starts_with("* "))
        return begin + 2;
    const auto digits = line.find_first_not_of("0123456789", begin);
    const bool is_numbered = digits != begin && digits != std::string_view::npos;
    return is_numbered && line.substr(digits).starts_with(". ") ? digits + 2 : 0;
}

// Reads a text block by block.
class Markdown {
public:
    explicit Markdown(std::string_view text) : lines_(lines_of(text)) {}

    std::string html() {
        while (at_ < lines_.size()) {
            const std::string_view line = lines_[at_];
            if (trim(line).empty())
                ++at_;
            else if (line.starts_with("```"))
                fence();
            else if (line.starts_with('#'))
                heading();
            else if (line.starts_with('|') && at_ + 1 < lines_.size() && is_rule_of_table(lines_[at_ + 1]))
                table();
            else if (item_text(line) > 0)
                list();
            else
                paragraph();
        }
        return std::move(out_);
    }

private:
    void fence() {
        out_ += "<pre><code>";
        for (++at_; at_ < lines_.size() && !lines_[at_].starts_with("```"); ++at_)
            out_ += html_escaped(lines_[at_]) + "\n";
        ++at_;
        out_ += "</code></pre>\n";
    }

    void heading() {
        const std::string_view line = lines_[at_++];
        const auto level = std::min<std::size_t>(line.find_first_not_of('#'), 6);
        const std::string_view text = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
        const std::string tag = "h" + std::to_string(level);
        out_ += "<" + tag + " id=\"" + anchor_of(text) + "\">" + inline_html(text) + "</" + tag + ">\n";
    }

    void table() {
        std::string_view tag = "th";
        out_ += "<table>\n";
        for (; at_ < lines_.size() && lines_[at_].starts_with('|'); ++at_) {
            if (is_rule_of_table(lines_[at_])) {
                tag = "td";
                continue;
            }
            out_ += "<tr>";
            for (const std::string& cell : cells_of(lines_[at_]))
                out_.append("<").append(tag).append(">").append(inline_html(trim(cell))).append("</").append(tag) +=
                    ">";
            out_ += "</tr>\n";
        }
        out_ += "</table>\n";
    }

    void list() {
        const bool is_numbered = lines_[at_].find_first_of("-*") != lines_[at_].find_first_not_of(' ');
        const std::string tag = is_numbered ? "ol" : "ul";
        out_ += "<" + tag + ">\n";
        while (at_ < lines_.size() && item_text(lines_[at_]) > 0) {
            std::string text(lines_[at_].substr(item_text(lines_[at_])));
            // Its further lines are indented.
            for (++at_; at_ < lines_.size() && lines_[at_].starts_with("  ") && item_text(lines_[at_]) == 0; ++at_)
                text.append(" ").append(trim(lines_[at_]));
            out_ += "<li>" + inline_html(text) + "</li>\n";
        }
        out_ += "</" + tag + ">\n";
    }

    void paragraph() {
        std::string text;
        for (; at_ < lines_.size() && !trim(lines_[at_]).empty() && !lines_[at_].starts_with("```") &&
               item_text(lines_[at_]) == 0;
             ++at_)
            text.append(text.empty() ? "" : "\n").append(lines_[at_]);
        out_ += "<p>" + inline_html(text) + "</p>\n";
    }

    std::vector<std::string_view> lines_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string html_text(std::string_view text) {
    return html_escaped(redacted(text));
}

std::string html_of_markdown(std::string_view markdown) {
    return Markdown(markdown).html();
}

std::string_view title_of_markdown(std::string_view markdown) noexcept {
    const std::string_view first = markdown.substr(0, markdown.find('\n'));
    return trim(first.substr(std::min(first.find_first_not_of('#'), first.size())));
}

}  // namespace agenthub
