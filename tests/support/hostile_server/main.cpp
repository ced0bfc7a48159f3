// hostile-server: a stdio MCP server for tests that plays every fault by tool name or switch.
// Started by the daemon under test; ends itself after --lifetime seconds whatever happens.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include "tests/support/hostile_server/tools.hpp"

namespace {

using namespace agenthub::test;

// A signal's default action would do, were it not that a daemon may hand down an ignored SIGALRM.
void bound_lifetime(std::int64_t seconds) {
    struct sigaction action = {};
    action.sa_handler = [](int) { ::_exit(99); };
    ::sigaction(SIGALRM, &action, nullptr);
    sigset_t alarm_only;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    ::sigprocmask(SIG_UNBLOCK, &alarm_only, nullptr);
    ::alarm(static_cast<unsigned>(seconds));
}

void play_start(const Options& options) {
    if (!options.stderr_text.empty())
        (void)write_all(STDERR_FILENO, options.stderr_text + "\n");
    if (!options.start_file.empty())
        std::ofstream(options.start_file, std::ios::app) << std::to_string(::getpid()) + "\n" << std::flush;
    if (options.exit_at_start)
        ::_exit(*options.exit_at_start);
    if (options.ignore_term) {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP})
            ::signal(signal, SIG_IGN);
    }
    if (options.grandchild)
        fork_grandchild(120, false);
}

}  // namespace

int main(int argc, char** argv) {
    std::string fault;
    Options options = parse_options(argc, argv, fault);
    if (!fault.empty()) {
        std::fprintf(stderr, "hostile-server: %s\n", fault.c_str());
        return 2;
    }
    if (!options.modern_if.empty() && ::access(options.modern_if.c_str(), F_OK) == 0)
        options.era = "modern";
    ::signal(SIGPIPE, SIG_IGN);
    bound_lifetime(options.lifetime_s);
    play_start(options);

    Tools tools;
    add_ask_tools(tools);
    add_basic_tools(tools);
    add_framing_tools(tools);
    add_json_tools(tools);
    add_notification_tools(tools);
    if (!options.extra_tool_if.empty() && ::access(options.extra_tool_if.c_str(), F_OK) == 0)
        tools["extra"] = {"Is not always there",
                          [](Server& server, const Call& call) { server.answer_text(call, "extra"); }};
    add_process_tools(tools);
    Wire wire(STDIN_FILENO, STDOUT_FILENO);
    Server server(options, wire, std::move(tools));
    ::_exit(server.run());
}
