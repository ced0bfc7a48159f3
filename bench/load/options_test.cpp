// Command lines of agenthub-load.

#include "bench/load/options.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace agenthub::load {
namespace {

std::optional<Options> parse(std::vector<const char*> args, int& exit_code) {
    args.insert(args.begin(), "agenthub-load");
    return parse_options(static_cast<int>(args.size()), args.data(), exit_code);
}

TEST(LoadOptions, splits_the_url) {
    int exit_code = -1;
    const auto options =
        parse({"--url", "http://localhost:81/mcp/x", "--sse", "--calls", "9", "--calls", "5"}, exit_code);
    ASSERT_TRUE(options.has_value());
    EXPECT_EQ(options->host, "127.0.0.1");
    EXPECT_EQ(options->port, 81);
    EXPECT_EQ(options->path, "/mcp/x");
    EXPECT_TRUE(options->sse);
    EXPECT_EQ(options->calls, 5);
}

TEST(LoadOptions, refuses_what_it_does_not_understand) {
    for (const auto& args : std::vector<std::vector<const char*>>{{"--url", "https://x/"},
                                                                  {"--url", "http://x:0/"},
                                                                  {"--url", "http://x:65536/"},
                                                                  {"--url", "http://x:8a/"},
                                                                  {"--sessions", "0"},
                                                                  {"--calls", "0"},
                                                                  {"--no-such-option"}}) {
        int exit_code = -1;
        EXPECT_FALSE(parse(args, exit_code).has_value()) << args[0];
        EXPECT_EQ(exit_code, 2);
    }
    int exit_code = -1;
    EXPECT_FALSE(parse({"--help"}, exit_code).has_value());
    EXPECT_EQ(exit_code, 0);
}

}  // namespace
}  // namespace agenthub::load
