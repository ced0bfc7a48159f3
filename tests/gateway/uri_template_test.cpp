#include "gateway/uri_template.hpp"

#include <gtest/gtest.h>

#include <string>

namespace agenthub {
namespace {

void takes(const char* pattern, std::initializer_list<const char*> uris) {
    for (const char* uri : uris)
        EXPECT_TRUE(matches_uri_template(pattern, uri)) << pattern << " " << uri;
}

void refuses(const char* pattern, std::initializer_list<const char*> uris) {
    for (const char* uri : uris)
        EXPECT_FALSE(matches_uri_template(pattern, uri)) << pattern << " " << uri;
}

TEST(UriTemplate, a_plain_variable_is_one_part) {
    takes("test://template/{id}/data", {"test://template/123/data", "test://template/a%20b/data"});
    refuses("test://template/{id}/data", {"test://template//data", "test://template/1/2/data", "test://template/1/dat",
                                          "test://template/1/data/", "test://template/1?x/data", ""});
    takes("u:{a}-{b}", {"u:1-2", "u:1-2-3"});
    refuses("u:{a}-{b}", {"u:-2", "u:1-", "u:12"});
    takes("u:{a,b}", {"u:1,2"});
    refuses("u:{a,b}", {"u:1"});
}

TEST(UriTemplate, without_variables_is_itself) {
    takes("u://x", {"u://x"});
    refuses("u://x", {"u://", "u://xy", "U://x"});
}

TEST(UriTemplate, a_reserved_variable_is_anything) {
    takes("file:///{+path}", {"file:///a", "file:///a/b?c#d"});
    refuses("file:///{+path}", {"file:///", "file://a"});
    takes("u:/{+path}/end", {"u:/a/b/end", "u:/end/end"});
    refuses("u:/{+path}/end", {"u://end", "u:/a/end/x"});
}

TEST(UriTemplate, path_segments_begin_with_a_slash) {
    takes("u:x{/a}", {"u:x/1"});
    refuses("u:x{/a}", {"u:x", "u:x/", "u:x/1/2", "u:x1"});
    takes("u:x{/a,b}", {"u:x/1/2"});
    refuses("u:x{/a,b}", {"u:x/1"});
    takes("u:x{/a*}", {"u:x/1", "u:x/1/2/3"});
    refuses("u:x{/a*}", {"u:x", "u:x/1?q"});
}

TEST(UriTemplate, a_query_has_its_members_in_any_order_or_not_at_all) {
    takes("u:x{?q,r}", {"u:x", "u:x?q=1", "u:x?r=2", "u:x?r=2&q=1", "u:x?q=", "u:x?q"});
    refuses("u:x{?q,r}", {"u:x?", "u:x?s=1", "u:x?q=1&s=1", "u:x&q=1", "u:x?q=1#f", "u:x?q=1&"});
    takes("u:x?fixed=1{&q}", {"u:x?fixed=1", "u:x?fixed=1&q=2"});
    refuses("u:x?fixed=1{&q}", {"u:x?fixed=1?q=2"});
}

TEST(UriTemplate, labels_and_fragments_have_their_marks) {
    takes("u:x{.type}", {"u:x.json"});
    refuses("u:x{.type}", {"u:xjson", "u:x."});
    takes("u:x{#part}", {"u:x#a/b"});
    refuses("u:x{#part}", {"u:x", "u:x#"});
    takes("u:{a:3}/{b*}", {"u:abcd/1"});
}

TEST(UriTemplate, what_is_not_known_matches_nothing) {
    refuses("u:{;a}", {"u:;a=1", "u:"});
    refuses("u:{}", {"u:", "u:{}"});
    refuses("u:{a", {"u:1", "u:{a"});
    refuses("u:{a b}", {"u:1"});
    refuses("u:{=a}", {"u:1"});
    refuses("u:{a,}", {"u:1,"});
}

TEST(UriTemplate, must_begin_with_its_scheme) {
    refuses("{+all}", {"u://x"});
    refuses("{scheme}://x", {"u://x"});
    refuses("x/{a}", {"x/1"});
    refuses(":{a}", {":1"});
    refuses("{a}:{b}", {"u:1"});
}

TEST(UriTemplate, has_limits) {
    EXPECT_TRUE(matches_uri_template("u:{+a}", "u:" + std::string(8190, 'x')));
    EXPECT_FALSE(matches_uri_template("u:{+a}", "u:" + std::string(8191, 'x')));
    EXPECT_TRUE(matches_uri_template("u:" + std::string(1022, 'x'), "u:" + std::string(1022, 'x')));
    EXPECT_FALSE(matches_uri_template("u:" + std::string(1023, 'x'), "u:" + std::string(1023, 'x')));
}

TEST(UriTemplate, many_variables_do_not_make_it_slow) {
    std::string pattern = "u:";
    for (int i = 0; i < 200; ++i)
        pattern += "{+a}";
    EXPECT_FALSE(matches_uri_template(pattern + "!", "u:" + std::string(8000, 'x')));
    std::string query = "u:";
    for (int i = 0; i < 2700; ++i)
        query += "&q=";
    EXPECT_FALSE(matches_uri_template("u:{+a}{&q}!", query));
}

}  // namespace
}  // namespace agenthub
