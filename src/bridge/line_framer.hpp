// Cuts a byte stream into lines, with a limit. Pure: bytes in, lines out.
// Owned by the reader of one pipe.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace agenthub {

// Lines end in \n or \r\n; empty ones are skipped (MCP stdio transport: one message per line, no embedded newlines).
class LineFramer {
public:
    // A line longer than `limit` bytes, its end not counted, is dropped and reported by take_oversize().
    explicit LineFramer(std::size_t limit);

    // Room to read into, never empty.
    std::span<char> space();

    // `n` bytes were read into space().
    void commit(std::size_t n);

    // The next complete line, valid until the next call of space(); false when there is none, and while a dropped line
    // that stood before it waits to be taken.
    bool next(std::string_view& line);

    // A dropped line: its size, and its first and last bytes, enough to find the id of the call it answered.
    struct Oversize {
        std::size_t bytes = 0;
        std::string head;
        std::string tail;
    };
    // True when the next line was dropped, once for each such line.
    bool take_oversize(Oversize& out);

    // Bytes of memory held.
    std::size_t capacity() const noexcept { return buffer_.size(); }

private:
    void move_to_front();
    void drop_until_line_end();
    void note_dropped(std::string_view bytes);

    std::size_t limit_;
    std::string buffer_;
    std::size_t begin_ = 0;    // of the unread bytes
    std::size_t scanned_ = 0;  // up to here there is no line end
    std::size_t end_ = 0;
    bool dropping_ = false;
    bool has_oversize_ = false;
    Oversize oversize_;
};

}  // namespace agenthub
