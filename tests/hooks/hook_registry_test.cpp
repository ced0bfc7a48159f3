#include "hooks/hook_registry.hpp"

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

HookBody make(const HookConfig&) {
    return std::unique_ptr<QuickHook>(std::make_unique<Saying>(HookVerdict()));
}

std::string names(const HookRegistry::Entries& entries) {
    std::string out;
    for (const auto& entry : entries)
        out += entry->config.name + " ";
    return out;
}

TEST(HookRegistry, exact_names_come_before_patterns_and_else_the_order_of_the_configuration_holds) {
    const HookRegistry registry(
        {hook_config("star"), hook_config("glob", "ec*"), hook_config("first", "echo"), hook_config("second", "echo"),
         hook_config("of server", "*", "fake"), hook_config("both", "echo", "fake")},
        nullptr, make);
    EXPECT_EQ(names(registry.at(HookPoint::before)), "both first second of server star glob ");
    EXPECT_EQ(names(registry.all()), "star glob first second of server both ");
}

TEST(HookRegistry, each_point_has_its_own_hooks) {
    const HookRegistry registry(
        {hook_config("b"), hook_config("a", "*", "*", HookPoint::after), hook_config("e", "*", "*", HookPoint::error)},
        nullptr, make);
    EXPECT_EQ(names(registry.at(HookPoint::before)), "b ");
    EXPECT_EQ(names(registry.at(HookPoint::after)), "a ");
    EXPECT_EQ(names(registry.at(HookPoint::error)), "e ");
}

TEST(HookRegistry, a_hook_matches_by_server_method_and_tool) {
    const HookEntry entry(hook_config("h", "create_*", "git*"), make({}));
    EXPECT_TRUE(entry.matches("github", "tools/call", "create_issue"));
    EXPECT_FALSE(entry.matches("files", "tools/call", "create_issue"));
    EXPECT_FALSE(entry.matches("github", "prompts/get", "create_issue"));
    EXPECT_FALSE(entry.matches("github", "tools/call", "list"));
}

TEST(HookRegistry, a_reload_keeps_what_stays_as_it_was_and_makes_the_rest_anew) {
    const HookRegistry before({hook_config("kept"), hook_config("changed")}, nullptr, make);
    before.all()[0]->counts.calls = 7;
    before.all()[1]->counts.calls = 7;
    auto changed = hook_config("changed");
    changed.timeout += Duration(1);
    const HookRegistry after({changed, hook_config("kept"), hook_config("new")}, &before, make);
    EXPECT_EQ(after.all()[0]->counts.calls, 0U);
    EXPECT_EQ(after.all()[1]->counts.calls, 7U);
    EXPECT_EQ(after.all()[1], before.all()[0]);
    EXPECT_EQ(after.all()[2]->counts.calls, 0U);
}

}  // namespace
}  // namespace agenthub::test
