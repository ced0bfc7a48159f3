// An asynchronous HTTP/1.1 client for one server: pooled connections, streams in both directions, TLS, Unix sockets.
// Owned by whoever talks to that server; knows nothing of what is said.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bridge/http_inflow.hpp"
#include "bridge/http_message.hpp"
#include "bridge/http_pool.hpp"
#include "bridge/http_response.hpp"
#include "bridge/http_url.hpp"

namespace agenthub {

struct HttpClientOptions {
    std::string ca_file;                                // PEM, for https; empty: the system's
    Duration connect_timeout{std::chrono::seconds(5)};  // name, connection and TLS together
    Duration read_timeout{std::chrono::seconds(30)};    // between two reads or writes that get something done
    std::size_t header_bytes = 65536;                   // of a response
    std::size_t buffer_bytes = 65536;                   // read ahead of who takes a body
    HttpPoolLimits pool;
    bool operator==(const HttpClientOptions&) const = default;
};

// Loop thread only. Any number of requests at a time, each on a connection of its own. May be destroyed while responses
// come: they go on.
class HttpClient {
public:
    // Reads the certificates when the URL says https; if that fails, every send() says so.
    HttpClient(Executor executor, HttpUrl url, HttpClientOptions options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Sends the request and returns when the response's header has come, whatever its status. A cancelled send()
    // closes its connection at once.
    //
    // An idle connection may turn out to be dead. Then the request is sent once more, on a new one, if the server
    // cannot have seen it, or it is one that changes nothing (RFC 9110 section 9.2.1).
    //
    // Errors: errc::upstream_unreachable, nothing was sent; errc::upstream_failed, the connection broke, and the
    // server may have acted; errc::call_timeout, as that; errc::cancelled when the coroutine was; errc::busy at
    // max_connections; errc::invalid_request for what cannot be written as HTTP; and those of the body's source.
    awaitable<result<OutboundResponse>> send(OutboundRequest request);

    const HttpUrl& url() const noexcept { return url_; }
    const HttpClientOptions& options() const noexcept { return options_; }
    std::size_t in_use() const noexcept { return pool_->in_use(); }
    std::size_t idle() { return pool_->idle(); }

private:
    struct Attempt;

    awaitable<result<std::unique_ptr<HttpInflow>>> open(const OutboundRequest& request, bool& reused, bool fresh);
    awaitable<void> exchange(OutboundRequest& request, Attempt& attempt);
    awaitable<result<void>> write_request(OutboundRequest& request, Attempt& attempt);
    std::string head_of(const OutboundRequest& request) const;

    Executor executor_;
    HttpUrl url_;
    HttpClientOptions options_;
    std::unique_ptr<ssl::context> tls_;  // null without https
    std::optional<Error> tls_fault_;
    std::shared_ptr<HttpPool> pool_;  // also of the responses
};

}  // namespace agenthub
