#include "gateway/client_routes.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

std::vector<ListenAddress> addresses(const std::vector<std::string>& texts) {
    std::vector<ListenAddress> out;
    for (const auto& text : texts)
        out.push_back(parse_listen_address(text).value());
    return out;
}

std::string over_unix(const std::vector<std::string>& listen) {
    HttpRequest request;
    request.over_unix = true;
    return url_for(request, addresses(listen));
}

TEST(ClientRoutes, the_address_is_the_one_that_was_asked) {
    http::fields fields;
    fields.set(http::field::host, "hub.local:8080");
    HttpRequest request;
    request.fields = &fields;
    EXPECT_EQ(url_for(request, addresses({"127.0.0.1:9090"})), "http://hub.local:8080");
}

TEST(ClientRoutes, over_a_unix_socket_it_is_where_http_clients_can_connect) {
    EXPECT_EQ(over_unix({"unix:/run/hub.sock", "127.0.0.1:91", "127.0.0.1:92"}), "http://127.0.0.1:91");
    EXPECT_EQ(over_unix({"0.0.0.0:91"}), "http://127.0.0.1:91");
    EXPECT_EQ(over_unix({"[::]:91"}), "http://[::1]:91");
    EXPECT_EQ(over_unix({"127.0.0.1:0", "unix:/run/hub.sock"}), "unix:/run/hub.sock");
    EXPECT_EQ(over_unix({}), "http://127.0.0.1:9090");
}

}  // namespace
}  // namespace agenthub
