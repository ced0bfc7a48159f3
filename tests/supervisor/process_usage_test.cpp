#include "supervisor/process_usage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "tests/supervisor/process_fixture.hpp"
#include "tests/support/wait_until.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

// As Linux 6.1 writes it.
std::string stat_line(const std::string& name) {
    return "4711 (" + name +
           ") S 12 4711 4711 0 -1 4194560 2204 5 0 0 100 20 3 4 20 0 11 0 6349 20611072 1027 18446744073709551615 1 1 "
           "0 0 0 0 0 16781312 82947 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
}

TEST(ProcessStat, has_the_fields_of_the_line) {
    const auto stat = parse_process_stat(stat_line("node"));
    ASSERT_TRUE(stat.has_value());
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->parent, 12);
    EXPECT_EQ(stat->cpu_ticks, 127U) << "its own and that of children it has waited for";
    EXPECT_EQ(stat->threads, 11U);
    EXPECT_EQ(stat->rss_pages, 1027U);
}

TEST(ProcessStat, a_name_may_look_like_the_rest_of_the_line) {
    for (const char* name : {"a b", "a) Z 1 (b", ") ", "(", "a\nb", ""})
        EXPECT_EQ(parse_process_stat(stat_line(name)), parse_process_stat(stat_line("node"))) << name;
}

TEST(ProcessStat, what_is_no_such_line_is_nothing) {
    const std::string line = stat_line("node");
    for (const auto& text : {std::string(), std::string("1 (a"), std::string("1 (a)"), std::string("1 (a) "),
                             std::string("1 (a) S"), std::string("1 (a)S 12 3"), line.substr(0, line.find(" 1027 "))})
        EXPECT_FALSE(parse_process_stat(text).has_value()) << text;
    EXPECT_TRUE(parse_process_stat(line.substr(0, line.find(" 1844"))).has_value()) << "nothing behind is needed";
}

TEST(ProcessUsageOfThisProcess, is_plausible) {
    const auto usage = usage_of_this_process();
    EXPECT_EQ(usage.processes, 1U);
    EXPECT_GT(usage.rss_bytes, 1'000'000U);
    EXPECT_LT(usage.rss_bytes, 100'000'000'000U);
}

TEST(OpenDescriptors, are_counted) {
    const auto before = open_descriptors();
    const UniqueFd one(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(open_descriptors(), before + 1);
}

class ProcessUsageOfTree : public ProcessFixture {};

TEST_F(ProcessUsageOfTree, is_the_guard_the_server_and_what_that_started) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("sleep 1000 & sleep 1000 & echo $!; wait"));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        const auto usage = ProcessReader().usage_of_tree(child->guard_pid(), child->pid());
        EXPECT_EQ(usage.processes, 4U);
        EXPECT_GT(usage.rss_bytes, 500'000U);
        EXPECT_EQ(ProcessReader().usage_of_tree(child->guard_pid(), 0).processes, 4U) << "found by their parents";
        child->kill_all();
        co_await child->wait_gone();
        EXPECT_EQ(ProcessReader().usage_of_tree(child->guard_pid(), child->pid()), ProcessUsage());
    };
    run(body());
}

TEST_F(ProcessUsageOfTree, follows_what_forked_away) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(probe("grandchild-and-stay"));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        // The process between them may still be on its way out.
        EXPECT_TRUE(test::wait_until(
            [&] { return ProcessReader().usage_of_tree(child->guard_pid(), child->pid()).processes == 3; }));
        child->kill_all();
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ProcessUsageOfTree, counts_the_time_of_children_that_have_ended) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("i=0; (while [ $i -lt 200000 ]; do i=$((i+1)); done); echo $$; read x"));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        const auto usage = ProcessReader().usage_of_tree(child->guard_pid(), child->pid());
        EXPECT_EQ(usage.processes, 2U);
        EXPECT_GE(usage.cpu, 20ms);
        EXPECT_LT(usage.cpu, 60s);
        child->kill_all();
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ProcessUsageOfTree, with_its_budget_spent_looks_at_what_it_is_asked_for_only) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("sleep 1000 & sleep 1000 & echo $!; wait"));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        // Each of the four takes two files: its line and the list of its only thread.
        ProcessReader enough(8);
        EXPECT_EQ(enough.usage_of_tree(child->guard_pid(), child->pid()).processes, 4U);
        EXPECT_EQ(enough.usage_of_tree(child->guard_pid(), child->pid()).processes, 2U) << "spent";
        ProcessReader too_little(5);
        EXPECT_EQ(too_little.usage_of_tree(child->guard_pid(), child->pid()).processes, 3U);
        child->kill_all();
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ProcessUsageOfTree, a_number_that_is_no_child_of_the_root_is_a_stranger) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("echo $$; read x"));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        EXPECT_EQ(ProcessReader().usage_of_tree(child->guard_pid(), ::getpid()).processes, 2U);
        EXPECT_EQ(reaper_.children(), 1U) << "the guard";
        child->kill_all();
        co_await child->wait_gone();
        EXPECT_EQ(reaper_.children(), 0U);
    };
    run(body());
}

}  // namespace
}  // namespace agenthub
