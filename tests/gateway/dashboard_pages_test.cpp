#include "gateway/dashboard_pages.hpp"

#include <gtest/gtest.h>

#include "gateway/dashboard_routes.hpp"
#include "gateway/html.hpp"

namespace agenthub {
namespace {

constexpr const char* kHostile = R"(<script>alert("1")</script>'&)";

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Html, nothing_that_anybody_said_is_markup) {
    EXPECT_EQ(html_escaped(R"(<a href="x">'&')"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    ServerRow server;
    server.name = server.description = server.reason = server.last_error = kHostile;
    server.status = "failed";
    EXPECT_FALSE(has(health_part({server}, DaemonFacts()), "<script"));
    ActivityPage page;
    ActivityEntry entry;
    entry.path = entry.client_id = entry.mcp_method = entry.tool = entry.error_text = entry.outcome = kHostile;
    entry.http_method = "<b>";
    page.entries = {entry};
    const std::string activity = activity_part(page);
    EXPECT_FALSE(has(activity, "<script") || has(activity, "<b>")) << activity;
    DaemonFacts facts;
    facts.activity.last_error = kHostile;
    EXPECT_FALSE(has(stats_part(facts), "<script"));
    EXPECT_FALSE(has(html_of_markdown(kHostile), "<script"));
    EXPECT_FALSE(has(html_of_markdown("# `<script>`\n- <script>\n\n| <script> |\n|---|\n```\n<script>\n"), "<script"));
}

TEST(Html, a_guide_has_its_headings_lists_tables_and_links) {
    const std::string html = html_of_markdown(
        "# One `two`\n\nText **strong**\nand [a link](other.md#at).\n\n- first\n  goes on\n- second\n\n1. one\n\n"
        "| a | b |\n| --- | --- |\n| c\\|d | `e` |\n\n```json\n{\"x\": 1}\n```\n");
    for (const char* part :
         {"<h1 id=\"one-two\">One <code>two</code></h1>", "<strong>strong</strong>",
          "<a href=\"other.md#at\">a link</a>", "<ul>\n<li>first goes on</li>\n<li>second</li>\n</ul>",
          "<ol>\n<li>one</li>", "<th>a</th>", "<td>c|d</td>", "<pre><code>{&quot;x&quot;: 1}\n</code></pre>"})
        EXPECT_TRUE(has(html, part)) << part << " in " << html;
    EXPECT_FALSE(has(html_of_markdown("[x](javascript:alert(1))"), "<a"));
}

TEST(Html, what_is_unfinished_ends) {
    for (const char* text : {"`", "**", "[", "[a](", "```", "|", "| a", "#", "-", "- ", "1.", "", "\n\n", "`**[a`"})
        EXPECT_LT(html_of_markdown(text).size(), 200U);
}

TEST(Dashboard, offers_what_can_be_done_with_a_server) {
    ServerRow server;
    server.name = "one";
    server.status = "running";
    const std::string running = health_part({server}, DaemonFacts());
    EXPECT_TRUE(has(running, R"(action="/dashboard/actions/stop/one")"));
    EXPECT_TRUE(has(running, R"(action="/dashboard/actions/restart/one")"));
    EXPECT_FALSE(has(running, "/actions/start/"));
    server.status = "failed";
    EXPECT_TRUE(has(health_part({server}, DaemonFacts()), R"(action="/dashboard/actions/start/one")"));
}

TEST(Dashboard, every_guide_has_a_title_and_a_page) {
    EXPECT_GT(embedded_guides().size(), 5U);
    for (const EmbeddedFile& guide : embedded_guides()) {
        EXPECT_TRUE(guide.text.starts_with("# ")) << guide.name;
        EXPECT_TRUE(has(guide_page(guide), "</h1>")) << guide.name;
        EXPECT_TRUE(has(guides_part(), guide.name));
    }
    EXPECT_NE(find_embedded(embedded_parts(), "css/dashboard.css"), nullptr);
    EXPECT_EQ(find_embedded(embedded_parts(), "css/other.css"), nullptr);
}

bool is_let_in(std::vector<std::pair<http::field, std::string_view>> header, std::string_view site = {}) {
    http::fields fields;
    fields.set(http::field::host, "127.0.0.1:9090");
    for (const auto& [name, value] : header)
        fields.set(name, value);
    if (!site.empty())
        fields.set("Sec-Fetch-Site", site);
    HttpRequest request;
    request.fields = &fields;
    return !refuse_other_sites(request).has_value();
}

TEST(Dashboard, is_open_to_its_own_pages_and_to_no_others) {
    EXPECT_TRUE(is_let_in({}));
    EXPECT_TRUE(is_let_in({}, "none"));
    EXPECT_TRUE(is_let_in({{http::field::origin, "http://127.0.0.1:9090"}}, "same-origin"));
    EXPECT_TRUE(is_let_in({{http::field::origin, "http://127.0.0.1:9090"}})) << "browsers that say no more";
    EXPECT_FALSE(is_let_in({{http::field::origin, "http://127.0.0.1:9090"}}, "same-site"));
    EXPECT_FALSE(is_let_in({{http::field::origin, "http://127.0.0.1:8080"}}));
    EXPECT_FALSE(is_let_in({{http::field::origin, "http://localhost:9090"}})) << "another origin";
    EXPECT_FALSE(is_let_in({{http::field::origin, "null"}}));
    EXPECT_FALSE(is_let_in({{http::field::origin, ""}}));
    EXPECT_FALSE(is_let_in({}, "cross-site"));
}

TEST(Dashboard, may_be_gone_to_from_other_pages_and_neither_framed_nor_pressed_there) {
    const auto goes = [](http::verb verb, std::string_view mode, std::string_view dest) {
        http::fields fields;
        fields.set(http::field::host, "127.0.0.1:9090");
        fields.set("Sec-Fetch-Site", "cross-site");
        fields.set("Sec-Fetch-Mode", mode);
        fields.set("Sec-Fetch-Dest", dest);
        HttpRequest request;
        request.verb = verb;
        request.fields = &fields;
        return !refuse_other_sites(request).has_value();
    };
    EXPECT_TRUE(goes(http::verb::get, "navigate", "document"));
    EXPECT_FALSE(goes(http::verb::get, "navigate", "iframe"));
    EXPECT_FALSE(goes(http::verb::get, "no-cors", "image"));
    EXPECT_FALSE(goes(http::verb::get, "cors", "empty"));
    EXPECT_FALSE(goes(http::verb::post, "navigate", "document")) << "a form";
}

}  // namespace
}  // namespace agenthub
