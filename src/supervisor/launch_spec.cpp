// Words for failed starts. Most people meet them first as "npx not found", so they say where was looked.
// Pure functions.

#include "supervisor/launch_spec.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>

namespace agenthub {
namespace {

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

Error refused(std::string what) {
    return {errc::start_failed, std::move(what)};
}

// Why the exec failed, and the remedy.
std::string exec_reason(const LaunchSpec& spec, int errno_value) {
    const std::string text = std::generic_category().message(errno_value);
    switch (errno_value) {
        case ENOENT: {
            if (spec.command.find('/') != std::string::npos)
                return text + ". Install it, or correct \"command\".";
            std::string reason = "it is in no directory of the server's PATH";
            for (const auto& [name, value] : spec.env) {
                if (name == "PATH")
                    reason += " (" + value + ")";
            }
            return reason + ". Install it, give its full path as \"command\", or set PATH in \"env\".";
        }
        case EACCES:
            return text +
                   ". Make it an executable file (chmod +x) that AgentHub's user may run, or correct \"command\".";
        case ENOEXEC:
            return text + ". A script needs a first line such as #!/bin/sh; or name its interpreter as \"command\".";
        case E2BIG: return text + ". Shorten \"args\" or \"env\".";
        default: return text + ". Try the command by hand, as AgentHub's user.";
    }
}

}  // namespace

result<void> check_launch_spec(const LaunchSpec& spec) {
    if (spec.command.empty())
        return refused("there is no command to run. Set \"command\" for this server.");
    bool nul = has_nul(spec.command) || has_nul(spec.cwd);
    for (const auto& arg : spec.args)
        nul = nul || has_nul(arg);
    for (const auto& [name, value] : spec.env) {
        nul = nul || has_nul(name) || has_nul(value);
        if (name.empty() || name.find('=') != std::string::npos)
            return refused("cannot run '" + spec.shown_command() + "': the environment variable name '" + name +
                           "' is empty or contains '='. Correct \"env\".");
    }
    if (nul)
        return refused("cannot run '" + spec.shown_command() +
                       "': a NUL byte cannot be handed to a process. Remove \\u0000 from command, args, env and cwd.");
    return {};
}

Error launch_error(const LaunchSpec& spec, GuardStage stage, int errno_value) {
    const std::string text = std::generic_category().message(errno_value);
    const std::string cannot_run = "cannot run '" + spec.shown_command() + "': ";
    switch (stage) {
        case GuardStage::directory:
            return refused("cannot run '" + spec.shown_command() + "' in '" + spec.shown_cwd() + "': " + text +
                           ". Create this directory, or correct \"cwd\".");
        case GuardStage::limit:
            return refused(cannot_run + "its resource limits cannot be set: " + text +
                           ". Lower them, or raise the limits AgentHub itself runs with.");
        case GuardStage::cgroup:
            return refused(cannot_run + "it cannot enter its control group " + spec.cgroup + ": " + text +
                           ". Let AgentHub's user write to cgroup.procs there and in the group that this one and "
                           "AgentHub have in common (systemd: Delegate=yes), or set \"cgroup\": \"off\".");
        case GuardStage::interpreter:
            return refused(cannot_run +
                           "the file is there, but not the interpreter its first line names. Install that, or name an "
                           "interpreter as \"command\".");
        case GuardStage::exec: return refused(cannot_run + exec_reason(spec, errno_value));
        case GuardStage::fork:
        case GuardStage::none: break;
    }
    // Not the configuration's fault, and it may pass: another attempt is worth while.
    return Error(errc::busy,
                 "cannot make a process for '" + spec.shown_command() + "': " + text +
                     ". The machine is short of memory or processes: see ulimit -u and the service's TasksMax.");
}

}  // namespace agenthub
