// mcp-guard: stands between the daemon and one MCP server, so that nothing of the server outlives either.
// Started by the daemon only; see protocol.hpp and options.hpp.

#include <unistd.h>

#include <cstring>

#include "guard/guard.hpp"

int main(int argc, char** argv) {
    agenthub::GuardOptions options;
    if (!options.parse(argc, argv)) {
        const char text[] = "mcp-guard is started by agenthub for each MCP server; it does nothing useful by hand.\n";
        [[maybe_unused]] const ssize_t written = ::write(2, text, std::strlen(text));
        return 2;
    }
    agenthub::Guard guard(options);
    return guard.run();
}
