// agenthub connect: makes one AI client of this machine use AgentHub, and takes that back.
// A function; owns what it needs while it runs.

#include "cli/connect_command.hpp"

#include <filesystem>
#include <ostream>

#include "base/own_programs.hpp"
#include "cli/daemon_url.hpp"
#include "clients/connect_file.hpp"

namespace agenthub {
namespace {

result<std::string> file_of(ClientKind kind, bool project) {
    std::optional<std::string> folder;
    if (project) {
        std::error_code ec;
        folder = std::filesystem::current_path(ec).string();
        if (ec)
            return Error(errc::io_error, "the working directory cannot be found: " + ec.message());
    }
    return configuration_file(kind, folder, this_platform(), process_environment());
}

// What to do for the client to notice.
std::string_view next_step(ClientKind kind) {
    switch (kind) {
        case ClientKind::claude_desktop: return "Quit Claude Desktop and start it again.";
        case ClientKind::claude_code: return "It counts from the next start of Claude Code; /mcp shows it.";
        case ClientKind::cursor: return "Cursor shows it in its settings, under MCP.";
        case ClientKind::vscode: return "VS Code shows it with \"MCP: List Servers\", and starts it from there.";
        case ClientKind::vscode_tasks: return "VS Code offers them with \"Tasks: Run Task\".";
        case ClientKind::raycast: break;
    }
    return "";
}

int undo(const std::string& file, const Console& console) {
    const auto undone = undo_connect(file);
    if (!undone)
        return fail(console, "connect", undone.error(), kExitFailed);
    switch (*undone) {
        case UndoResult::restored: console.out << file << " is as it was before.\n"; break;
        case UndoResult::removed: console.out << file << " is gone again; there was none before.\n"; break;
        case UndoResult::entry_removed:
            console.out << file
                        << " has been changed since by somebody else, so only AgentHub's entry was taken out.\n";
            break;
    }
    return kExitFine;
}

int show_or_write(const ConnectOptions& options, ClientKind kind, const std::vector<ClientEntry>& entries,
                  const std::string& file, const Console& console) {
    const auto plan = plan_connect(file, entries);
    if (!plan)
        return fail(console, "connect", plan.error(), kExitFailed);
    if (!plan->changes()) {
        console.out << file << " has it already; nothing to change.\n";
        return kExitFine;
    }
    if (!options.write) {
        console.out << (plan->exists ? "Would change " : "Would make ") << file << ":\n"
                    << changed_lines(plan->before, plan->after)
                    << "Nothing was written. Do it with --write; --undo takes it back.\n";
        return kExitFine;
    }
    if (const auto written = write_connect(*plan, entries); !written)
        return fail(console, "connect", written.error(), kExitFailed);
    console.out << file << (plan->exists ? " is changed:\n" : " is made:\n") << changed_lines(plan->before, plan->after)
                << next_step(kind) << " --undo takes it back.\n";
    return kExitFine;
}

}  // namespace

int run_connect(const ConnectOptions& options, const Console& console) {
    const auto url = daemon_url(options.url, process_environment());
    if (url.has_error())
        return fail(console, "connect", url.error(), kExitUsage);
    const ClientKind kind = client_of(options.client).value();  // the command line has checked it
    const ClientEndpoint endpoint{url->base(), options.server.value_or(""), options.view.value_or(""),
                                  own_program("agenthub")};
    if (options.print) {
        const auto document = client_document(kind, endpoint);
        if (!document)
            return fail(console, "connect", document.error(), kExitUsage);
        console.out << *document;
        return kExitFine;
    }
    const auto file = file_of(kind, options.project);
    if (!file)
        return fail(console, "connect", file.error(), kExitUsage);
    if (options.undo)
        return undo(*file, console);
    const auto entries = client_entries(kind, endpoint);
    if (!entries)
        return fail(console, "connect", entries.error(), kExitUsage);
    return show_or_write(options, kind, *entries, *file, console);
}

}  // namespace agenthub
