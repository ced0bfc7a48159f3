// The hostile server's pipes: lines in, any bytes out, both blocking.
// Owned by main; everything runs on its one thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace agenthub::test {

class Wire {
public:
    enum class Input { data, nothing, closed };

    Wire(int in, int out) noexcept : in_(in), out_(out) {}

    // Waits at most `timeout_ms` (-1: for ever) for input and reads it once.
    Input wait(int timeout_ms);

    // The next complete line without its newline.
    std::optional<std::string> next_line();

    void send_line(std::string_view json);
    // Verbatim; ends the process when nobody reads any more.
    void send_bytes(std::string_view bytes);

private:
    int in_;
    int out_;
    std::string buffer_;
    std::size_t scanned_ = 0;  // no newline before this position
};

// Writes all of it to a blocking descriptor; false when that fails.
bool write_all(int fd, std::string_view bytes);

}  // namespace agenthub::test
