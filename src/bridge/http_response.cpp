// A response while it comes.
// Owned by who asked.

#include "bridge/http_response.hpp"

#include "base/text.hpp"
#include "bridge/http_inflow.hpp"

namespace agenthub {

std::string_view field_of(const HttpFields& fields, std::string_view name) noexcept {
    for (const auto& [key, value] : fields)
        if (iequals(key, name))
            return value;
    return {};
}

OutboundResponse::OutboundResponse(std::unique_ptr<HttpInflow> inflow) noexcept : inflow_(std::move(inflow)) {}
OutboundResponse::OutboundResponse(OutboundResponse&&) noexcept = default;
OutboundResponse& OutboundResponse::operator=(OutboundResponse&&) noexcept = default;
OutboundResponse::~OutboundResponse() = default;

unsigned OutboundResponse::status() const noexcept {
    return inflow_->status();
}

const HttpFields& OutboundResponse::fields() const noexcept {
    return inflow_->fields();
}

std::optional<std::uint64_t> OutboundResponse::length() const noexcept {
    return inflow_->length();
}

awaitable<result<std::size_t>> OutboundResponse::read(std::string& piece) {
    return inflow_->read(piece);
}

awaitable<result<std::string>> OutboundResponse::read_all(std::size_t limit) {
    std::string all;
    std::string piece;
    for (;;) {
        const auto n = co_await inflow_->read(piece);
        if (!n)
            co_return n.error();
        if (*n == 0)
            co_return all;
        if (piece.size() > limit - all.size()) {
            close();
            co_return Error(errc::too_large, "the answer is longer than " + std::to_string(limit) + " bytes");
        }
        all += piece;
    }
}

void OutboundResponse::close() noexcept {
    inflow_->close();
}

}  // namespace agenthub
