// Sending requests.
// Owned by whoever talks to the server.

#include "bridge/http_client.hpp"

#include <array>
#include <cstdio>

namespace agenthub {
namespace {

bool is_safe(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// RFC 9110 sections 5.1 and 5.6.2.
bool is_token(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || c >= 127 || std::string_view("\"(),/:;<=>?@[\\]{}").find(c) != std::string_view::npos)
            return false;
    return !text.empty();
}

bool is_one_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// What is wrong with it; empty when it can be written.
std::string_view fault_of(const OutboundRequest& request) {
    if (!is_token(request.method))
        return "its method is no HTTP method";
    if (!request.target.starts_with('/') || !is_one_line(request.target) ||
        request.target.find(' ') != std::string::npos)
        return "its target is no path";
    for (const auto& [name, value] : request.fields)
        if (!is_token(name) || !is_one_line(value))
            return "one of its header fields cannot be written";
    return {};
}

std::string chunk_head(std::size_t size) {
    std::array<char, 20> text{};
    const int n = std::snprintf(text.data(), text.size(), "%zx\r\n", size);
    return {text.data(), static_cast<std::size_t>(n)};
}

}  // namespace

// One try of a request.
struct HttpClient::Attempt {
    std::unique_ptr<HttpInflow> inflow;
    std::optional<Error> failure;
    bool reused = false;   // over a connection that was idle
    bool written = false;  // the system took some of it
    bool drawn = false;    // some of the body's source is gone
};

HttpClient::HttpClient(Executor executor, HttpUrl url, HttpClientOptions options)
    : executor_(executor),
      url_(std::move(url)),
      options_(std::move(options)),
      pool_(std::make_shared<HttpPool>(options_.pool)) {
    if (!url_.tls)
        return;
    auto context = make_tls_context(options_.ca_file);
    if (context)
        tls_ = std::move(*context);
    else
        tls_fault_ = context.error();
}

HttpClient::~HttpClient() {
    pool_->close();
}

awaitable<result<OutboundResponse>> HttpClient::send(OutboundRequest request) {
    if (const auto fault = fault_of(request); !fault.empty())
        co_return Error(errc::invalid_request, "the request cannot be sent: " + std::string(fault));
    for (bool again = false;; again = true) {
        Attempt attempt;
        auto opened = co_await open(request, attempt.reused, again);
        if (!opened)
            co_return opened.error();
        attempt.inflow = std::move(*opened);
        co_await exchange(request, attempt);
        if (!attempt.failure)
            co_return OutboundResponse(std::move(attempt.inflow));
        const bool was_dead = attempt.reused && attempt.failure->code == errc::upstream_failed &&
                              !attempt.inflow->has_begun() && !attempt.drawn &&
                              (!attempt.written || is_safe(request.method));
        if (!was_dead)
            co_return std::move(*attempt.failure);
    }
}

// A connection, with its place in the pool. `fresh`: a new one.
awaitable<result<std::unique_ptr<HttpInflow>>> HttpClient::open(const OutboundRequest& request, bool& reused,
                                                                bool fresh) {
    if (tls_fault_)
        co_return *tls_fault_;
    if (!pool_->enter())
        co_return Error(errc::busy, "there are " + std::to_string(pool_->in_use()) + " connections to " + url_.text() +
                                        " already; try again later");
    HttpInflowRules rules;
    rules.server = url_.text();
    rules.to_head = request.method == "HEAD";
    rules.header_bytes = options_.header_bytes;
    rules.buffer_bytes = options_.buffer_bytes;
    rules.read_timeout = request.read_timeout == Duration::zero() ? options_.read_timeout : request.read_timeout;
    rules.deadline = request.deadline;
    auto wire = fresh ? nullptr : pool_->take();
    reused = wire != nullptr;
    if (!reused)
        wire = std::make_unique<HttpWire>(executor_);
    // From here on the place is the inflow's.
    auto inflow = std::make_unique<HttpInflow>(pool_, std::move(wire), std::move(rules));
    if (!reused) {
        const Deadline limit = Deadline::after(options_.connect_timeout).earlier(request.deadline);
        const auto connected = co_await inflow->wire().connect(url_, tls_.get(), limit);
        if (!connected)
            co_return connected.error();
    }
    co_return inflow;
}

awaitable<void> HttpClient::exchange(OutboundRequest& request, Attempt& attempt) {
    auto written = co_await write_request(request, attempt);
    // A server may refuse a long body with its answer, and close: the answer is still to be had.
    const bool refused = !written && written.error().code == errc::upstream_failed && attempt.written;
    if (!written && !refused) {
        attempt.failure = written.error();
        co_return;
    }
    if (refused)
        attempt.inflow->spoil();
    const auto answered = co_await attempt.inflow->read_header();
    if (!answered)
        attempt.failure = refused ? written.error() : answered.error();
}

awaitable<result<void>> HttpClient::write_request(OutboundRequest& request, Attempt& attempt) {
    HttpInflow& inflow = *attempt.inflow;
    const bool chunked = request.more != nullptr && !request.length;
    std::string head = head_of(request);
    if (chunked && !request.body.empty())
        head += chunk_head(request.body.size());
    boost::system::error_code ec;
    const std::size_t sent = co_await inflow.write(head, request.body, ec);
    attempt.written = sent > 0;
    std::string_view end = chunked && !request.body.empty() ? "\r\n" : "";
    std::string piece;
    while (!ec && request.more != nullptr) {
        // However long it takes: the source has limits of its own.
        inflow.wire().set_limit(request.deadline.at());
        attempt.drawn = true;
        const auto more = co_await request.more->next(piece);
        if (!more)
            co_return more.error();
        head = end;
        if (chunked)
            head += *more ? chunk_head(piece.size()) : "0\r\n\r\n";
        if (!*more)
            piece.clear();
        end = chunked ? "\r\n" : "";
        co_await inflow.write(head, piece, ec);
        if (!*more)
            break;
    }
    inflow.wire().set_limit(TimePoint::max());
    if (ec)
        co_return inflow.broken(ec);
    co_return result<void>();
}

std::string HttpClient::head_of(const OutboundRequest& request) const {
    std::string head = request.method + " " + url_.path + request.target + " HTTP/1.1\r\nHost: " + url_.authority();
    for (const auto& [name, value] : request.fields)
        head.append("\r\n").append(name).append(": ").append(value);
    const bool has_body = !request.body.empty() || request.more != nullptr;
    if (has_body && request.more != nullptr && !request.length)
        head += "\r\nTransfer-Encoding: chunked";
    else if (has_body || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
        head +=
            "\r\nContent-Length: " + std::to_string(request.more != nullptr ? *request.length : request.body.size());
    head += "\r\n\r\n";
    return head;
}

}  // namespace agenthub
