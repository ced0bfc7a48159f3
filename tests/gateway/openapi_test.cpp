#include "gateway/openapi.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "gateway/router.hpp"

namespace agenthub {
namespace {

using boost::beast::http::verb;

// The router's pattern for a path of the document.
std::string pattern_of(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const auto end = path.find('}');
        if (path.front() != '{' || end == std::string_view::npos) {
            out += path.front();
            path.remove_prefix(1);
            continue;
        }
        out += path.substr(0, end + 1) == "{path}" ? "**" : "*";
        path.remove_prefix(end + 1);
    }
    return out;
}

verb verb_of(std::string_view method) {
    return method == "get" ? verb::get : method == "post" ? verb::post : verb::delete_;
}

TEST(OpenApi, has_every_route_of_the_router) {
    for (const RouteRow& row : all_routes()) {
        bool is_described = false;
        for (const ApiOperation& operation : api_operations())
            is_described = is_described || (pattern_of(operation.path) == row.pattern &&
                                            (row.verb == verb::unknown || verb_of(operation.method) == row.verb));
        EXPECT_TRUE(is_described) << to_string(row.verb) << " " << row.pattern;
    }
}

TEST(OpenApi, has_nothing_that_the_router_has_not) {
    std::set<std::string> seen;
    for (const ApiOperation& operation : api_operations()) {
        EXPECT_TRUE(seen.insert(std::string(operation.method) + " " + std::string(operation.path)).second);
        bool is_routed = false;
        for (const RouteRow& row : all_routes())
            is_routed = is_routed || (pattern_of(operation.path) == row.pattern &&
                                      (row.verb == verb::unknown || verb_of(operation.method) == row.verb));
        EXPECT_TRUE(is_routed) << operation.method << " " << operation.path;
    }
}

TEST(OpenApi, refers_to_schemas_that_it_has_and_names_operations_once) {
    const Document document = openapi_document();
    EXPECT_EQ(document["openapi"], "3.1.0");
    const std::string text = document.dump();
    constexpr std::string_view kPlace = "#/components/schemas/";
    for (auto at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at + 1)) {
        const auto begin = at + kPlace.size();
        const std::string name = text.substr(begin, text.find('"', begin) - begin);
        EXPECT_TRUE(document["components"]["schemas"].contains(name)) << name;
    }
    std::set<std::string> ids;
    for (const auto& path : document["paths"])
        for (const auto& operation : path) {
            EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second) << operation["operationId"];
            EXPECT_FALSE(operation["summary"].get<std::string>().empty());
        }
}

TEST(OpenApi, says_what_is_required) {
    const Document document = openapi_document();
    const auto& body = document["paths"]["/servers/install"]["post"]["requestBody"]["content"]["application/json"];
    EXPECT_EQ(body["schema"]["required"], Document::parse(R"(["package"])"));
    const auto& breaker = document["components"]["schemas"]["CircuitBreaker"];
    EXPECT_EQ(breaker["required"].size(), 8U);
    EXPECT_EQ(breaker["properties"]["last_failure_time"]["type"], Document::parse(R"(["string","null"])"));
}

}  // namespace
}  // namespace agenthub
