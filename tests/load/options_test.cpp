// Command lines of `agenthub bench`.

#include "load/options.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <vector>

namespace agenthub::load {
namespace {

// What is wrong; empty: nothing.
std::string parse(std::vector<const char*> args, Options& options) {
    args.insert(args.begin(), "bench");
    CLI::App app;
    add_options(app, options);
    try {
        app.parse(static_cast<int>(args.size()), args.data());
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
    const auto settled = settle(options);
    return settled ? std::string() : settled.error().message;
}

TEST(LoadOptions, splits_the_url) {
    Options options;
    ASSERT_EQ(parse({"--url", "http://localhost:81/mcp/x", "--sse", "--calls", "9", "--calls", "5"}, options), "");
    EXPECT_EQ(options.host, "127.0.0.1");
    EXPECT_EQ(options.port, 81);
    EXPECT_EQ(options.path, "/mcp/x");
    EXPECT_TRUE(options.sse);
    EXPECT_EQ(options.calls, 5);
}

TEST(LoadOptions, refuses_what_it_does_not_understand) {
    for (const auto& args : std::vector<std::vector<const char*>>{{"--url", "https://x/"},
                                                                  {"--url", "http://x:0/"},
                                                                  {"--url", "http://x:65536/"},
                                                                  {"--url", "http://x:8a/"},
                                                                  {"--sessions", "0"},
                                                                  {"--sessions", "60001"},
                                                                  {"--calls", "-1"},
                                                                  {"--arguments", "7"},
                                                                  {"--arguments", R"({"a": 1)"},
                                                                  {"--arguments", "{}", "--payload", "5"},
                                                                  {"--no-such-option"}}) {
        Options options;
        EXPECT_NE(parse(args, options), "") << args[0];
    }
}

TEST(LoadOptions, takes_another_tool_with_its_arguments) {
    Options options;
    ASSERT_EQ(parse({"--tool", "get-sum", "--arguments", R"({"a": 1, "b": 2})", "--calls", "0"}, options), "");
    EXPECT_EQ(options.arguments, R"({"a": 1, "b": 2})");
    EXPECT_EQ(options.calls, 0);
}

}  // namespace
}  // namespace agenthub::load
