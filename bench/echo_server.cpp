// bench-echo-server: a stdio MCP server that costs as little as one can, so that a benchmark measures the gateway.
// Started by the daemon under test. Tools: echo {text}, sleep {text, ms}, blob {text, bytes}; each returns its text
// (blob fills it up with x), and sends one progress notification first when the call carries a progress token.
// --tools N: lists so many, the others of an everyday size.

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "load/raw_json.hpp"

namespace {

using agenthub::load::for_each_member;
using agenthub::load::raw_member;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kTools =
    R"({"name":"echo","description":"Returns text","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}},)"
    R"({"name":"sleep","description":"Returns text after ms","inputSchema":{"type":"object","properties":{"text":{"type":"string"},"ms":{"type":"integer"}}}},)"
    R"({"name":"blob","description":"Returns text filled up to bytes","inputSchema":{"type":"object","properties":{"text":{"type":"string"},"bytes":{"type":"integer"}}}})";
constexpr int kNamedTools = 3;

// The result of tools/list with `count` tools.
std::string tool_list(int count) {
    std::string list = R"({"tools":[)";
    list += kTools;
    for (int i = kNamedTools; i < count; ++i) {
        list += R"(,{"name":"tool_)" + std::to_string(i) + R"(","title":"Tool )" + std::to_string(i);
        list +=
            R"(","description":"Looks up whatever matches the query in the index, newest first, and returns up to limit )"
            R"(entries with their titles, dates and a line of text around each match.","inputSchema":{"type":"object",)"
            R"("properties":{"query":{"type":"string","description":"Words, or a phrase in quotes"},)"
            R"("limit":{"type":"integer","minimum":1,"maximum":100,"default":10}},"required":["query"]}})";
    }
    return list += "]}";
}

// All texts as written in the request.
struct Request {
    std::string_view id;
    std::string_view method;
    std::string_view params;
};

struct Arguments {
    std::string_view text = R"("")";
    std::int64_t ms = 0;
    std::int64_t bytes = 0;
};

Request parse_request(std::string_view line) {
    Request request;
    for_each_member(line, [&](std::string_view name, std::string_view value) {
        if (name == "id")
            request.id = value;
        else if (name == "method")
            request.method = value;
        else if (name == "params")
            request.params = value;
        return true;
    });
    return request;
}

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Arguments parse_arguments(std::string_view text) {
    Arguments arguments;
    for_each_member(text, [&](std::string_view name, std::string_view value) {
        if (name == "text" && value.starts_with('"'))
            arguments.text = value;
        else if (name == "ms")
            arguments.ms = to_number(value);
        else if (name == "bytes")
            arguments.bytes = to_number(value);
        return true;
    });
    return arguments;
}

class EchoServer {
public:
    explicit EchoServer(int tools) : tools_(tool_list(tools)) {}

    // Serves until EOF.
    void run() {
        while (read_input()) {
            std::size_t start = 0;
            for (std::size_t end; (end = input_.find('\n', start)) != std::string::npos; start = end + 1)
                handle(std::string_view(input_).substr(start, end - start));
            input_.erase(0, start);
            wake_sleepers();
            // One write for everything that this read brought.
            flush();
        }
    }

private:
    bool read_input() {
        if (!sleepers_.empty()) {
            const auto left = std::max(sleepers_.begin()->first - Clock::now(), Clock::duration::zero());
            const timespec until{std::chrono::floor<std::chrono::seconds>(left).count(),
                                 (left % std::chrono::seconds(1)).count()};
            pollfd ready{STDIN_FILENO, POLLIN, 0};
            if (::ppoll(&ready, 1, &until, nullptr) == 0)
                return true;
        }
        const std::size_t had = input_.size();
        input_.resize(had + kChunk);
        const ssize_t n = ::read(STDIN_FILENO, input_.data() + had, kChunk);
        input_.resize(had + (n > 0 ? static_cast<std::size_t>(n) : 0));
        return n > 0 || (n < 0 && errno == EINTR);
    }

    void handle(std::string_view line) {
        const Request request = parse_request(line);
        if (request.id.empty() || request.method.empty())
            return;  // a notification, or no request at all
        if (request.method == R"("tools/call")")
            return call(request);
        if (request.method == R"("initialize")")
            return initialize(request);
        if (request.method == R"("ping")")
            return answer(request.id, "{}");
        if (request.method == R"("tools/list")")
            return answer(request.id, tools_);
        append({R"({"jsonrpc":"2.0","id":)", request.id, R"(,"error":{"code":-32601,"message":"Method not found"}})",
                "\n"});
    }

    void initialize(const Request& request) {
        std::string result = R"({"protocolVersion":)";
        result += raw_member(request.params, "protocolVersion");
        result += R"(,"capabilities":{"tools":{}},"serverInfo":{"name":"bench-echo","version":"1.0.0"}})";
        answer(request.id, result);
    }

    void call(const Request& request) {
        std::string_view tool;
        std::string_view raw_arguments;
        std::string_view meta;
        for_each_member(request.params, [&](std::string_view name, std::string_view value) {
            if (name == "name")
                tool = value;
            else if (name == "arguments")
                raw_arguments = value;
            else if (name == "_meta")
                meta = value;
            return true;
        });
        if (const auto token = raw_member(meta, "progressToken"); !token.empty())
            append({R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)", token,
                    R"(,"progress":1,"total":1}})", "\n"});
        const Arguments arguments = parse_arguments(raw_arguments);
        if (tool == R"("echo")") {
            answer_text(request.id, arguments.text);
        } else if (tool == R"("blob")") {
            std::string text(arguments.text.substr(0, arguments.text.size() - 1));
            text.resize(std::max(text.size(), static_cast<std::size_t>(arguments.bytes) + 1), 'x');
            answer_text(request.id, text + '"');
        } else if (tool == R"("sleep")") {
            sleepers_.emplace(Clock::now() + std::chrono::milliseconds(arguments.ms),
                              Sleeper{std::string(request.id), std::string(arguments.text)});
        } else {
            append({R"({"jsonrpc":"2.0","id":)", request.id, R"(,"error":{"code":-32602,"message":"Unknown tool"}})",
                    "\n"});
        }
    }

    void answer_text(std::string_view id, std::string_view text) {
        append({R"({"jsonrpc":"2.0","id":)", id, R"(,"result":{"content":[{"type":"text","text":)", text, "}]}}\n"});
    }

    void answer(std::string_view id, std::string_view result) {
        append({R"({"jsonrpc":"2.0","id":)", id, R"(,"result":)", result, "}\n"});
    }

    void append(std::initializer_list<std::string_view> parts) {
        for (const auto part : parts)
            output_ += part;
        if (output_.size() >= kChunk)
            flush();
    }

    void wake_sleepers() {
        while (!sleepers_.empty() && sleepers_.begin()->first <= Clock::now()) {
            const Sleeper sleeper = std::move(sleepers_.begin()->second);
            sleepers_.erase(sleepers_.begin());
            answer_text(sleeper.id, sleeper.text);
        }
    }

    void flush() {
        std::string_view left = output_;
        while (!left.empty()) {
            const ssize_t n = ::write(STDOUT_FILENO, left.data(), left.size());
            if (n < 0 && errno != EINTR)
                ::_exit(0);  // nobody reads any more
            left.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
        }
        output_.clear();
    }

    struct Sleeper {
        std::string id;
        std::string text;
    };
    static constexpr std::size_t kChunk = 262'144;

    std::string tools_;
    std::string input_;
    std::string output_;
    std::multimap<Clock::time_point, Sleeper> sleepers_;
};

}  // namespace

int main(int argc, char** argv) {
    int tools = kNamedTools;
    if (argc == 3 && std::string_view(argv[1]) == "--tools")
        tools = static_cast<int>(to_number(argv[2]));
    EchoServer(tools).run();
    return 0;
}
