// What the tests of `agenthub call` share: a call to a fake daemon, and answers of tools.
// Test support.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/cli/command_run.hpp"
#include "tests/cli/fake_daemon.hpp"

namespace agenthub {

using Names = std::vector<std::string>;

inline CommandRun call(const FakeDaemon& daemon, std::vector<std::string> args = {"everything", "echo"},
                       const std::string& input = {}) {
    args.insert(args.begin(), {"call", "--url", daemon.url()});
    return run_command(std::move(args), input);
}

// The answer to a tool call with this result.
inline std::string tool_answer(const std::string& result) {
    return R"({"jsonrpc":"2.0","id":2,"result":)" + result + "}";
}

}  // namespace agenthub
