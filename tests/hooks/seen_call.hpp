// A call as its hooks see it, and hooks that say what they are told to say.
// For the tests of hooks.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/task_group.hpp"
#include "hooks/hook_chain.hpp"
#include "hooks/tool_book.hpp"

namespace agenthub::test {

// tools/call of "echo" at the server "fake", by the client "ci".
struct SeenCall {
    explicit SeenCall(std::string args = R"({"text":"hi"})", HookPoint point = HookPoint::before)
        : arguments(std::move(args)), call(who) {
        who.client_id = "ci";
        call.point = point;
        call.server = "fake";
        call.method = "tools/call";
        call.tool = "echo";
        call.request_id = "r-1";
        call.arguments = arguments;
        call.takes_arguments = true;
    }

    mcp::Caller who;
    std::string arguments;
    HookCall call;
};

// Says the same to every call.
class Saying final : public QuickHook {
public:
    explicit Saying(result<HookVerdict> verdict) : verdict_(std::move(verdict)) {}
    result<HookVerdict> decide(const HookCall& call) override {
        seen += std::string(call.arguments) + ";";
        return verdict_;
    }
    std::string seen;

private:
    result<HookVerdict> verdict_;
};

class Throwing final : public QuickHook {
public:
    result<HookVerdict> decide(const HookCall&) override { throw std::runtime_error("out of luck"); }
};

inline HookVerdict verdict(HookVerdict::Action action, std::string text = {}) {
    HookVerdict out;
    out.action = action;
    out.text = std::move(text);
    return out;
}

inline HookConfig hook_config(std::string name, std::string tool = "*", std::string server = "*",
                              HookPoint on = HookPoint::before) {
    HookConfig config;
    config.name = std::move(name);
    config.tool = std::move(tool);
    config.server = std::move(server);
    config.on = on;
    config.builtin = "redact";
    return config;
}

class OneTool final : public ToolBook {
public:
    std::optional<ToolFacts> find_tool(std::string_view, std::string_view tool) override {
        if (tool != "echo")
            return std::nullopt;
        return ToolFacts{read_only, schema};
    }
    bool read_only = true;
    std::string schema;
};

}  // namespace agenthub::test
