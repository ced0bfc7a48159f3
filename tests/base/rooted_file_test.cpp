// Writing below allowed directories, and nowhere else.

#include "base/rooted_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

namespace fs = std::filesystem;

class RootedFile : public ::testing::Test {
protected:
    RootedFile() {
        fs::create_directories(root());
        fs::create_directories(outside());
    }
    std::string root() const { return (temp_.path() / "root").string(); }
    std::string outside() const { return (temp_.path() / "outside").string(); }
    static std::string content_of(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::size_t files_outside() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(outside()), fs::directory_iterator()));
    }
    result<std::string> write(const std::string& path, std::string_view content = "x") const {
        return write_below({root()}, path, content);
    }
    void expect_refused(const std::string& path) const {
        const auto written = write(path);
        ASSERT_TRUE(written.has_error()) << path;
        EXPECT_EQ(written.error().code, errc::forbidden) << path << ": " << written.error().message;
        EXPECT_EQ(files_outside(), 0U) << path;
    }

private:
    test::TempDir temp_;
};

TEST_F(RootedFile, writes_below_the_first_root_and_makes_the_directories_on_the_way) {
    const auto written = write("a/./b//c.md", "content");
    ASSERT_TRUE(written.has_value()) << written.error().message;
    EXPECT_EQ(*written, root() + "/a/b/c.md");
    EXPECT_EQ(content_of(*written), "content");
}

TEST_F(RootedFile, takes_an_absolute_path_below_any_root) {
    const auto written = write_below({root(), outside() + "/"}, outside() + "/d/e.md", "y");
    ASSERT_TRUE(written.has_value()) << written.error().message;
    EXPECT_EQ(content_of(outside() + "/d/e.md"), "y");
}

TEST_F(RootedFile, replaces_a_file_and_keeps_its_mode) {
    ASSERT_TRUE(write("f.md", "old").has_value());
    ASSERT_EQ(::chmod((root() + "/f.md").c_str(), 0644), 0);
    ASSERT_TRUE(write("f.md", "").has_value());
    EXPECT_EQ(content_of(root() + "/f.md"), "");
    struct stat info{};
    ASSERT_EQ(::stat((root() + "/f.md").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0644U);
    EXPECT_EQ(std::distance(fs::directory_iterator(root()), fs::directory_iterator()), 1)
        << "nothing is left beside it";
}

TEST_F(RootedFile, refuses_every_way_upwards) {
    for (const char* path : {"../outside/f", "a/../../outside/f", "..", "a/..", "/../f"})
        expect_refused(path);
}

TEST_F(RootedFile, refuses_what_is_below_no_root) {
    expect_refused(outside() + "/f");
    expect_refused(root() + "-beside/f");
    expect_refused(root());
    expect_refused("/etc/f");
}

TEST_F(RootedFile, refuses_what_names_no_file) {
    expect_refused("");
    expect_refused("a/");
    expect_refused(".");
    expect_refused(std::string("a\0b", 3));
    fs::create_directories(root() + "/dir");
    expect_refused("dir");
}

TEST_F(RootedFile, refuses_symbolic_links_on_the_way_and_at_its_end) {
    fs::create_directory_symlink(outside(), root() + "/link");
    expect_refused("link/f");
    expect_refused("link/deeper/f");
    fs::create_symlink(outside() + "/f", root() + "/end.md");
    expect_refused("end.md");
    fs::create_directory_symlink(".", root() + "/itself");
    expect_refused("itself/f");
}

TEST_F(RootedFile, writes_nothing_where_nothing_is_allowed) {
    const auto nowhere = write_below({}, "f", "x");
    EXPECT_EQ(nowhere.error().code, errc::forbidden);
    // As the file names it: what is to be corrected.
    EXPECT_NE(nowhere.error().message.find("pipeline_roots"), std::string::npos) << nowhere.error().message;
}

TEST_F(RootedFile, says_which_root_is_not_there) {
    const auto written = write_below({root() + "/none"}, "f", "x");
    ASSERT_TRUE(written.has_error());
    EXPECT_EQ(written.error().code, errc::io_error);
    EXPECT_NE(written.error().message.find("/none"), std::string::npos);
}

TEST_F(RootedFile, keeps_the_old_file_when_the_new_one_cannot_be_written) {
    ASSERT_TRUE(write("d/f", "old").has_value());
    fs::permissions(root() + "/d", fs::perms::owner_read | fs::perms::owner_exec);
    if (::geteuid() != 0) {
        EXPECT_EQ(write("d/f", "new").error().code, errc::io_error);
        EXPECT_EQ(content_of(root() + "/d/f"), "old");
    }
    fs::permissions(root() + "/d", fs::perms::owner_all);
    EXPECT_EQ(write(std::string(300, 'n'), "x").error().code, errc::io_error) << "no name is that long";
}

TEST_F(RootedFile, what_is_given_up_before_its_place_is_taken_leaves_nothing) {
    ASSERT_TRUE(write("notes/file.md", "old"));
    CommitPoint point;
    ASSERT_TRUE(point.give_up());
    const auto written = write_below({root()}, "notes/file.md", "new", point);
    ASSERT_TRUE(written.has_error());
    EXPECT_EQ(written.error().code, errc::cancelled);
    EXPECT_EQ(content_of(root() + "/notes/file.md"), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(root() + "/notes"), fs::directory_iterator()), 1);
}

TEST_F(RootedFile, what_has_taken_its_place_cannot_be_given_up) {
    CommitPoint point;
    ASSERT_TRUE(write_below({root()}, "file.md", "new", point));
    EXPECT_FALSE(point.give_up());
    EXPECT_EQ(content_of(root() + "/file.md"), "new");
}

// Whoever gives it up at any instant is told the truth.
TEST_F(RootedFile, either_the_file_is_there_or_giving_it_up_has_worked) {
    const std::string content(1 << 16, 'x');
    for (int round = 0; round < 40; ++round) {
        const std::string name = std::to_string(round);
        CommitPoint point;
        std::thread writer([&] { static_cast<void>(write_below({root()}, name, content, point)); });
        std::this_thread::sleep_for(std::chrono::microseconds(round * 50));
        const bool is_given_up = point.give_up();
        writer.join();
        EXPECT_EQ(fs::exists(root() + "/" + name), !is_given_up) << round;
    }
}

}  // namespace
}  // namespace agenthub
