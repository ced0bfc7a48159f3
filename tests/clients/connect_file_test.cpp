#include "clients/connect_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

namespace fs = std::filesystem;

const std::string kBefore = "// mine\n{\n    \"mcpServers\": {\"a\": {}}\n}";

class ConnectFile : public testing::Test {
protected:
    std::vector<ClientEntry> entries(const std::string& url = "http://h/mcp") {
        return {{"mcpServers", "agenthub", false, nlohmann::ordered_json{{"url", url}}}};
    }
    void write(const std::vector<ClientEntry>& what) {
        const auto plan = plan_connect(path_, what);
        ASSERT_TRUE(plan.has_value()) << plan.error().message;
        EXPECT_TRUE(plan->changes());
        const auto written = write_connect(*plan, what);
        ASSERT_TRUE(written.has_value()) << written.error().message;
        EXPECT_EQ(content(), plan->after);
    }
    void put(const std::string& text) {
        fs::create_directories(fs::path(path_).parent_path());
        std::ofstream(path_, std::ios::binary) << text;
    }
    std::string content(const std::string& suffix = "") const {
        std::ostringstream out;
        out << std::ifstream(path_ + suffix, std::ios::binary).rdbuf();
        return out.str();
    }
    bool is_clean() const { return !fs::exists(path_ + ".agenthub-undo") && !fs::exists(path_ + ".agenthub-backup"); }

    test::TempDir dir_;
    std::string path_ = (dir_.path() / "deep/er/mcp.json").string();
};

TEST_F(ConnectFile, undo_restores_every_byte_and_the_mode) {
    put(kBefore);
    ::chmod(path_.c_str(), 0640);
    write(entries());
    EXPECT_EQ(content(".agenthub-backup"), kBefore);
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::restored);
    EXPECT_EQ(content(), kBefore);
    struct stat info{};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0640U);
    EXPECT_TRUE(is_clean());
}

TEST_F(ConnectFile, undo_removes_what_was_not_there_with_its_folders) {
    write(entries());
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::removed);
    EXPECT_FALSE(fs::exists(dir_.path() / "deep"));
    EXPECT_TRUE(fs::exists(dir_.path()));
}

TEST_F(ConnectFile, folders_in_which_something_else_lies_now_stay) {
    write(entries());
    std::ofstream(dir_.path() / "deep/other") << "x";
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::removed);
    EXPECT_FALSE(fs::exists(dir_.path() / "deep/er"));
    EXPECT_TRUE(fs::exists(dir_.path() / "deep/other"));
}

TEST_F(ConnectFile, a_second_write_changes_nothing) {
    put(kBefore);
    write(entries());
    EXPECT_FALSE(plan_connect(path_, entries()).value().changes());
}

TEST_F(ConnectFile, after_several_writes_undo_goes_back_to_before_the_first) {
    put(kBefore);
    write(entries());
    write(entries("http://other/mcp"));
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::restored);
    EXPECT_EQ(content(), kBefore);
}

TEST_F(ConnectFile, in_a_file_that_somebody_changed_only_our_entry_is_taken_out) {
    put("{\n  \"mcpServers\": {\n    \"a\": {}\n  }\n}\n");
    write(entries());
    put("{\n  \"mcpServers\": {\n    \"a\": {},\n    \"agenthub\": {},\n    \"b\": {}\n  }\n}\n");
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::entry_removed);
    EXPECT_EQ(content(), "{\n  \"mcpServers\": {\n    \"a\": {},\n    \"b\": {}\n  }\n}\n");
    EXPECT_TRUE(is_clean());
}

TEST_F(ConnectFile, an_entry_that_ours_had_replaced_comes_back_into_a_changed_file) {
    put("{\"mcpServers\": {\"agenthub\": {\"url\": \"mine\"}}}");
    write(entries());
    put("{\"mcpServers\": {\"agenthub\": {\"url\": \"http://h/mcp\"}}, \"more\": 1}");
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::entry_removed);
    EXPECT_EQ(content(), "{\"mcpServers\": {\"agenthub\": {\"url\":\"mine\"}}, \"more\": 1}");
}

TEST_F(ConnectFile, an_entry_with_commas_behind_its_last_elements_comes_back_too) {
    put("{\"mcpServers\": {\"agenthub\": {\"url\": \"mine,]\\\"}\", \"args\": [1, 2, /* , */ ], // ,\n},}}");
    write(entries());
    put("{\"mcpServers\": {\"agenthub\": {\"url\": \"http://h/mcp\"}}, \"more\": 1}");
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::entry_removed);
    EXPECT_EQ(content(), "{\"mcpServers\": {\"agenthub\": {\"url\":\"mine,]\\\"}\",\"args\":[1,2]}}, \"more\": 1}");
    EXPECT_TRUE(is_clean());
}

TEST_F(ConnectFile, an_entry_that_cannot_be_brought_back_is_not_forgotten) {
    put("{\"mcpServers\": {\"agenthub\": {\"url\": \"mine\"}}}");
    write(entries());
    const std::string now = "{\"mcpServers\": {\"agenthub\": {\"url\": \"http://h/mcp\"}}, \"more\": 1}";
    put(now);
    std::ofstream(path_ + ".agenthub-backup", std::ios::binary)
        << "{\"mcpServers\": {\"agenthub\": \"no such escape: \\q\"}}";
    const auto undone = undo_connect(path_);
    ASSERT_TRUE(undone.has_error());
    EXPECT_NE(undone.error().message.find(".agenthub-backup"), std::string::npos) << undone.error().message;
    EXPECT_EQ(content(), now);
    EXPECT_FALSE(is_clean());
}

TEST_F(ConnectFile, a_write_over_somebody_elses_change_is_not_undone_by_losing_it) {
    put(kBefore);
    write(entries());
    put("{\"mcpServers\": {}, \"new\": 1}");
    write(entries("http://other/mcp"));
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::entry_removed);
    EXPECT_EQ(content(), "{\"mcpServers\": {}, \"new\": 1}");
}

TEST_F(ConnectFile, there_may_be_nothing_to_take_back) {
    EXPECT_EQ(undo_connect(path_).error().code, errc::invalid_request);
    put(kBefore);
    EXPECT_EQ(undo_connect(path_).error().code, errc::invalid_request);
    EXPECT_EQ(content(), kBefore);
}

TEST_F(ConnectFile, what_would_be_lost_is_refused_with_the_place_of_the_backup) {
    put(kBefore);
    write(entries());
    put("{ broken");
    auto undone = undo_connect(path_);
    EXPECT_EQ(undone.error().code, errc::invalid_request);
    EXPECT_NE(undone.error().message.find(".agenthub-backup"), std::string::npos);
    EXPECT_EQ(content(), "{ broken");
    fs::remove(path_);
    undone = undo_connect(path_);
    EXPECT_NE(undone.error().message.find("is gone"), std::string::npos);
    EXPECT_EQ(content(".agenthub-backup"), kBefore);
}

TEST_F(ConnectFile, a_file_that_changed_after_the_plan_is_left_alone) {
    put(kBefore);
    const auto plan = plan_connect(path_, entries());
    put("{}");
    EXPECT_EQ(write_connect(plan.value(), entries()).error().code, errc::busy);
    EXPECT_EQ(content(), "{}");
    EXPECT_TRUE(is_clean());
}

TEST_F(ConnectFile, a_link_is_followed_and_stays_a_link) {
    const auto target = dir_.path() / "dotfiles.json";
    std::ofstream(target) << kBefore;
    fs::create_directories(fs::path(path_).parent_path());
    fs::create_symlink(target, path_);
    write(entries());
    EXPECT_TRUE(fs::is_symlink(path_));
    EXPECT_EQ(undo_connect(path_).value(), UndoResult::restored);
    EXPECT_TRUE(fs::is_symlink(path_));
    EXPECT_EQ(content(), kBefore);
}

TEST_F(ConnectFile, a_link_that_leads_nowhere_stays_as_it_is) {
    fs::create_directories(fs::path(path_).parent_path());
    fs::create_symlink(dir_.path() / "nowhere.json", path_);
    const auto plan = plan_connect(path_, entries());
    ASSERT_TRUE(plan.has_error());
    EXPECT_NE(plan.error().message.find("is a link to something that is not there"), std::string::npos);
    EXPECT_TRUE(fs::is_symlink(path_));
}

TEST_F(ConnectFile, a_faulty_file_stays_as_it_is) {
    put("{ \"mcpServers\": [] }");
    const auto plan = plan_connect(path_, entries());
    EXPECT_EQ(plan.error().code, errc::invalid_config);
    EXPECT_TRUE(plan.error().message.starts_with(path_ + ": "));
}

}  // namespace
}  // namespace agenthub
