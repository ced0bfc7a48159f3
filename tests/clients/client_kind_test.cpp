#include "clients/client_kind.hpp"

#include <gtest/gtest.h>

#include "tests/config/fixed_environment.hpp"

namespace agenthub {
namespace {

std::string file_of(ClientKind kind, Platform platform, const Texts& variables = {{"HOME", "/home/me"}}) {
    const auto file = configuration_file(kind, std::nullopt, platform, fixed_environment(variables));
    return file ? *file : "error: " + file.error().message;
}

TEST(ClientKind, names_lead_to_their_clients_and_back) {
    for (const std::string& name : client_names())
        EXPECT_EQ(name_of(client_of(name).value()), name);
    EXPECT_EQ(client_names().size(), 6U);
    EXPECT_FALSE(client_of("claude").has_value());
    EXPECT_FALSE(client_of("").has_value());
}

TEST(ClientKind, files_are_where_the_clients_documentation_says) {
    constexpr auto kLinux = Platform::linux_desktop;
    EXPECT_EQ(file_of(ClientKind::claude_desktop, kLinux), "/home/me/.config/Claude/claude_desktop_config.json");
    EXPECT_EQ(file_of(ClientKind::claude_code, kLinux), "/home/me/.claude.json");
    EXPECT_EQ(file_of(ClientKind::cursor, kLinux), "/home/me/.cursor/mcp.json");
    EXPECT_EQ(file_of(ClientKind::vscode, kLinux), "/home/me/.config/Code/User/mcp.json");
    EXPECT_EQ(file_of(ClientKind::vscode_tasks, kLinux), "/home/me/.config/Code/User/tasks.json");
    const std::string support = "/home/me/Library/Application Support/";
    EXPECT_EQ(file_of(ClientKind::claude_desktop, Platform::macos), support + "Claude/claude_desktop_config.json");
    EXPECT_EQ(file_of(ClientKind::vscode, Platform::macos), support + "Code/User/mcp.json");
    EXPECT_EQ(file_of(ClientKind::cursor, Platform::macos), "/home/me/.cursor/mcp.json");
}

TEST(ClientKind, variables_move_the_files) {
    const Texts moved{{"HOME", "/home/me"}, {"XDG_CONFIG_HOME", "/etc/me"}, {"CLAUDE_CONFIG_DIR", "/claude"}};
    EXPECT_EQ(file_of(ClientKind::vscode, Platform::linux_desktop, moved), "/etc/me/Code/User/mcp.json");
    EXPECT_EQ(file_of(ClientKind::claude_code, Platform::linux_desktop, moved), "/claude/.claude.json");
    EXPECT_EQ(file_of(ClientKind::cursor, Platform::linux_desktop, moved), "/home/me/.cursor/mcp.json");
}

TEST(ClientKind, projects_have_files_of_their_own) {
    const auto in_project = [](ClientKind kind) {
        const auto file = configuration_file(kind, "/p", Platform::linux_desktop, fixed_environment());
        return file ? *file : "error: " + file.error().message;
    };
    EXPECT_EQ(in_project(ClientKind::claude_code), "/p/.mcp.json");
    EXPECT_EQ(in_project(ClientKind::cursor), "/p/.cursor/mcp.json");
    EXPECT_EQ(in_project(ClientKind::vscode), "/p/.vscode/mcp.json");
    EXPECT_EQ(in_project(ClientKind::vscode_tasks), "/p/.vscode/tasks.json");
    EXPECT_NE(in_project(ClientKind::claude_desktop).find("leave --project out"), std::string::npos);
}

TEST(ClientKind, what_cannot_be_found_is_said) {
    EXPECT_NE(file_of(ClientKind::cursor, Platform::linux_desktop, {}).find("$HOME"), std::string::npos);
    EXPECT_NE(file_of(ClientKind::raycast, Platform::macos).find("--print"), std::string::npos);
}

}  // namespace
}  // namespace agenthub
