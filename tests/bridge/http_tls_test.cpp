// TLS with a certificate authority of the test's own.

#include "bridge/http_tls.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <cstdlib>

#include "tests/bridge/http_peer.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

// One authority and what it has signed: a server called "localhost" and "127.0.0.1".
class Authority {
public:
    Authority() {
        run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=Test -keyout ca.key -out "
            "ca.pem");
        run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key -out "
            "server.csr");
        test::write_file(dir_.path() / "names", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
        run("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem");
    }
    std::string file(const std::string& name) const { return dir_.file(name); }

private:
    void run(const std::string& arguments) {
        const std::string command = "cd '" + dir_.path().string() + "' && openssl " + arguments + " 2>openssl.log";
        if (std::system(command.c_str()) != 0)
            throw std::runtime_error("openssl failed: " + test::read_file(dir_.path() / "openssl.log"));
    }
    test::TempDir dir_;
};

const Authority& authority() {
    static const Authority one;
    return one;
}

// What the server saw of the client's handshake.
struct Seen {
    bool shaken = false;
    std::string name;  // SNI
    std::string head;
};

awaitable<void> serve(PeerRig& rig, Seen& seen, int answers) {
    ssl::context context(ssl::context::tls_server);
    context.use_certificate_chain_file(authority().file("server.pem"));
    context.use_private_key_file(authority().file("server.key"), ssl::context::pem);
    auto peer = co_await rig.accept();
    ssl::stream<TcpSocket&> stream(peer.socket(), context);
    boost::system::error_code ec;
    co_await stream.async_handshake(ssl::stream_base::server, asio::redirect_error(use_awaitable, ec));
    if (ec)
        co_return;
    seen.shaken = true;
    const char* name = ::SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
    seen.name = name == nullptr ? "" : name;
    for (int i = 0; i < answers; ++i) {
        std::string bytes(4096, '\0');
        const auto space = asio::buffer(bytes);
        const std::size_t n = co_await stream.async_read_some(space, asio::redirect_error(use_awaitable, ec));
        seen.head = bytes.substr(0, n);
        const std::string text = answer("secret " + std::to_string(i));
        const auto out = asio::buffer(text);
        co_await asio::async_write(stream, out, asio::redirect_error(use_awaitable, ec));
    }
    co_await peer.closed();
}

std::string https(const PeerRig& rig, const std::string& host) {
    return "https://" + host + ":" + std::to_string(rig.port);
}

TEST(HttpTls, speaks_with_a_server_whose_authority_it_trusts_and_keeps_the_connection) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        for (const std::string host : {"localhost", "127.0.0.1"}) {
            HttpClientOptions options;
            options.ca_file = authority().file("ca.pem");
            rig.use(https(rig, host), options);
            Seen seen;
            TaskGroup server(rig.executor);
            server.spawn(serve(rig, seen, 2), "server");
            for (int i = 0; i < 2; ++i) {
                Asked& asked = rig.get("/x");
                co_await asked.done.wait();
                if (!asked.outcome->has_value())
                    ADD_FAILURE() << asked.outcome->error().message;
                CO_REQUIRE(asked.outcome->has_value());
                const auto all = co_await asked.response().read_all(100);
                EXPECT_EQ(*all, "secret " + std::to_string(i));
                EXPECT_EQ(rig.client().idle(), 1u);
            }
            // An address is no name (RFC 6066 section 3).
            EXPECT_EQ(seen.name, host == "localhost" ? host : "");
            EXPECT_NE(seen.head.find("Host: " + host + ":"), std::string::npos);
            rig.use("http://127.0.0.1:1");
            co_await server.join();
        }
    });
}

awaitable<Error> refusal(PeerRig& rig, std::string host, std::string ca_file, Seen& seen) {
    HttpClientOptions options;
    options.ca_file = std::move(ca_file);
    const std::string url = https(rig, host);
    rig.use(url, options);
    TaskGroup server(rig.executor);
    server.spawn(serve(rig, seen, 1), "server");
    Asked& asked = rig.get();
    co_await asked.done.wait();
    server.cancel();
    co_await server.join();
    if (asked.outcome->has_value())
        co_return Error(errc::internal, "it was let through");
    co_return asked.outcome->error();
}

TEST(HttpTls, refuses_a_server_whose_authority_it_does_not_know) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Seen seen;
        const Error error = co_await refusal(rig, "localhost", "", seen);
        EXPECT_EQ(error.code, errc::upstream_unreachable);
        EXPECT_NE(error.message.find("its certificate is not trusted"), std::string::npos) << error.message;
        EXPECT_EQ(seen.head, "") << "nothing was sent";
    });
}

TEST(HttpTls, refuses_a_server_of_another_name) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        Seen seen;
        // 127.0.0.2 is the loopback too, but not in the certificate.
        rig.acceptor = TcpAcceptor(rig.executor, asio::ip::tcp::endpoint(asio::ip::address_v4(0x7f000002), 0));
        rig.port = rig.acceptor.local_endpoint().port();
        const Error error = co_await refusal(rig, "127.0.0.2", authority().file("ca.pem"), seen);
        EXPECT_EQ(error.code, errc::upstream_unreachable);
        EXPECT_NE(error.message.find("mismatch"), std::string::npos) << error.message;
        EXPECT_EQ(seen.head, "");
    });
}

TEST(HttpTls, says_which_file_of_authorities_cannot_be_used) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        HttpClientOptions options;
        options.ca_file = "/no/such/ca.pem";
        rig.use(https(rig, "localhost"), options);
        Asked& asked = rig.get();
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::io_error);
        EXPECT_NE(asked.outcome->error().message.find("/no/such/ca.pem"), std::string::npos);
    });
}

TEST(HttpTls, a_server_that_speaks_no_tls_is_refused) {
    with_peer([](PeerRig& rig) -> awaitable<void> {
        rig.use(https(rig, "localhost"));
        Asked& asked = rig.get();
        auto peer = co_await rig.accept();
        co_await peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        co_await asked.done.wait();
        EXPECT_EQ(asked.code(), errc::upstream_unreachable);
    });
}

}  // namespace
}  // namespace agenthub
