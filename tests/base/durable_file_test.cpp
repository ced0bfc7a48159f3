#include "base/durable_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

using test::read_file;
using test::TempDir;
using test::write_file;

mode_t mode_of(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST(DurableFile, a_new_file_is_for_its_owner) {
    TempDir dir;
    ASSERT_TRUE(replace_file(dir.file("a"), "content"));
    EXPECT_EQ(read_file(dir.file("a")), "content");
    EXPECT_EQ(mode_of(dir.file("a")), 0600U);
}

TEST(DurableFile, keeps_the_mode_and_leaves_nothing_beside_it) {
    TempDir dir;
    write_file(dir.file("a"), "a longer content than the next");
    ASSERT_EQ(::chmod(dir.file("a").c_str(), 0644), 0);
    ASSERT_TRUE(replace_file(dir.file("a"), "new"));
    EXPECT_EQ(read_file(dir.file("a")), "new");
    EXPECT_EQ(mode_of(dir.file("a")), 0644U);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(DurableFile, what_a_crash_left_is_no_obstacle) {
    TempDir dir;
    write_file(dir.file("a"), "old");
    write_file(dir.file("a.new"), "half of a longer conte");
    ASSERT_TRUE(replace_file(dir.file("a"), "new"));
    EXPECT_EQ(read_file(dir.file("a")), "new");
}

TEST(DurableFile, follows_a_link_and_keeps_it) {
    TempDir dir;
    write_file(dir.file("target"), "old");
    std::filesystem::create_symlink(dir.file("target"), dir.file("link"));
    ASSERT_TRUE(replace_file(dir.file("link"), "new"));
    EXPECT_TRUE(std::filesystem::is_symlink(dir.file("link")));
    EXPECT_EQ(read_file(dir.file("target")), "new");
}

TEST(DurableFile, takes_a_relative_path_also_of_a_new_file) {
    TempDir dir;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(dir.path());
    const bool replaced = replace_file("a", "content").has_value();
    std::filesystem::current_path(before);
    EXPECT_TRUE(replaced);
    EXPECT_EQ(read_file(dir.file("a")), "content");
}

TEST(DurableFile, a_failure_leaves_the_old_content) {
    TempDir dir;
    write_file(dir.file("a"), "old");
    std::filesystem::create_directory(dir.file("a.new"));
    const auto replaced = replace_file(dir.file("a"), "new");
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, errc::io_error);
    EXPECT_EQ(read_file(dir.file("a")), "old");
    EXPECT_FALSE(replace_file(dir.file("nowhere") + "/a", "new"));
}

}  // namespace
}  // namespace agenthub
