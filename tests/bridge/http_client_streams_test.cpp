// Bodies that come and go piece by piece, only as fast as they are taken.

#include "tests/bridge/http_peer.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kMiB = 1 << 20;
// What the kernel keeps of a connection that nobody reads from: both sides' buffers.
constexpr std::size_t kKernel = 12 * kMiB;

TEST(HttpClientStream, hands_out_the_first_piece_while_the_next_has_not_come) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Asked& asked = rig.post("{}");
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        co_await asked.done.wait();  // the header is there before any of the body
        std::string piece;
        for (const std::string word : {"one", "two", "three"}) {
            co_await peer.send(std::to_string(word.size()) + "\r\n" + word + "\r\n");
            const auto n = co_await asked.response().read(piece);
            CO_REQUIRE(n.has_value());
            EXPECT_EQ(piece, word);
        }
        co_await peer.send("0\r\n\r\n");
        const auto end = co_await asked.response().read(piece);
        EXPECT_EQ(*end, 0u);
        EXPECT_EQ(rig.client().idle(), 1u);
    });
}

// It goes on when the test has ended, until its connection is closed.
awaitable<void> flood(std::shared_ptr<PeerConnection> peer, std::shared_ptr<std::size_t> sent) {
    const std::string block(64 * 1024, 'x');
    for (bool open = true; open; *sent += block.size())
        open = co_await peer->send(block);
}

TEST(HttpClientStream, reads_no_further_than_its_buffer_ahead_of_who_takes_the_body) {
    HttpClientOptions options;
    options.buffer_bytes = 16 * 1024;
    with_peer(
        [](PeerRig& rig) -> awaitable<void> {
            Asked& asked = rig.get();
            auto accepted = co_await rig.accept();
            const auto peer = std::make_shared<PeerConnection>(std::move(accepted));
            co_await peer->request();
            const auto sent = std::make_shared<std::size_t>(0);
            co_await peer->send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            rig.tasks.spawn(flood(peer, sent), "flood");
            co_await asked.done.wait();
            std::size_t before = 1;
            // Until the flood stands: nothing more fits.
            while (before != *sent) {
                before = *sent;
                for (int i = 0; i < 100; ++i)
                    co_await rig.turn();
            }
            EXPECT_LT(*sent, kKernel);
            std::string piece;
            std::size_t longest = 0;
            for (std::size_t taken = 0; taken < 2 * kKernel; taken += piece.size()) {
                const auto n = co_await asked.response().read(piece);
                CO_REQUIRE(n.has_value());
                longest = std::max(longest, piece.size());
            }
            EXPECT_LE(longest, 16u * 1024);
            EXPECT_GT(longest, 8u * 1024) << "reads grow while they are filled";
            EXPECT_GT(*sent, kKernel) << "it goes on when somebody reads";
            asked.response().close();
        },
        options);
}

// Makes blocks and counts them.
class Blocks final : public HttpBodySource {
public:
    Blocks(std::size_t count, std::string block) : left_(count), block_(std::move(block)) {}
    awaitable<result<bool>> next(std::string& piece) override {
        if (left_ == 0)
            co_return false;
        --left_;
        ++made;
        piece = block_;
        co_return true;
    }
    std::size_t made = 0;

private:
    std::size_t left_;
    std::string block_;
};

TEST(HttpClientStream, sends_a_body_of_unknown_length_in_chunks) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Blocks blocks(2, "hello ");
        OutboundRequest request;
        request.method = "POST";
        request.body = "first ";
        request.more = &blocks;
        Asked& asked = rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        const std::string head = co_await peer.request();
        EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
        EXPECT_EQ(head.find("Content-Length"), std::string::npos);
        const std::string body = co_await peer.read_until("0\r\n\r\n");
        EXPECT_EQ(body, "6\r\nfirst \r\n6\r\nhello \r\n6\r\nhello \r\n0\r\n\r\n");
        co_await peer.send(answer("ok"));
        co_await asked.done.wait();
        EXPECT_EQ(asked.response().status(), 200u);
    });
}

TEST(HttpClientStream, sends_a_body_of_known_length_as_it_is) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Blocks blocks(2, "hello ");
        OutboundRequest request;
        request.method = "POST";
        request.body = "first ";
        request.more = &blocks;
        request.length = 18;
        Asked& asked = rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        const std::string head = co_await peer.request();
        EXPECT_NE(head.find("Content-Length: 18\r\n"), std::string::npos);
        const std::string body = co_await peer.read_until("first hello hello ");
        EXPECT_EQ(body, "first hello hello ");
        co_await peer.send(answer("ok"));
        co_await asked.done.wait();
        EXPECT_EQ(asked.response().status(), 200u);
    });
}

TEST(HttpClientStream, asks_the_source_only_as_fast_as_the_server_reads) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Blocks blocks(1000, std::string(kMiB, 'x'));
        OutboundRequest request;
        request.method = "POST";
        request.more = &blocks;
        rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        std::size_t before = 0;
        do {
            before = blocks.made;
            for (int i = 0; i < 100; ++i)
                co_await rig.turn();
        } while (before != blocks.made || before == 0);
        EXPECT_LT(blocks.made, kKernel / kMiB);
    });
}

// Fails after its first piece.
class BrokenSource final : public HttpBodySource {
public:
    awaitable<result<bool>> next(std::string& piece) override {
        piece = "x";
        if (std::exchange(first_, false))
            co_return true;
        co_return Error(errc::cancelled, "the client left");
    }

private:
    bool first_ = true;
};

TEST(HttpClientStream, a_source_that_fails_breaks_the_request_off) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        BrokenSource source;
        OutboundRequest request;
        request.method = "POST";
        request.more = &source;
        Asked& asked = rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::cancelled);
        co_await peer.closed();
    });
}

TEST(HttpClientStream, takes_the_answer_of_a_server_that_refuses_a_long_body) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Blocks blocks(1000, std::string(kMiB, 'x'));
        OutboundRequest request;
        request.method = "POST";
        request.more = &blocks;
        Asked& asked = rig.ask(std::move(request));
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
        // Read to here, then no more: the client's next write fails.
        peer.socket().shutdown(asio::socket_base::shutdown_send);
        co_await rig.turn();
        peer.close();
        co_await asked.done.wait();
        EXPECT_LT(blocks.made, 1000u);
        // A reset may have taken the answer away; it must not hang, nor be taken for success.
        if (asked.outcome->has_value()) {
            EXPECT_EQ(asked.response().status(), 413u);
        } else {
            EXPECT_EQ(asked.code(), errc::upstream_failed);
        }
        EXPECT_EQ(rig.client().idle(), 0u);
    });
}

TEST(HttpClientStream, a_response_that_is_forgotten_closes_its_connection_at_once) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        co_await asked.done.wait();
        asked.outcome.reset();
        co_await peer.closed();
        EXPECT_EQ(rig.client().in_use(), 0u);
        EXPECT_EQ(rig.client().idle(), 0u);
    });
}

TEST(HttpClientStream, a_cancelled_request_closes_its_connection_at_once) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        rig.get();
        auto peer = co_await rig.accept();
        co_await peer.request();
        EXPECT_EQ(rig.client().in_use(), 1u);
        rig.tasks.cancel();
        co_await peer.closed();
        co_await rig.tasks.join();
        EXPECT_EQ(rig.client().in_use(), 0u);
    });
}

TEST(HttpClientStream, goes_on_when_its_client_is_gone) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        co_await peer.request();
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\none ");
        co_await asked.done.wait();
        rig.use("http://127.0.0.1:1");
        co_await peer.send("body");
        const auto all = co_await asked.response().read_all(100);
        EXPECT_EQ(*all, "one body");
        co_await peer.closed();
    });
}

}  // namespace
}  // namespace agenthub
