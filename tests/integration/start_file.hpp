// How often the hostile server was started: the lines of its --start-file.
// A function without state; for the integration tests.

#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace agenthub::test {

inline std::size_t starts(const std::string& file) {
    std::ifstream in(file);
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(in), {}, '\n'));
}

}  // namespace agenthub::test
