// bench-splice-proxy: the limit of what an HTTP gateway for stdio servers can reach. Beast in front, a pipe behind, and
// no protocol in between: a body becomes a line, and the next line becomes the answer of whoever has waited longest. So
// it is right only for a server that answers in order, and knows neither ids nor sessions, errors, time or limits.
// Usage: bench-splice-proxy PORT SERVER [ARG...]; port 0 is any; prints "listening on http://127.0.0.1:PORT".

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Context = asio::io_context;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Context::executor_type>;
using Descriptor = asio::posix::basic_stream_descriptor<Context::executor_type>;
using Request = http::request<http::string_body>;

class Connection;

// The pipes to the server, and who waits for its next line.
class Pipe {
public:
    Pipe(Context& context, int input, int output)
        : input_(context.get_executor(), input), output_(context.get_executor(), output) {}

    void start() { read(); }

    void send(std::string_view body, std::shared_ptr<Connection> waiter) {
        if (waiter != nullptr)
            waiters_.push_back(std::move(waiter));
        next_ += body;
        next_ += '\n';
        if (writing_.empty())
            write();
    }

private:
    // Whatever has gathered while the last write was under way goes out in one.
    void write() {
        writing_.swap(next_);
        asio::async_write(input_, asio::buffer(writing_), [this](boost::system::error_code error, std::size_t) {
            if (error)
                std::exit(1);
            writing_.clear();
            if (!next_.empty())
                write();
        });
    }

    void read() {
        constexpr std::size_t kChunk = 262'144;
        const std::size_t had = lines_.size();
        lines_.resize(had + kChunk);
        output_.async_read_some(asio::buffer(lines_.data() + had, kChunk),
                                [this, had](boost::system::error_code error, std::size_t size) {
                                    if (error)
                                        std::exit(1);
                                    lines_.resize(had + size);
                                    take_lines(had);
                                    read();
                                });
    }

    void take_lines(std::size_t looked_at);

    Descriptor input_;
    Descriptor output_;
    std::string next_, writing_, lines_;
    std::deque<std::shared_ptr<Connection>> waiters_;  // shared with the connection's own reads and writes
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Socket socket, Pipe& pipe) : socket_(std::move(socket)), pipe_(pipe) {}

    void read() {
        request_ = {};
        http::async_read(socket_, buffer_, request_,
                         [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                             if (!error)
                                 self->handle();
                         });
    }

    void answer(http::status status, std::string_view body) {
        response_.result(status);
        response_.set(http::field::content_type, "application/json");
        response_.body() = body;
        response_.prepare_payload();
        http::async_write(socket_, response_,
                          [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                              if (!error)
                                  self->read();
                          });
    }

private:
    void handle() {
        if (request_.method() != http::verb::post)
            return answer(http::status::ok, "");
        if (request_.body().find(R"("method":"notifications/)") == std::string::npos)
            return pipe_.send(request_.body(), shared_from_this());
        pipe_.send(request_.body(), nullptr);
        answer(http::status::accepted, "");
    }

    Socket socket_;
    Pipe& pipe_;
    beast::flat_buffer buffer_;
    Request request_;
    http::response<http::string_body> response_;
};

void Pipe::take_lines(std::size_t looked_at) {
    std::size_t begin = 0;
    for (std::size_t end; (end = lines_.find('\n', std::max(begin, looked_at))) != std::string::npos; begin = end + 1) {
        if (waiters_.empty())
            std::exit(1);  // a line that nobody has asked for
        const auto waiter = std::move(waiters_.front());
        waiters_.pop_front();
        waiter->answer(http::status::ok, std::string_view(lines_).substr(begin, end - begin));
    }
    lines_.erase(0, begin);
}

class Listener {
public:
    Listener(Context& context, unsigned short port, Pipe& pipe)
        : context_(context), acceptor_(context, {asio::ip::make_address("127.0.0.1"), port}), pipe_(pipe) {}

    unsigned port() const { return acceptor_.local_endpoint().port(); }

    void accept() {
        acceptor_.async_accept(context_.get_executor(), [this](boost::system::error_code error, Socket socket) {
            if (!error) {
                socket.set_option(asio::ip::tcp::no_delay(true));
                std::make_shared<Connection>(std::move(socket), pipe_)->read();
            }
            accept();
        });
    }

private:
    Context& context_;
    asio::basic_socket_acceptor<asio::ip::tcp, Context::executor_type> acceptor_;
    Pipe& pipe_;
};

// Starts the server between two pipes; returns our ends, in the order of its standard input and output.
std::pair<int, int> start_server(char** argv) {
    int to_server[2];
    int from_server[2];
    if (::pipe2(to_server, O_CLOEXEC) != 0 || ::pipe2(from_server, O_CLOEXEC) != 0)
        std::exit(1);
    if (::fork() == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(to_server[0], STDIN_FILENO);
        ::dup2(from_server[1], STDOUT_FILENO);
        ::execv(argv[0], argv);
        ::_exit(127);
    }
    ::close(to_server[0]);
    ::close(from_server[1]);
    return {to_server[1], from_server[0]};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: bench-splice-proxy PORT SERVER [ARG...]\n", stderr);
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    const auto [input, output] = start_server(argv + 2);
    Context context(1);
    Pipe pipe(context, input, output);
    Listener listener(context, static_cast<unsigned short>(std::atoi(argv[1])), pipe);
    std::printf("listening on http://127.0.0.1:%u\n", listener.port());
    std::fflush(stdout);
    pipe.start();
    listener.accept();
    context.run();
}
