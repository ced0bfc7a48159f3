#include "config/environment.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

class EnvironmentFiles : public ::testing::Test {
protected:
    std::string write(const std::string& name, const std::string& content) const {
        test::write_file(directory_.file(name), content);
        return directory_.file(name);
    }

    test::TempDir directory_;
    Environment environment_ = process_environment();
};

TEST_F(EnvironmentFiles, a_file_at_the_limit_is_read_and_one_byte_more_is_not) {
    const std::string content(40000, 'x');
    const std::string path = write("f", content);
    const auto whole = environment_.read_file(path, content.size());
    ASSERT_TRUE(whole.has_value());
    EXPECT_EQ(*whole, content);
    const auto over = environment_.read_file(path, content.size() - 1);
    ASSERT_TRUE(over.has_error());
    EXPECT_EQ(over.error().code, errc::too_large);
    EXPECT_EQ(over.error().message, "is longer than the 39999 bytes allowed");
}

TEST_F(EnvironmentFiles, an_empty_file_is_not_a_missing_one) {
    EXPECT_EQ(*environment_.read_file(write("f", ""), 10), std::optional<std::string>(""));
    EXPECT_EQ(*environment_.read_file(directory_.file("none"), 10), std::nullopt);
    EXPECT_EQ(*environment_.read_file(write("g", "") + "/below", 10), std::nullopt);
}

TEST_F(EnvironmentFiles, a_directory_and_a_link_to_itself_say_why) {
    const auto directory = environment_.read_file(directory_.path().string(), 10);
    ASSERT_TRUE(directory.has_error());
    EXPECT_EQ(directory.error().message, "cannot be read: Is a directory");
    const std::string loop = directory_.file("loop");
    ASSERT_EQ(::symlink(loop.c_str(), loop.c_str()), 0);
    const auto link = environment_.read_file(loop, 10);
    ASSERT_TRUE(link.has_error());
    EXPECT_EQ(link.error().code, errc::io_error);
    EXPECT_EQ(link.error().message, "cannot be opened: Too many levels of symbolic links");
}

TEST_F(EnvironmentFiles, a_pipe_is_read_to_its_end) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ASSERT_EQ(::write(ends[1], "abc", 3), 3);
    ::close(ends[1]);
    EXPECT_EQ(*environment_.read_file("/dev/fd/" + std::to_string(ends[0]), 10), std::optional<std::string>("abc"));
    ::close(ends[0]);
}

TEST_F(EnvironmentFiles, a_pipe_that_nobody_writes_to_does_not_hang_the_start) {
    const std::string path = directory_.file("fifo");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const auto content = environment_.read_file(path, 10);
    ASSERT_TRUE(content.has_error());
    EXPECT_EQ(content.error().message, "cannot be read: no data within 2 seconds");
}

TEST_F(EnvironmentFiles, a_pipe_that_is_written_to_little_by_little_is_read_until_the_deadline) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    std::jthread writer([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            EXPECT_EQ(::write(ends[1], "x", 1), 1);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    const auto content =
        environment_.read_file_by("/dev/fd/" + std::to_string(ends[0]), 100'000, Deadline::after(Duration(300)));
    writer.request_stop();
    writer.join();
    ASSERT_TRUE(content.has_error());
    EXPECT_EQ(content.error().message, "cannot be read: its end did not come in time");
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(Environment, variables_of_the_process) {
    ASSERT_EQ(::setenv("AGENTHUB_TEST_SET", "v", 1), 0);
    ASSERT_EQ(::setenv("AGENTHUB_TEST_EMPTY", "", 1), 0);
    ASSERT_EQ(::unsetenv("AGENTHUB_TEST_NONE"), 0);
    const Environment environment = process_environment();
    EXPECT_EQ(environment.variable("AGENTHUB_TEST_SET"), "v");
    EXPECT_EQ(environment.variable("AGENTHUB_TEST_EMPTY"), "");
    EXPECT_EQ(environment.variable("AGENTHUB_TEST_NONE"), std::nullopt);
    EXPECT_EQ(environment.non_empty("AGENTHUB_TEST_SET"), "v");
    EXPECT_EQ(environment.non_empty("AGENTHUB_TEST_EMPTY"), std::nullopt);
}

}  // namespace
}  // namespace agenthub
