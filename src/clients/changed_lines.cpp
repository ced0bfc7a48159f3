// Showing a change before it is made.
// Pure.

#include <algorithm>
#include <vector>

#include "clients/connect_file.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kAround = 3;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace

std::string changed_lines(std::string_view before, std::string_view after) {
    const auto old_lines = lines_of(before);
    const auto new_lines = lines_of(after);
    const std::size_t shorter = std::min(old_lines.size(), new_lines.size());
    std::size_t head = 0;
    while (head < shorter && old_lines[head] == new_lines[head])
        ++head;
    std::size_t tail = 0;
    while (tail < shorter - head && old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail])
        ++tail;
    std::string out;
    const auto show = [&](char mark, const std::vector<std::string_view>& lines, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            out.append(1, mark).append(1, ' ').append(lines[i]).append(1, '\n');
    };
    show(' ', old_lines, head - std::min(head, kAround), head);
    show('-', old_lines, head, old_lines.size() - tail);
    show('+', new_lines, head, new_lines.size() - tail);
    show(' ', old_lines, old_lines.size() - tail, std::min(old_lines.size(), old_lines.size() - tail + kAround));
    return out;
}

}  // namespace agenthub
