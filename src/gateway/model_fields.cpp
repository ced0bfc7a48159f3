// Which header fields go with a request to Ollama, and with its response to the client.
// Pure functions; declared in model_relay.hpp.

#include <array>
#include <vector>

#include "base/text.hpp"
#include "gateway/model_relay.hpp"

namespace agenthub {
namespace {

template <class List>
bool contains(const List& list, std::string_view name) {
    for (const auto& entry : list)
        if (iequals(entry, name))
            return true;
    return false;
}

constexpr std::array<std::string_view, 12> kAsked{
    "Accept",     "Accept-Encoding", "Accept-Language", "Content-Encoding",  "Content-Type",        "If-Match",
    "User-Agent", "If-None-Match",   "If-Range",        "If-Modified-Since", "If-Unmodified-Since", "Range"};

constexpr std::array<std::string_view, 13> kOwn{"Connection",
                                                "Keep-Alive",
                                                "Proxy-Authenticate",
                                                "Proxy-Connection",
                                                "TE",
                                                "Trailer",
                                                "Transfer-Encoding",
                                                "Upgrade",
                                                "Content-Length",
                                                "Content-Type",
                                                "Date",
                                                "X-Request-ID",
                                                "Vary"};

// Ollama redirects within its own paths, which are the client's below another name.
std::string_view prefix_of(ModelDialect dialect, std::string_view name, std::string_view value) {
    const bool moved = dialect == ModelDialect::native && iequals(name, "Location") && value.starts_with("/api/");
    return moved ? "/ollama" : "";
}

}  // namespace

HttpFields fields_for_model(const HttpRequest& request) {
    HttpFields out;
    if (request.fields == nullptr)
        return out;
    for (const auto& field : *request.fields) {
        const std::string_view name = field.name_string();
        if (contains(kAsked, name))
            out.emplace_back(std::string(name), std::string(std::string_view(field.value())));
    }
    return out;
}

std::string lines_for_client(ModelDialect dialect, const HttpFields& fields) {
    // The server may name further fields that are only for this connection.
    std::vector<std::string_view> named;
    std::string_view rest = field_of(fields, "Connection");
    while (!rest.empty()) {
        const auto end = rest.find(',');
        named.push_back(trim(rest.substr(0, end)));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    std::string out;
    for (const auto& [name, value] : fields) {
        constexpr std::string_view kCors = "Access-Control-";
        const bool cors = name.size() > kCors.size() && iequals(std::string_view(name).substr(0, kCors.size()), kCors);
        if (!cors && !contains(kOwn, name) && !contains(named, name))
            out.append(name).append(": ").append(prefix_of(dialect, name, value)).append(value).append("\r\n");
    }
    return out;
}

}  // namespace agenthub
