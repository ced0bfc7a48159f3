// The blocking HTTP client of the daemon, event streams included.
// Owned by one command.

#include "cli/daemon_client.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/sse_reader.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{5000};

std::unique_ptr<httplib::Client> make_client(const DaemonUrl& url) {
    if (url.scheme == DaemonUrl::Scheme::unix_socket) {
        auto client = std::make_unique<httplib::Client>(url.socket_path, 80);
        client->set_address_family(AF_UNIX);
        return client;
    }
    if (url.scheme == DaemonUrl::Scheme::https)
        return std::make_unique<httplib::Client>("https://" + url.host_header());
    return std::make_unique<httplib::Client>(url.host, url.port);
}

std::string media_type(std::string_view content_type) {
    std::string type(trim(content_type.substr(0, content_type.find(';'))));
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return type;
}

DaemonReply head_of(const httplib::Response& response) {
    DaemonReply reply;
    reply.status = response.status;
    reply.media_type = media_type(response.get_header_value("Content-Type"));
    reply.session_id = response.get_header_value("Mcp-Session-Id");
    return reply;
}

// Takes the body as it comes: events to the receiver, anything else into the reply.
class BodyReader {
public:
    BodyReader(std::size_t limit, const EventReceiver& on_event) : limit_(limit), sse_(limit), on_event_(on_event) {}

    void start(const httplib::Response& response) {
        reply = head_of(response);
        streams_ = on_event_ && reply.ok() && reply.media_type == "text/event-stream";
    }

    // False ends the request: the receiver has what it wants, or there is an error.
    bool take(std::string_view bytes) {
        if (streams_) {
            const auto wants_more = sse_.feed(bytes, on_event_);
            if (wants_more.has_error())
                error = wants_more.error();
            satisfied = wants_more.has_value() && !*wants_more;
            return wants_more.has_value() && *wants_more;
        }
        if (reply.body.size() + bytes.size() > limit_) {
            error = Error(errc::too_large, "the answer is longer than " + std::to_string(limit_) + " bytes");
            return false;
        }
        reply.body += bytes;
        return true;
    }

    DaemonReply reply;
    std::optional<Error> error;
    bool satisfied = false;

private:
    std::size_t limit_;
    SseReader sse_;
    const EventReceiver& on_event_;
    bool streams_ = false;
};

bool is_unreachable(httplib::Error error) {
    switch (error) {
        case httplib::Error::Connection:
        case httplib::Error::ConnectionTimeout:
        case httplib::Error::BindIPAddress:
        case httplib::Error::SSLConnection:
        case httplib::Error::SSLLoadingCerts:
        case httplib::Error::SSLServerVerification: return true;
        default: return false;
    }
}

// The library keeps no reason, but errno may still have what connect(2) left there.
std::string why_unreachable(const DaemonUrl& url, httplib::Error error, int errno_value) {
    if (error == httplib::Error::SSLServerVerification)
        return "its certificate is not trusted";
    if (error == httplib::Error::SSLConnection || error == httplib::Error::SSLLoadingCerts)
        return "no TLS connection came about";
    if (error == httplib::Error::ConnectionTimeout)
        return "the connection timed out";
    if (url.scheme == DaemonUrl::Scheme::unix_socket && errno_value != 0)
        return std::generic_category().message(errno_value);
    if (errno_value == EINPROGRESS || errno_value == ECONNREFUSED)
        return "nobody accepts connections there";
    return "no connection came about, the host may be wrong";
}

Error unreachable(const DaemonUrl& url, const std::string& why) {
    return {errc::io_error, "cannot reach AgentHub at " + url.text + ": " + why +
                                ". Start it with `agenthub serve` or name another address with --url or AGENTHUB_URL"};
}

httplib::Request to_http(const DaemonUrl& url, const DaemonRequest& request) {
    httplib::Request out;
    out.method = request.method;
    out.path = url.prefix + request.path;
    out.body = request.body;
    out.set_header("Host", url.host_header());
    out.set_header("User-Agent", "agenthub-cli/" AGENTHUB_VERSION);
    out.set_header("X-Client-Name", "agenthub-cli");
    if (!request.body.empty())
        out.set_header("Content-Type", "application/json");
    for (const auto& [name, value] : request.headers)
        out.set_header(name, value);
    return out;
}

}  // namespace

DaemonClient::DaemonClient(DaemonUrl url, std::size_t max_answer_bytes)
    : url_(std::move(url)), max_answer_bytes_(max_answer_bytes), http_(make_client(url_)) {
    http_->set_url_encode(false);  // paths come encoded
}

DaemonClient::~DaemonClient() = default;

void DaemonClient::stop() {
    http_->stop();
}

result<DaemonReply> DaemonClient::send(const DaemonRequest& request, milliseconds limit,
                                       const EventReceiver& on_event) {
    http_->set_connection_timeout(std::min(limit, kConnectTimeout));
    http_->set_read_timeout(limit);
    http_->set_write_timeout(limit);

    BodyReader reader(max_answer_bytes_, on_event);
    httplib::Request http_request = to_http(url_, request);
    http_request.response_handler = [&](const httplib::Response& response) {
        reader.start(response);
        return true;
    };
    http_request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
        return reader.take({data, size});
    };
    httplib::Response response;
    auto error = httplib::Error::Success;
    const auto started = std::chrono::steady_clock::now();
    errno = 0;
    const bool sent = http_->send(http_request, response, error);
    const int errno_value = errno;

    reached_ = sent || !is_unreachable(error);
    if (!reached_)
        return unreachable(url_, why_unreachable(url_, error, errno_value));
    if (reader.error)
        return *reader.error;
    if (sent && reader.reply.status == 0)
        return head_of(response);  // 204: there is no body to start on
    if (sent || reader.satisfied)
        return std::move(reader.reply);
    if (std::chrono::steady_clock::now() - started >= limit)
        return Error(errc::timeout, "AgentHub at " + url_.text + " did not answer in time");
    return Error(errc::io_error,
                 "the connection to AgentHub at " + url_.text + " ended before the answer was complete");
}

}  // namespace agenthub
