// The agenthubd program: the daemon itself. People start it with `agenthub serve`, which has checked the options.

#include <cstdio>
#include <string_view>

#include "app.hpp"

namespace {

// The options that `agenthub serve` passes on: each is followed by its value.
bool take(agenthub::ServeOptions& options, std::string_view name, const char* value) {
    if (name == "--config")
        options.config = value;
    else if (name == "--listen")
        options.listen.emplace_back(value);
    else if (name == "--state-dir")
        options.state_dir = value;
    else if (name == "--log-level")
        options.log_level = value;
    else if (name == "--log-format")
        options.log_format = value;
    else
        return false;
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    agenthub::ServeOptions options;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && take(options, argv[i], argv[i + 1]))
            continue;
        std::fprintf(stderr, "agenthubd: unexpected '%s'. Use `agenthub serve`; it knows all options.\n", argv[i]);
        return 2;
    }
    return agenthub::serve(options);
}
