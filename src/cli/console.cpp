// How commands report a failure.
// Pure but for writing to the stream it is given.

#include "cli/console.hpp"

#include <ostream>

namespace agenthub {

int fail(const Console& console, std::string_view command, const Error& error, int exit_code) {
    console.err << "agenthub " << command << ": " << error.message << "\n";
    return exit_code;
}

std::string one_line(std::string_view text) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto c = static_cast<unsigned char>(out[i]);
        if (c < 0x20 || c == 0x7F)
            out[i] = ' ';
        // U+0080 to U+009F, the C1 controls, are two bytes in UTF-8.
        const auto next = i + 1 < out.size() ? static_cast<unsigned char>(out[i + 1]) : 0;
        if (c == 0xC2 && next >= 0x80 && next <= 0x9F)
            out[i] = out[i + 1] = ' ';
    }
    return out;
}

}  // namespace agenthub
