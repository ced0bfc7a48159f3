// The file audit.head, line by line.
// Pure functions.

#include "audit/head.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace agenthub {
namespace {

constexpr std::string_view kTitle = "agenthub audit head 1";
constexpr std::size_t kHashDigits = 64;
constexpr std::int64_t kDense = 64;      // of the newest rows each is a mark
constexpr std::int64_t kPerOctave = 16;  // of those twice as far away, so many

bool is_hash(std::string_view text) {
    return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool read_number(std::string_view text, std::int64_t& out) {
    const char* begin = text.data();
    const char* end = begin + text.size();
    const auto read = std::from_chars(begin, end, out);
    return read.ec == std::errc() && read.ptr == end && out >= 0;
}

// The powers of two that are kept at such a distance from the end.
bool is_kept(std::int64_t seq, std::int64_t newest) {
    const std::int64_t distance = newest - seq;
    if (distance < kDense)
        return true;
    std::int64_t step = 1;
    while (step * 2 * kPerOctave <= distance)
        step *= 2;
    return seq % step == 0;
}

std::string_view next_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool read_line(std::string_view line, ChainHead& head) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos)
        return false;
    const auto point = read_chain_point(line.substr(blank + 1));
    const std::string_view what = line.substr(0, blank);
    if (!point)
        return false;
    if (what == "last")
        head.last = *point;
    else if (what == "next")
        head.next = *point;
    else if (what == "mark" && (head.marks.empty() || head.marks.back().seq < point->seq))
        head.marks.push_back(*point);
    else
        return false;
    return true;
}

}  // namespace

void ChainHead::add_mark(ChainPoint point) {
    marks.push_back(std::move(point));
}

void ChainHead::thin_marks() {
    if (marks.empty())
        return;
    const std::int64_t newest = marks.back().seq;
    std::erase_if(marks, [newest](const ChainPoint& mark) { return !is_kept(mark.seq, newest); });
}

std::string to_text(const ChainPoint& point) {
    return std::to_string(point.seq) + ":" + point.hash;
}

std::string to_text(const ChainHead& head) {
    std::string out(kTitle);
    out += "\nlast " + to_text(head.last) + "\n";
    if (head.next.seq != 0)
        out += "next " + to_text(head.next) + "\n";
    for (const ChainPoint& mark : head.marks)
        out += "mark " + to_text(mark) + "\n";
    return out + "end\n";
}

result<ChainHead> read_head(std::string_view text) {
    Error damaged(errc::io_error, "it is damaged");
    if (next_line(text) != kTitle)
        return damaged;
    ChainHead head;
    head.last.seq = -1;
    bool ended = false;
    while (!text.empty() && !ended) {
        const std::string_view line = next_line(text);
        ended = line == "end";
        if (!ended && !read_line(line, head))
            return damaged;
    }
    if (!ended || !text.empty() || head.last.seq < 0)
        return damaged;
    return head;
}

result<ChainPoint> read_chain_point(std::string_view text) {
    const auto colon = text.find(':');
    ChainPoint point;
    if (colon == std::string_view::npos || !read_number(text.substr(0, colon), point.seq) ||
        !is_hash(text.substr(colon + 1)))
        return Error(errc::invalid_params,
                     "allowed: the number of a row, a colon, and its hash of 64 lower-case hex digits");
    point.hash = text.substr(colon + 1);
    return point;
}

}  // namespace agenthub
