// The agenthub-cli program: what a person types behind `agenthub`. `agenthub serve` becomes the daemon, a program of
// its own beside this one, so that the daemon carries none of the command line's libraries (a third of its memory).
// `agenthub stdio` stays here.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/own_programs.hpp"
#include "base/url_text.hpp"
#include "cli/cli.hpp"
#include "stdio/run.hpp"

namespace {

void add(std::vector<std::string>& words, const char* option, const std::optional<std::string>& value) {
    if (!value)
        return;
    words.emplace_back(option);
    words.push_back(*value);
}

// Replaces this process: the daemon keeps its pid. Returns only on failure.
int become_daemon(const agenthub::ServeOptions& options) {
    const std::string program = agenthub::own_program("agenthubd");
    std::vector<std::string> words{program};
    add(words, "--config", options.config);
    for (const auto& address : options.listen)
        add(words, "--listen", address);
    add(words, "--state-dir", options.state_dir);
    add(words, "--log-level", options.log_level);
    add(words, "--log-format", options.log_format);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    std::fprintf(stderr, "agenthub: cannot run the daemon %s: %s. It is installed beside agenthub; install both.\n",
                 program.c_str(), std::strerror(errno));
    return 1;
}

int be_stdio_server(const agenthub::StdioOptions& options) {
    agenthub::StdioRun run;
    run.url = options.url;
    run.endpoint = "/mcp";
    if (options.server)
        run.endpoint += "/" + agenthub::path_segment(*options.server);
    if (options.view)
        run.endpoint += "/view/" + agenthub::path_segment(*options.view);
    run.autostart = options.autostart;
    run.listen = options.listen;
    run.url_named = options.url_named;
    return agenthub::run_stdio(run);
}

}  // namespace

int main(int argc, char** argv) {
    return agenthub::run_cli(argc, argv, become_daemon, be_stdio_server);
}
