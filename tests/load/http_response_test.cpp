// Responses are recognised whole and in every piece.

#include "load/http_response.hpp"

#include <gtest/gtest.h>

namespace agenthub::load {
namespace {

using State = HttpResponse::State;

void expect_complete_only_at_the_end(std::string_view bytes, std::string_view body) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        HttpResponse part;
        parse_response(bytes.substr(0, size), part);
        EXPECT_EQ(part.state, State::incomplete) << size;
    }
    HttpResponse whole;
    const std::string more = std::string(bytes) + "HTTP/1.1";
    parse_response(more, whole);
    EXPECT_EQ(whole.state, State::complete);
    EXPECT_EQ(whole.size, bytes.size());
    EXPECT_EQ(whole.body, body);
}

TEST(HttpResponse, sized_bodies) {
    expect_complete_only_at_the_end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello");
    expect_complete_only_at_the_end("HTTP/1.1 202 Accepted\r\ncontent-length:0\r\n\r\n", "");
    expect_complete_only_at_the_end("HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", "");
}

TEST(HttpResponse, chunked_bodies) {
    expect_complete_only_at_the_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                                    "hello");
    expect_complete_only_at_the_end(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n2\r\nll\r\nA\r\no123456789\r\n0\r\n\r\n",
        "hello123456789");
}

TEST(HttpResponse, the_fields_that_matter) {
    HttpResponse response;
    parse_response(
        "HTTP/1.1 404 Not Found\r\nMCP-SESSION-ID: s1 \r\nConnection: close\r\nContent-Type: "
        "text/event-stream; charset=utf-8\r\nContent-Length: 0\r\n\r\n",
        response);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.session_id, "s1");
    EXPECT_TRUE(response.closes);
    EXPECT_TRUE(response.is_stream);
}

TEST(HttpResponse, what_has_no_end_or_no_sense_is_malformed) {
    for (const auto* text :
         {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "nonsense\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        HttpResponse response;
        parse_response(text, response);
        EXPECT_EQ(response.state, State::malformed) << text;
    }
}

}  // namespace
}  // namespace agenthub::load
