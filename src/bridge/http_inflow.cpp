// Reading responses.
// Owned by the client, then by the response.

#include "bridge/http_inflow.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <charconv>

#include "base/give_back.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

namespace http = boost::beast::http;

// What is read at a time at first; doubled while reads fill it, and halved when they do not, so that a stream of small
// events stays small.
constexpr std::size_t kFirstRead = 4096;
// What is written within one limit: a server that takes a long body slowly is no dead one.
constexpr std::size_t kWrittenAtOnce = 256 * 1024;
// Of what a server says in Keep-Alive: the request that follows must still reach it in time.
constexpr Duration kKeepAliveMargin{500};

std::string seconds_text(Duration time) {
    if (time % std::chrono::seconds(1) != Duration::zero())
        return std::to_string(time.count()) + " ms";
    return std::to_string(time / std::chrono::seconds(1)) + " s";
}

// "Keep-Alive: timeout=5, max=100", as most servers write it; the longest where it says nothing.
Duration keep_alive_of(std::string_view value) {
    constexpr std::string_view kKey = "timeout=";
    const auto at = value.find(kKey);
    unsigned seconds = 0;
    if (at == std::string_view::npos ||
        std::from_chars(value.data() + at + kKey.size(), value.data() + value.size(), seconds).ec != std::errc())
        return Duration::max();
    return std::chrono::seconds(seconds) - kKeepAliveMargin;
}

}  // namespace

HttpInflow::HttpInflow(std::shared_ptr<HttpPool> pool, std::unique_ptr<HttpWire> wire, HttpInflowRules rules)
    : pool_(std::move(pool)),
      wire_(std::move(wire)),
      rules_(std::move(rules)),
      buffer_(rules_.header_bytes + rules_.buffer_bytes),
      next_read_(std::min(kFirstRead, rules_.buffer_bytes)) {
    restart();
}

HttpInflow::~HttpInflow() {
    pool_->leave();
}

void HttpInflow::restart() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(rules_.header_bytes));
    parser_->body_limit(boost::none);
    parser_->eager(false);
    parser_->skip(rules_.to_head);
    header_size_ = 0;
}

Error HttpInflow::broken(boost::system::error_code why) const {
    if (wire_ != nullptr && wire_->timed_out()) {
        std::string message = rules_.server + " did not answer in time";
        if (!rules_.deadline.expired())
            message += ": nothing came for " + seconds_text(rules_.read_timeout);
        return {errc::call_timeout, std::move(message)};
    }
    // Whoever asked does not wait any more: that tells nothing of the server.
    if (why == asio::error::operation_aborted)
        return {errc::cancelled, "the request was broken off"};
    const bool ended = why == asio::error::eof || why == ssl::error::stream_truncated ||
                       why == http::error::end_of_stream || why == http::error::partial_message;
    if (ended)
        return {errc::upstream_failed, rules_.server + " closed the connection " +
                                           (begun_ ? "in the middle of its answer" : "without an answer")};
    return {errc::upstream_failed, "the connection to " + rules_.server + " failed: " + why.message()};
}

awaitable<std::size_t> HttpInflow::write(std::string_view first, std::string_view second,
                                         boost::system::error_code& ec) {
    std::size_t written = 0;
    do {
        const std::string_view part = second.substr(0, kWrittenAtOnce);
        set_limit();
        const std::size_t n = co_await wire_->write(first, part, ec);
        written += n;
        first = {};
        second.remove_prefix(part.size());
    } while (!ec && !second.empty());
    co_return written;
}

awaitable<result<void>> HttpInflow::read_header() {
    for (;;) {
        while (!parser_->is_header_done()) {
            auto filled = co_await fill();
            if (!filled)
                co_return filled;
        }
        if (status_ / 100 != 1)
            break;
        if (status_ == 101)
            co_return Error(errc::upstream_failed, rules_.server + " wants to speak something else than HTTP");
        restart();
        if (auto parsed = parse(); !parsed)
            co_return parsed;
    }
    end_if_done();
    co_return result<void>();
}

// At once: the parser adds what follows the body to it (RFC 9110 section 6.5.1).
void HttpInflow::take_header() {
    parser_->eager(true);
    status_ = parser_->get().result_int();
    fields_.clear();
    length_.reset();
    for (const auto& field : parser_->get())
        fields_.emplace_back(std::string_view(field.name_string()), std::string_view(field.value()));
    if (const auto length = parser_->content_length())
        length_ = *length;
}

// Some bytes from the wire, parsed. Bytes that came with the header are in the parser's body already.
awaitable<result<void>> HttpInflow::fill() {
    boost::system::error_code ec;
    const auto space = buffer_.prepare(std::min(next_read_, buffer_.max_size() - buffer_.size()));
    set_limit();
    const std::size_t n = co_await wire_->read_some(space, ec);
    wire_->set_limit(TimePoint::max());
    buffer_.commit(n);
    begun_ = begun_ || n > 0;
    if (n == next_read_)
        next_read_ = std::min(next_read_ * 2, rules_.buffer_bytes);
    else if (n < next_read_ / 4)
        next_read_ = std::max(next_read_ / 2, std::min(kFirstRead, rules_.buffer_bytes));
    // A body may last until the end of the connection; over TLS only if that is a proper one.
    if (ec == asio::error::eof && parser_->is_header_done() && !wire_->timed_out()) {
        ec = {};
        parser_->put_eof(ec);
        ended_ = true;
    }
    if (ec)
        co_return broken(ec);
    co_return parse();
}

result<void> HttpInflow::parse() {
    boost::system::error_code ec;
    // At once and no more: a piece that grows by doubling is kept at up to twice its size until it is written.
    auto& body = parser_->get().body();
    if (parser_->is_header_done())
        body.reserve(body.size() + buffer_.size());
    std::size_t taken = 1;
    while (!ec && taken > 0 && buffer_.size() > 0 && !parser_->is_done()) {
        const bool in_header = !parser_->is_header_done();
        taken = parser_->put(buffer_.data(), ec);
        buffer_.consume(taken);
        header_size_ += in_header ? taken : 0;
        if (in_header && parser_->is_header_done())
            take_header();
    }
    // While a piece waits for its reader it is all that is kept of a stream.
    if (buffer_.size() == 0 && buffer_.capacity() > kFirstRead)
        buffer_.shrink_to_fit();
    if (ec == http::error::need_more)
        ec = {};
    if (!ec && is_too_long())
        ec = http::error::header_limit;
    if (ec)
        return Error(errc::upstream_failed,
                     "what " + rules_.server + " sent is no HTTP that can be used: " + ec.message());
    return {};
}

// Of what the parser has not understood yet there is never so much.
bool HttpInflow::is_too_long() const {
    if (!parser_->is_header_done())
        return header_size_ + buffer_.size() >= rules_.header_bytes;
    return header_size_ > rules_.header_bytes || (!parser_->is_done() && buffer_.size() > rules_.header_bytes);
}

awaitable<result<std::size_t>> HttpInflow::read(std::string& piece) {
    // It becomes the parser's: a long one is not kept beside what is read and what is written.
    if (piece.capacity() > kFirstRead)
        give_back(piece);
    piece.clear();
    while (!failure_) {
        auto& body = parser_->get().body();
        if (!body.empty()) {
            std::swap(piece, body);
            end_if_done();
            co_return piece.size();
        }
        if (parser_->is_done() || wire_ == nullptr)
            co_return std::size_t{0};
        const auto filled = co_await fill();
        if (!filled) {
            failure_ = filled.error();
            close();
        } else if (parser_->is_done() && parser_->get().body().empty()) {
            end_if_done();
        }
    }
    co_return *failure_;
}

// The connection is free for the next request as soon as the last byte has come.
void HttpInflow::end_if_done() {
    if (!parser_->is_done() || wire_ == nullptr)
        return;
    if (!spoilt_ && !ended_ && parser_->keep_alive() && buffer_.size() == 0)
        pool_->give_back(std::move(wire_), keep_alive_of(field_of(fields_, "Keep-Alive")));
    wire_.reset();
}

void HttpInflow::close() noexcept {
    if (!failure_)
        failure_ = Error(errc::cancelled, "the request was broken off");
    // A read() that waits still uses it.
    if (wire_ != nullptr)
        wire_->close();
}

}  // namespace agenthub
