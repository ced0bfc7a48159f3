// Reads argv; the daemon writes it, so a fault here is a bug there and needs no fine words.
// No ownership.

#include "guard/options.hpp"

#include <cstring>

namespace agenthub {
namespace {

bool parse_number(const char* text, rlim_t& out) noexcept {
    if (*text == '\0')
        return false;
    out = 0;
    for (; *text != '\0'; ++text) {
        if (*text < '0' || *text > '9' || out > (RLIM_INFINITY - 9) / 10)
            return false;
        out = out * 10 + static_cast<rlim_t>(*text - '0');
    }
    return true;
}

int resource_of(const char* option) noexcept {
    if (std::strcmp(option, "--rlimit-nofile") == 0)
        return RLIMIT_NOFILE;
    if (std::strcmp(option, "--rlimit-core") == 0)
        return RLIMIT_CORE;
    if (std::strcmp(option, "--rlimit-as") == 0)
        return RLIMIT_AS;
    return -1;
}

}  // namespace

bool GuardOptions::parse(int argc, char** argv) noexcept {
    rlim_t number = 0;
    if (argc < 4 || !parse_number(argv[1], number) || number > 1'000'000)
        return false;
    control_fd = static_cast<int>(number);
    int at = 2;
    for (; at + 1 < argc && std::strcmp(argv[at], "--") != 0; at += 2) {
        const char* const value = argv[at + 1];
        if (std::strcmp(argv[at], "--cwd") == 0) {
            directory = value;
            continue;
        }
        if (std::strcmp(argv[at], "--cgroup") == 0) {
            cgroup = value;
            continue;
        }
        const int resource = resource_of(argv[at]);
        if (resource < 0 || limit_count == kMaxLimits || !parse_number(value, number))
            return false;
        limits[limit_count++] = Limit{resource, number};
    }
    if (at + 1 >= argc)
        return false;
    command = argv + at + 1;
    return true;
}

}  // namespace agenthub
