// Writes and reads the group's files by their names below an open directory: no path is put together.
// No ownership.

#include "guard/cgroup.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace agenthub {
namespace {

// Groups below groups: more than anybody nests.
constexpr int kDepth = 16;
// Tries after pauses of 1, 2, 4, … milliseconds.
constexpr int kLongestPauseMs = 256;

int open_file(const char* directory, const char* file, int flags) noexcept {
    const int at = ::open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return -1;
    const int fd = ::openat(at, file, flags | O_CLOEXEC);
    const int error = errno;
    ::close(at);
    errno = error;
    return fd;
}

// One byte is all that is ever written.
bool write_byte(const char* directory, const char* file, char byte) noexcept {
    const int fd = open_file(directory, file, O_WRONLY);
    if (fd < 0)
        return false;
    const bool written = ::write(fd, &byte, 1) == 1;
    const int error = errno;
    ::close(fd);
    errno = error;
    return written;
}

bool remove_at(int parent, const char* name, int depth) noexcept;

void remove_groups_in(int directory, int depth) noexcept {
    alignas(dirent64) char buffer[1024];
    for (;;) {
        const ssize_t size = ::getdents64(directory, buffer, sizeof buffer);
        if (size <= 0)
            return;
        for (ssize_t at = 0; at < size;) {
            const auto* entry = reinterpret_cast<const dirent64*>(buffer + at);
            at += entry->d_reclen;
            if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
                remove_at(directory, entry->d_name, depth);
        }
    }
}

bool remove_at(int parent, const char* name, int depth) noexcept {
    if (::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return true;
    if (errno != EBUSY || depth == 0)
        return false;
    // Busy: with processes, or with groups below it.
    const int directory = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return errno == ENOENT;
    remove_groups_in(directory, depth - 1);
    ::close(directory);
    return ::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

}  // namespace

bool join_cgroup(const char* directory) noexcept {
    return write_byte(directory, "cgroup.procs", '0');  // 0: who writes it
}

void kill_cgroup(const char* directory) noexcept {
    write_byte(directory, "cgroup.kill", '1');
}

bool remove_cgroup(const char* directory) noexcept {
    return remove_at(AT_FDCWD, directory, kDepth);
}

bool end_cgroup(const char* directory) noexcept {
    for (int pause = 1;; pause *= 2) {
        kill_cgroup(directory);
        if (remove_cgroup(directory))
            return true;
        if (errno != EBUSY || pause > kLongestPauseMs)
            return false;
        ::poll(nullptr, 0, pause);
    }
}

long oom_kills_in_cgroup(const char* directory) noexcept {
    const int fd = open_file(directory, "memory.events", O_RDONLY);
    if (fd < 0)
        return 0;
    char text[512];
    const ssize_t size = ::read(fd, text, sizeof text);
    ::close(fd);
    const long count = size > 0 ? number_in_lines(text, static_cast<unsigned long>(size), "oom_kill") : 0;
    return count > 0 ? count : 0;
}

long number_in_lines(const char* text, unsigned long size, const char* name) noexcept {
    const char* const end = text + size;
    const unsigned long length = std::strlen(name);
    while (text < end) {
        const auto* line_end =
            static_cast<const char*>(std::memchr(text, '\n', static_cast<unsigned long>(end - text)));
        if (line_end == nullptr)
            line_end = end;
        const auto line = static_cast<unsigned long>(line_end - text);
        if (line > length + 1 && std::memcmp(text, name, length) == 0 && text[length] == ' ') {
            long number = 0;
            for (const char* digit = text + length + 1; digit < line_end && *digit >= '0' && *digit <= '9'; ++digit)
                number = number * 10 + (*digit - '0');
            return number;
        }
        text = line_end + 1;
    }
    return -1;
}

}  // namespace agenthub
