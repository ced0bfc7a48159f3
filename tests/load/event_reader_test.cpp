// The events of a stream are read whole, however its bytes are cut.

#include "load/event_reader.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace agenthub::load {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

void take(EventReader& reader, Events& out) {
    EventReader::Event event;
    while (reader.next(event))
        out.emplace_back(event.name, event.data);
}

void expect_events(const std::string& bytes, const Events& expected) {
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        EventReader reader;
        Events events;
        ASSERT_TRUE(reader.feed(bytes.substr(0, cut))) << cut << reader.fault();
        take(reader, events);
        ASSERT_TRUE(reader.feed(bytes.substr(cut))) << cut << reader.fault();
        take(reader, events);
        EXPECT_EQ(events, expected) << cut;
    }
}

const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

TEST(EventReader, reads_chunks) {
    expect_events(kHead +
                      "Transfer-Encoding: chunked\r\n\r\n"
                      "1c\r\nevent: endpoint\ndata: /m?a\n\n\r\n"
                      "9\r\n: quiet\n\n\r\n"
                      "8\r\ndata: {}\r\n1\r\n\n\r\n1\r\n\n\r\n",
                  {{"endpoint", "/m?a"}, {"", "{}"}});
}

TEST(EventReader, reads_what_has_no_chunks) {
    expect_events(kHead + "\r\nevent: message\r\ndata:one\r\ndata: two\r\n\r\nid: 7\ndata: {\"a\":1}\n\ndata: half",
                  {{"", "one\ntwo"}, {"", R"({"a":1})"}});
}

TEST(EventReader, says_that_there_is_no_stream) {
    for (const char* bytes : {"HTTP/1.1 404 Not Found\r\nContent-Type: text/event-stream\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"}) {
        EventReader reader;
        EXPECT_FALSE(reader.feed(bytes));
        EXPECT_TRUE(reader.fault().starts_with("no event stream: HTTP/1.1 ")) << reader.fault();
    }
}

TEST(EventReader, says_that_a_chunk_is_malformed) {
    EventReader reader;
    EXPECT_FALSE(reader.feed(kHead + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"));
    EXPECT_EQ(reader.fault(), "malformed chunk: xyz\r\n");
}

}  // namespace
}  // namespace agenthub::load
