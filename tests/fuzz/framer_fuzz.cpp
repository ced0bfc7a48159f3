// LineFramer against a splitter that sees the whole stream at once: in whatever pieces it comes, the same lines come
// out, the same lines are dropped, and the memory stays bounded. An input is two bytes of limit, one that seeds the
// sizes of the pieces, and the stream.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "bridge/line_framer.hpp"

namespace agenthub {
namespace {

struct Item {
    bool dropped = false;
    std::string text;
};

void check(bool promise, const char* what) {
    if (promise)
        return;
    std::cerr << "broken promise: " << what << "\n";
    std::abort();
}

std::vector<Item> naive_lines(std::string_view stream, std::size_t limit) {
    std::vector<Item> items;
    for (auto end = stream.find('\n'); end != std::string_view::npos; end = stream.find('\n')) {
        const std::string_view whole = stream.substr(0, end);
        const std::string_view line = whole.ends_with('\r') ? whole.substr(0, whole.size() - 1) : whole;
        if (line.size() > limit)
            items.push_back({true, std::string(whole)});
        else if (!line.empty())
            items.push_back({false, std::string(line)});
        stream.remove_prefix(end + 1);
    }
    return items;
}

void check_next(const std::vector<Item>& expected, std::size_t& seen, LineFramer& framer) {
    std::string_view line;
    LineFramer::Oversize dropped;
    for (;;) {
        if (framer.next(line)) {
            check(seen < expected.size() && !expected[seen].dropped && expected[seen].text == line, "a line");
        } else if (framer.take_oversize(dropped)) {
            check(seen < expected.size() && expected[seen].dropped, "a dropped line that is none");
            const std::string& text = expected[seen].text;
            check(dropped.bytes == text.size(), "the size of a dropped line");
            check(text.starts_with(dropped.head) && text.ends_with(dropped.tail), "the ends of a dropped line");
            check(dropped.head.size() == std::min<std::size_t>(text.size(), 512), "how much of the head is kept");
            check(dropped.tail.size() == std::min<std::size_t>(text.size(), 256), "how much of the tail is kept");
        } else {
            return;
        }
        ++seen;
    }
}

void check_stream(std::string_view stream, std::size_t limit, unsigned seed) {
    const auto expected = naive_lines(stream, limit);
    std::size_t seen = 0;
    std::minstd_rand random(seed + 1);
    const std::size_t largest = seed % 3 == 0 ? 3 : seed % 3 == 1 ? 100 : stream.size() + 1;
    LineFramer framer(limit);
    while (!stream.empty()) {
        const auto space = framer.space();
        check(!space.empty(), "room to read into");
        check(framer.capacity() <= std::max<std::size_t>(64 * 1024, limit + 2) + 64 * 1024, "the memory held");
        const std::size_t n = std::min({space.size(), stream.size(), random() % largest + 1});
        std::memcpy(space.data(), stream.data(), n);
        framer.commit(n);
        stream.remove_prefix(n);
        if (seed % 5 != 0 || stream.empty())  // some readers read on before they take lines
            check_next(expected, seen, framer);
    }
    check(seen == expected.size(), "a line did not come");
}

}  // namespace
}  // namespace agenthub

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3)
        return 0;
    const std::size_t limit = 1 + data[0] + (data[1] % 4 == 0 ? 256U * data[1] : 0U);
    const std::string_view stream(reinterpret_cast<const char*>(data) + 3, size - 3);
    agenthub::check_stream(stream, limit, data[2]);
    return 0;
}
