#include "supervisor/catalogue_keeper.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/task_group.hpp"
#include "mcp/replies.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

using test::TempDir;

// A server that answers lists from a table, by method and cursor.
class ListServer final : public Upstream {
public:
    ListServer() { info_.has_tools = true; }

    awaitable<result<mcp::Message>> call(Exchange&) override { co_return Error(errc::internal, "not called here"); }
    void cancel(Exchange&, std::string_view) override {}
    void notify(const mcp::Message&) override {}
    awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params, Deadline) override {
        asked.emplace_back(std::string(method) + std::string(params));
        const auto found = answers.find(asked.back());
        if (found == answers.end())
            co_return Error(errc::call_timeout, "no answer");
        std::string line = found->second.starts_with('{') ? mcp::make_response("1", found->second)
                                                          : mcp::make_error("1", -32603, found->second);
        co_return mcp::Message::parse(std::move(line));
    }
    const ServerInfo& info() const noexcept override { return info_; }

    ServerInfo info_;
    std::map<std::string, std::string> answers;
    std::vector<std::string> asked;
};

class CatalogueKeeperTest : public testing::Test {
protected:
    std::vector<std::string_view> learn(CatalogueKeeper& keeper) {
        std::vector<std::string_view> changed;
        asio::io_context loop;
        const auto task = [&]() -> awaitable<void> { changed = co_await keeper.learn(server, Duration(1000)); };
        run_to_end(loop, task());
        return changed;
    }

    TempDir dir;
    CatalogueStore store{dir.file("catalogue")};
    std::shared_ptr<ListServer> server = std::make_shared<ListServer>();
};

TEST_F(CatalogueKeeperTest, knows_nothing_until_it_has_learned_and_then_for_good) {
    CatalogueKeeper keeper(store, "s", "f");
    EXPECT_EQ(keeper.known(), nullptr);
    EXPECT_FALSE(keeper.is_fresh());
    server->answers["tools/list{}"] = R"({"tools":[{"name":"a"}]})";
    EXPECT_TRUE(learn(keeper).empty());
    EXPECT_TRUE(keeper.is_fresh());
    const CatalogueKeeper next(store, "s", "f");
    ASSERT_NE(next.known(), nullptr);
    EXPECT_FALSE(next.is_fresh());
    EXPECT_EQ(*next.known()->list("tools/list"), R"({"tools":[{"name":"a"}]})");
    EXPECT_EQ(CatalogueKeeper(store, "s", "other").known(), nullptr);
    EXPECT_EQ(CatalogueKeeper(store, "t", "f").known(), nullptr);
}

TEST_F(CatalogueKeeperTest, of_a_server_that_was_never_seen_its_introduction_is_known_before_its_lists) {
    CatalogueKeeper keeper(store, "s", "f");
    keeper.introduce(server->info());
    ASSERT_NE(keeper.known(), nullptr);
    EXPECT_TRUE(keeper.known()->info.has_tools);
    EXPECT_EQ(keeper.known()->list("tools/list"), nullptr);
    EXPECT_FALSE(keeper.known()->has_lists);
    keeper.note_asks();
    EXPECT_FALSE(store.load("s"));
    server->answers["tools/list{}"] = R"({"tools":[{"name":"a"}]})";
    EXPECT_TRUE(learn(keeper).empty());  // nobody was told anything else
    EXPECT_TRUE(keeper.known()->has_lists);
    EXPECT_TRUE(CatalogueKeeper(store, "s", "f").known()->has_lists);
    keeper.introduce(ServerInfo());
    EXPECT_TRUE(keeper.known()->info.has_tools);
}

TEST_F(CatalogueKeeperTest, tells_what_has_changed_once_for_each_notification) {
    CatalogueKeeper keeper(store, "s", "f");
    server->info_.has_resources = true;
    server->answers = {{"tools/list{}", R"({"tools":[]})"},
                       {"resources/list{}", R"({"resources":[]})"},
                       {"resources/templates/list{}", R"({"resourceTemplates":[]})"}};
    EXPECT_TRUE(learn(keeper).empty());
    EXPECT_TRUE(learn(keeper).empty());
    server->answers["resources/list{}"] = R"({"resources":[{"uri":"a"}]})";
    server->answers["resources/templates/list{}"] = R"({"resourceTemplates":[{"uriTemplate":"a"}]})";
    EXPECT_EQ(learn(keeper), std::vector<std::string_view>{"notifications/resources/list_changed"});
}

TEST_F(CatalogueKeeperTest, follows_the_cursors_and_gives_up_on_those_that_never_end) {
    CatalogueKeeper keeper(store, "s", "f");
    server->answers = {{"tools/list{}", R"({"tools":[1],"nextCursor":"b"})"},
                       {R"(tools/list{"cursor":"b"})", R"({"tools":[2]})"}};
    learn(keeper);
    EXPECT_EQ(*keeper.known()->list("tools/list"), R"({"tools":[1,2]})");
    server->answers[R"(tools/list{"cursor":"b"})"] = R"({"tools":[2],"nextCursor":"b"})";
    server->asked.clear();
    learn(keeper);
    EXPECT_EQ(keeper.known()->list("tools/list"), nullptr);
    EXPECT_EQ(server->asked.size(), 100U);
}

TEST_F(CatalogueKeeperTest, keeps_a_list_that_is_not_answered_and_forgets_one_that_is_refused) {
    CatalogueKeeper keeper(store, "s", "f");
    server->answers["tools/list{}"] = R"({"tools":[1]})";
    learn(keeper);
    server->answers.clear();
    EXPECT_TRUE(learn(keeper).empty());
    ASSERT_NE(keeper.known()->list("tools/list"), nullptr);
    server->answers["tools/list{}"] = "refused";
    learn(keeper);
    EXPECT_EQ(keeper.known()->list("tools/list"), nullptr);
}

TEST_F(CatalogueKeeperTest, of_another_configuration_begins_anew) {
    CatalogueKeeper keeper(store, "s", "f");
    server->answers["tools/list{}"] = R"({"tools":[1]})";
    learn(keeper);
    keeper.begin("g");
    EXPECT_EQ(keeper.known(), nullptr);
    EXPECT_FALSE(keeper.is_fresh());
}

TEST(CatalogueStore, without_a_directory_keeps_nothing_and_without_the_right_to_write_goes_on) {
    CatalogueStore none("");
    none.save("s", "text");
    EXPECT_FALSE(none.load("s"));
    CatalogueStore impossible("/proc/catalogue");
    impossible.save("s", "text");
    EXPECT_FALSE(impossible.load("s"));
}

TEST(CatalogueStore, forgets_what_is_removed) {
    const TempDir dir;
    CatalogueStore store(dir.file("catalogue"));
    store.save("s", "text");
    EXPECT_EQ(store.load("s"), "text");
    store.remove("s");
    EXPECT_FALSE(store.load("s"));
}

TEST_F(CatalogueKeeperTest, that_the_server_asks_is_kept_whenever_it_is_noted) {
    server->info_.protocol_version = "2025-11-25";
    server->answers["tools/list{}"] = R"({"tools":[]})";
    {
        CatalogueKeeper keeper(store, "early", "f");
        keeper.note_asks();  // nothing is known yet: nothing happens
        keeper.introduce(server->info_);
        keeper.note_asks();
        learn(keeper);
    }
    {
        CatalogueKeeper keeper(store, "late", "f");
        learn(keeper);
        keeper.note_asks();
    }
    for (const char* name : {"early", "late"}) {
        CatalogueKeeper again(store, name, "f");
        ASSERT_NE(again.known(), nullptr) << name;
        EXPECT_TRUE(again.known()->asks) << name;
        learn(again);
        EXPECT_TRUE(again.known()->asks) << name << ", learning does not forget it";
    }
}

}  // namespace
}  // namespace agenthub
