// The real surroundings: getenv and files.
// Holds nothing but a file descriptor for the time of one read.

#include "config/environment.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace agenthub {
namespace {

// A named pipe without a writer, given as a configuration or secret file, must not hang the start.
constexpr int kReadPatienceMs = 2000;

class FileHandle {
public:
    explicit FileHandle(int fd) noexcept : fd_(fd) {}
    ~FileHandle() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    int get() const noexcept { return fd_; }

private:
    int fd_;
};

Error no_data(bool in_time) {
    if (!in_time)
        return {errc::io_error, "cannot be read: its end did not come in time"};
    return {errc::io_error, "cannot be read: no data within " + std::to_string(kReadPatienceMs / 1000) + " seconds"};
}

// Bytes read, 0 at the end of the file.
result<std::size_t> read_some(int fd, char* buffer, std::size_t size, Deadline deadline) {
    for (;;) {
        pollfd waiting{fd, POLLIN, 0};
        const auto left = std::min<std::int64_t>(deadline.remaining().count(), kReadPatienceMs);
        const int ready = ::poll(&waiting, 1, static_cast<int>(left));
        // Whoever writes on and on, little by little, is not waited for either.
        if (ready == 0 || deadline.expired())
            return no_data(!deadline.expired());
        const ssize_t count = ready < 0 ? -1 : ::read(fd, buffer, size);
        if (count >= 0)
            return static_cast<std::size_t>(count);
        if (errno != EINTR && errno != EAGAIN)
            return system_error("cannot be read", errno);
    }
}

result<std::optional<std::string>> read_file_by(const std::string& path, std::size_t limit, Deadline deadline) {
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (file.get() < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::optional<std::string>();
        return system_error("cannot be opened", errno);
    }
    std::string content;
    char buffer[16384];
    for (;;) {
        const auto count = read_some(file.get(), buffer, sizeof buffer, deadline);
        if (count.has_error())
            return count.error();
        if (*count == 0)
            return std::optional<std::string>(std::move(content));
        content.append(buffer, *count);
        if (content.size() > limit)
            return Error(errc::too_large, "is longer than the " + std::to_string(limit) + " bytes allowed");
    }
}

result<std::optional<std::string>> read_whole_file(const std::string& path, std::size_t limit) {
    return read_file_by(path, limit, Deadline());
}

std::optional<std::string> process_variable(std::string_view name) {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr)
        return std::nullopt;
    return std::string(value);
}

std::vector<std::pair<std::string, std::string>> process_variables() {
    std::vector<std::pair<std::string, std::string>> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (const std::size_t mark = text.find('='); mark != std::string_view::npos)
            out.emplace_back(text.substr(0, mark), text.substr(mark + 1));
    }
    return out;
}

}  // namespace

std::optional<std::string> Environment::non_empty(std::string_view name) const {
    auto value = variable(name);
    if (value && value->empty())
        return std::nullopt;
    return value;
}

Environment process_environment() {
    return {process_variable, read_whole_file, run_command, process_variables, read_file_by};
}

}  // namespace agenthub
