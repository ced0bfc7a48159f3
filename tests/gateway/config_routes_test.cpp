#include "gateway/config_routes.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

struct FakeControl final : ConfigControl {
    awaitable<ReloadResult> reload(std::string) override { co_return report; }
    awaitable<result<void>> install(NewServer server) override {
        installed = std::move(server);
        co_return outcome;
    }
    awaitable<result<void>> remove(std::string name) override {
        removed = std::move(name);
        co_return outcome;
    }

    ReloadResult report = ReloadReport();
    result<void> outcome;
    NewServer installed;
    std::string removed;
};

awaitable<void> keep(awaitable<HttpReply> reply, HttpReply& out) {
    out = co_await std::move(reply);
}

HttpReply answer(awaitable<HttpReply> reply) {
    asio::io_context loop(1);
    HttpReply out;
    run_to_end(loop, keep(std::move(reply), out));
    return out;
}

HttpReply reload(FakeControl& control) {
    return answer(serve_reload(control));
}

HttpReply install(FakeControl& control, std::string_view body) {
    return answer(serve_install(control, body));
}

HttpReply remove(FakeControl& control, const std::string& name) {
    return answer(serve_remove(control, name));
}

TEST(ConfigRoutes, a_reload_tells_what_has_changed) {
    FakeControl control;
    ReloadReport report;
    report.file = "/etc/a.json";
    report.difference = {{"a"}, {"b"}, {"c"}, {"d"}, {"log.level"}, {"listen"}};
    report.warnings = {{"x", "unknown key"}};
    control.report = report;
    const HttpReply reply = reload(control);
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(json::parse(reply.body), json::parse(R"({"message": "Configuration reloaded", "file": "/etc/a.json",
                  "servers": {"added": ["a"], "removed": ["b"], "changed": ["c"], "updated": ["d"]},
                  "settings": {"applied": ["log.level"], "next_start": ["listen"]},
                  "warnings": [{"path": "x", "message": "unknown key"}]})"));
    control.report = ReloadReport();
    EXPECT_EQ(json::parse(reload(control).body)["message"], "Nothing has changed");
}

TEST(ConfigRoutes, a_refused_reload_lists_every_fault) {
    FakeControl control;
    control.report = ConfigFaults{"/etc/a.json", {{"limits", "wrong"}, {"", "worse"}}};
    const HttpReply reply = reload(control);
    EXPECT_EQ(reply.status, 400U);
    const json body = json::parse(reply.body);
    EXPECT_EQ(body["faults"], json::parse(R"([{"path": "limits", "message": "wrong"},
                                              {"path": "", "message": "worse"}])"));
    EXPECT_NE(body["detail"].get<std::string>().find("limits: wrong"), std::string::npos);
}

TEST(ConfigRoutes, an_install_has_the_prototypes_shape) {
    FakeControl control;
    const HttpReply reply = install(control, R"({"package": "@x/foo-mcp"})");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(json::parse(reply.body),
              json::parse(R"({"message": "Server foo installed", "name": "foo", "package": "@x/foo-mcp"})"));
    EXPECT_FALSE(control.installed.auto_start);
    EXPECT_EQ(install(control, R"({"package": "p", "name": "n", "auto_start": true, "description": "d",
                                         "later": 1})")
                  .status,
              200U);
    EXPECT_EQ(control.installed.name, "n");
    EXPECT_EQ(control.installed.description, "d");
    EXPECT_TRUE(control.installed.auto_start);
}

TEST(ConfigRoutes, a_body_that_is_not_as_it_should_be_gets_422) {
    FakeControl control;
    for (const char* body : {"", "[]", "{}", R"({"package": ""})", R"({"package": 1})", R"({"package": null})",
                             R"({"package": "p", "name": 1})", R"({"package": "p", "auto_start": "perhaps"})",
                             R"({"package": "p", "description": []})", R"({"package": "--help"})"}) {
        const HttpReply reply = install(control, body);
        EXPECT_EQ(reply.status, 422U) << body;
        const json detail = json::parse(reply.body)["detail"];
        ASSERT_TRUE(detail.is_array()) << reply.body;
        EXPECT_EQ(detail[0]["loc"][0], "body");
    }
    EXPECT_EQ(control.installed.package, "");
}

TEST(ConfigRoutes, a_refused_install_names_the_member_at_fault) {
    FakeControl control;
    const json package = json::parse(install(control, R"({"package": "--help"})").body)["detail"][0];
    EXPECT_EQ(package["loc"], json::parse(R"(["body", "package"])"));
    EXPECT_EQ(package["type"], "value_error");
    EXPECT_EQ(package["input"], "--help");
    control.outcome = Error(errc::invalid_params, "why");
    const json name = json::parse(install(control, R"({"package": "p"})").body)["detail"][0];
    EXPECT_EQ(name["loc"], json::parse(R"(["body", "name"])"));
    EXPECT_EQ(name["msg"], "Value error, why");
}

TEST(ConfigRoutes, failures_have_their_status) {
    FakeControl control;
    const std::pair<errc, unsigned> rows[] = {{errc::invalid_request, 400},
                                              {errc::invalid_params, 422},
                                              {errc::server_unknown, 404},
                                              {errc::invalid_config, 500},
                                              {errc::io_error, 503}};
    for (const auto& [code, status] : rows) {
        control.outcome = Error(code, "why");
        EXPECT_EQ(install(control, R"({"package": "p"})").status, status);
        EXPECT_EQ(remove(control, "p").status, status);
        EXPECT_EQ(json::parse(remove(control, "p").body)["detail"], "why");
    }
}

TEST(ConfigRoutes, a_removal_says_what_it_removed) {
    FakeControl control;
    EXPECT_EQ(json::parse(remove(control, "foo").body)["message"], "Server foo removed");
    EXPECT_EQ(control.removed, "foo");
}

}  // namespace
}  // namespace agenthub
