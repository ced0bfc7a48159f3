// Runs one command line in this process and keeps what it wrote.
// Test support; values only.

#pragma once

#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.hpp"

namespace agenthub {

struct CommandRun {
    int code = -1;
    std::string out, err;
};

inline CommandRun run_command(
    std::vector<std::string> args, const std::string& input = {},
    const ServeFunction& serve = [](const ServeOptions&) { return 99; },
    const StdioFunction& stdio = [](const StdioOptions&) { return 98; }) {
    args.insert(args.begin(), "agenthub");
    std::vector<char*> argv;
    for (std::string& arg : args)
        argv.push_back(arg.data());
    argv.push_back(nullptr);
    std::istringstream in(input);
    std::ostringstream out, err;
    CommandRun run;
    run.code = run_cli(static_cast<int>(args.size()), argv.data(), serve, stdio, Console{in, out, err});
    run.out = out.str();
    run.err = err.str();
    return run;
}

// An environment variable for the length of a test.
class ScopedVariable {
public:
    ScopedVariable(std::string name, const std::optional<std::string>& value) : name_(std::move(name)) {
        if (const char* before = std::getenv(name_.c_str()))
            before_ = before;
        set(value);
    }
    ~ScopedVariable() { set(before_); }
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;

private:
    void set(const std::optional<std::string>& value) {
        if (value)
            ::setenv(name_.c_str(), value->c_str(), 1);
        else
            ::unsetenv(name_.c_str());
    }

    std::string name_;
    std::optional<std::string> before_;
};

}  // namespace agenthub
