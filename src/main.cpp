// The agenthub program: only the door. A plain `agenthub serve` becomes the daemon at once, anything else agenthub-cli:
// what either needs to be loaded with, which takes longer than a start should, the other does not have to wait for.

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

namespace {

bool is(const char* text, const char* other) {
    return std::strcmp(text, other) == 0;
}

// Whether agenthubd understands these words, which are those behind `serve`, by itself: pairs of an option and a value
// that may be anything. Help, mistakes and options with fixed values are the command line's.
bool is_plain(char** words) {
    bool config = false;
    bool state_dir = false;
    for (; *words != nullptr; words += 2) {
        if (words[1] == nullptr || words[1][0] == '\0' || words[1][0] == '-')
            return false;
        if (is(*words, "--config") && !config)
            config = true;
        else if (is(*words, "--state-dir") && !state_dir)
            state_dir = true;
        else if (!is(*words, "--listen"))
            return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    char self[PATH_MAX] = "";
    const ssize_t size = ::readlink("/proc/self/exe", self, sizeof self - 1);
    const char* const slash = size > 0 ? std::strrchr(self, '/') : nullptr;
    if (slash == nullptr) {
        std::fputs("agenthub: cannot tell where it is installed: /proc/self/exe cannot be read. Mount /proc.\n",
                   stderr);
        return 1;
    }
    const bool serves = argc >= 2 && is(argv[1], "serve") && is_plain(argv + 2);
    char program[PATH_MAX + 16] = "";
    std::snprintf(program, sizeof program, "%.*s/%s", static_cast<int>(slash - self), self,
                  serves ? "agenthubd" : "agenthub-cli");
    if (serves)
        argv[1] = program;
    ::execv(program, serves ? argv + 1 : argv);
    std::fprintf(stderr, "agenthub: cannot run %s: %s. It is installed beside agenthub; install both.\n", program,
                 std::strerror(errno));
    return 1;
}
