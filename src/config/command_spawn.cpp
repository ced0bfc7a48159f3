// Starting a guard, and the program below it.
// A function.

#include "config/command_spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/argument_vector.hpp"
#include "guard/protocol.hpp"

namespace agenthub {
namespace {

std::vector<std::string> environment_of(const CommandCall& call) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto replaced = [name = text.substr(0, text.find('='))](const auto& own) { return own.first == name; };
        if (std::none_of(call.env.begin(), call.env.end(), replaced))
            out.emplace_back(text);
    }
    for (const auto& [name, value] : call.env)
        out.emplace_back(name).append("=").append(value);
    return out;
}

}  // namespace

int spawn_below_guard(pid_t& pid, const std::string& guard, const std::array<int, 3>& fds, const CommandCall& call) {
    std::vector<std::string> words{"mcp-guard", std::to_string(kGuardControlFd), "--"};
    words.insert(words.end(), call.argv.begin(), call.argv.end());
    auto variables = environment_of(call);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    for (int i = 0; i < 3; ++i)
        ::posix_spawn_file_actions_adddup2(&actions, fds[static_cast<std::size_t>(i)], i + 1);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, kGuardControlFd + 1);
    ::posix_spawnattr_init(&attributes);
    sigset_t signals;
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    const int error = ::posix_spawn(&pid, guard.c_str(), &actions, &attributes, pointers_to(words).data(),
                                    pointers_to(variables).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    return error;
}

}  // namespace agenthub
