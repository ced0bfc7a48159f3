// What connect and stdio take.
// Functions of the command line.

#include "cli/client_commands.hpp"

#include <CLI/CLI.hpp>

#include "clients/client_kind.hpp"

namespace agenthub {

CLI::App* add_connect(CLI::App& app, ConnectOptions& options, const char* url_help) {
    CLI::App* command = app.add_subcommand("connect", "Make an AI client of this machine use AgentHub");
    command->footer(
        "Without --print, --write and --undo it shows what --write would change.\n"
        "Examples:\n"
        "  agenthub connect claude-code --write\n"
        "  agenthub connect vscode --project --server everything --write\n"
        "  agenthub connect cursor --undo\n"
        "  agenthub connect raycast --print > agenthub.sh");
    command->add_option("CLIENT", options.client, "The client")->required()->check(CLI::IsMember(client_names()));
    auto* print = command->add_flag("--print", options.print, "Print a whole document for the client, change nothing");
    auto* write = command->add_flag("--write", options.write, "Put AgentHub into the client's configuration");
    auto* undo = command->add_flag("--undo", options.undo, "Make that configuration what it was before --write");
    print->excludes(write)->excludes(undo);
    write->excludes(undo);
    auto* server = command->add_option("--server", options.server, "One server instead of all");
    command->add_option("--view", options.view, "A view instead of all servers")->excludes(server);
    command->add_flag("--project", options.project,
                      "The configuration of the project in this folder, not the user's own");
    command->add_option("--url", options.url, url_help)->type_name("URL");
    return command;
}

CLI::App* add_stdio(CLI::App& app, StdioOptions& options, const char* url_help) {
    CLI::App* command =
        app.add_subcommand("stdio", "Be an MCP server over standard input and output: a bridge to the daemon");
    command->footer(
        "For clients that start their servers themselves. It outlives restarts of the daemon, and ends with its "
        "input.\n"
        "Examples:\n"
        "  agenthub stdio\n"
        "  agenthub stdio everything --autostart");
    auto* server = command->add_option("SERVER", options.server, "One server instead of all");
    command->add_option("--view", options.view, "A view instead of all servers")->excludes(server);
    command->add_flag("--autostart", options.autostart, "Start the daemon when nothing answers on this machine");
    command->add_option("--url", options.url_option, url_help)->type_name("URL");
    return command;
}

}  // namespace agenthub
