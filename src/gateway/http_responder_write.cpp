// The bytes of a reply on their way out: at once where the socket takes them.
// Part of HttpResponder.

#include <sys/socket.h>
#include <sys/uio.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include "gateway/http_responder.hpp"

namespace agenthub {
namespace {

// Pieces that are written together: a patched text with its header has fewer.
constexpr std::size_t kGathered = 2 * mcp::PatchList::kCapacity + 2;

}  // namespace

// What the socket takes without waiting, which is usually all of it: then no coroutine has to wait for a turn of the
// loop. True when nothing is left; `pieces` becomes what is.
bool HttpResponder::write_at_once(std::span<asio::const_buffer> pieces) {
    if (holding_) {
        for (const asio::const_buffer& piece : pieces)
            keep({static_cast<const char*>(piece.data()), piece.size()});
        return true;
    }
    std::array<iovec, kGathered> vector{};
    msghdr message{};
    message.msg_iov = vector.data();
    for (const asio::const_buffer& piece : pieces.first(std::min(pieces.size(), vector.size())))
        vector[message.msg_iovlen++] = {const_cast<void*>(piece.data()), piece.size()};
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    auto left = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));  // of an error write_rest() tells
    bool is_all = true;
    for (asio::const_buffer& piece : pieces) {
        const std::size_t taken = std::min(left, piece.size());
        piece += taken;
        left -= taken;
        is_all = is_all && piece.size() == 0;
    }
    return is_all;
}

awaitable<bool> HttpResponder::write_rest(std::span<asio::const_buffer> pieces) {
    boost::system::error_code ec;
    io_deadline_ = Clock::now() + write_limit_;
    co_await asio::async_write(socket_, pieces, asio::redirect_error(use_awaitable, ec));
    io_deadline_ = TimePoint::max();
    if (ec)
        keep_alive_ = false;
    co_return !ec;
}

awaitable<bool> HttpResponder::write_out(std::string_view second, std::string_view third) {
    std::array<asio::const_buffer, 3> pieces{asio::buffer(out_), asio::buffer(second.data(), second.size()),
                                             asio::buffer(third.data(), third.size())};
    if (write_at_once(pieces))
        co_return true;
    const bool written = co_await write_rest(pieces);
    co_return written;
}

awaitable<void> HttpResponder::flush() {
    std::array<asio::const_buffer, 1> pieces{asio::buffer(out_)};
    if (!write_at_once(pieces))
        co_await write_rest(pieces);
}

// The text stays where it is.
awaitable<void> HttpResponder::send_long(const mcp::Message& reply, mcp::PatchList patches) {
    const std::string_view text = reply.text();
    std::vector<asio::const_buffer> pieces{asio::buffer(out_)};
    std::size_t at = 0;
    for (const mcp::Patch& patch : patches) {
        pieces.emplace_back(text.data() + at, patch.at.begin - at);
        pieces.emplace_back(patch.bytes.data(), patch.bytes.size());
        at = patch.at.end;
    }
    pieces.emplace_back(text.data() + at, text.size() - at);
    if (!write_at_once(pieces))
        co_await write_rest(pieces);
}

}  // namespace agenthub
