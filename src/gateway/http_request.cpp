// Reading HTTP requests and making plain replies.
// Values; no ownership.

#include "gateway/http_request.hpp"

#include <boost/beast/http/status.hpp>

#include <optional>

#include "base/redactor.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
    if (index != nullptr) {
        const std::string_view* const value = index->find(name);
        return value == nullptr ? std::string_view() : *value;
    }
    const auto it = fields->find(name);
    return it == fields->end() ? std::string_view() : trim(it->value());
}

bool HttpRequest::has_header(std::string_view name) const {
    return index != nullptr ? index->find(name) != nullptr : fields->find(name) != fields->end();
}

std::optional<std::string> HttpRequest::query_value(std::string_view name) const {
    std::string_view left = query;
    while (!left.empty()) {
        const auto end = left.find('&');
        const std::string_view pair = left.substr(0, end);
        left = end == std::string_view::npos ? std::string_view() : left.substr(end + 1);
        const auto equals = pair.find('=');
        if (percent_decode(pair.substr(0, equals)) == name)
            return percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    }
    return std::nullopt;
}

std::string_view reason_phrase(unsigned status) noexcept {
    return http::obsolete_reason(static_cast<http::status>(status));
}

std::string percent_decode(std::string_view text, char plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i] == '+' ? plus : text[i];
        }
    }
    return out;
}

HttpReply detail_reply(unsigned status, std::string_view detail) {
    HttpReply reply;
    reply.status = status;
    reply.body = R"({"detail":)";
    append_json_string(reply.body, redacted(detail));
    reply.body += '}';
    return reply;
}

}  // namespace agenthub
