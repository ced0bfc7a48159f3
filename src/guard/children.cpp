// Reads /proc with bare system calls and buffers on the stack.
// No ownership.

#include "guard/children.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace agenthub {
namespace {

struct Pids {
    pid_t* out;
    std::size_t capacity;
    std::size_t count = 0;

    void add(pid_t pid) noexcept {
        if (count < capacity)
            out[count++] = pid;
    }
};

// The number a /proc directory entry is named by, 0 for any other name.
pid_t pid_of_name(const char* name) noexcept {
    pid_t pid = 0;
    for (; *name != '\0'; ++name) {
        if (*name < '0' || *name > '9')
            return 0;
        pid = pid * 10 + (*name - '0');
    }
    return pid;
}

// Calls visit(directory, pid) for each entry of `path` named by a number. False: the directory cannot be read.
template <class Visit>
bool for_each_number_in(const char* path, Visit visit) noexcept {
    const int directory = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return false;
    alignas(dirent64) char buffer[2048];
    for (;;) {
        const ssize_t size = ::getdents64(directory, buffer, sizeof buffer);
        if (size <= 0)
            break;
        for (ssize_t at = 0; at < size;) {
            const auto* entry = reinterpret_cast<const dirent64*>(buffer + at);
            at += entry->d_reclen;
            if (const pid_t pid = pid_of_name(entry->d_name); pid > 0)
                visit(directory, pid);
        }
    }
    ::close(directory);
    return true;
}

// Opens DIRECTORY/PID/file; `file` is one of the two short names below.
int open_below(int directory, pid_t pid, const char* file) noexcept {
    char path[32] = "";
    char* at = path + 12;  // digits grow backwards from here, the name follows
    ::strcpy(at, file);
    *--at = '/';
    for (auto rest = static_cast<unsigned>(pid); rest > 0; rest /= 10)
        *--at = static_cast<char>('0' + rest % 10);
    return ::openat(directory, at, O_RDONLY | O_CLOEXEC);
}

ssize_t read_again(int fd, char* buffer, std::size_t size) noexcept {
    ssize_t got;
    do
        got = ::read(fd, buffer, size);
    while (got < 0 && errno == EINTR);
    return got;
}

// Numbers separated by white space; one may be cut by the end of a read.
void read_numbers(int fd, Pids& pids) noexcept {
    char buffer[1024];
    pid_t pid = 0;
    for (;;) {
        const ssize_t got = read_again(fd, buffer, sizeof buffer);
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got; ++i) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                pid = pid * 10 + (buffer[i] - '0');
            } else if (pid > 0) {
                pids.add(pid);
                pid = 0;
            }
        }
    }
    if (pid > 0)
        pids.add(pid);
}

}  // namespace

std::size_t children_of_this_process(pid_t* out, std::size_t capacity) noexcept {
    Pids pids{out, capacity};
    bool supported = false;
    // Every thread has its own list: a child belongs to the thread that made or adopted it.
    for_each_number_in("/proc/self/task", [&](int directory, pid_t thread) noexcept {
        const int fd = open_below(directory, thread, "children");
        if (fd < 0)
            return;
        supported = true;
        read_numbers(fd, pids);
        ::close(fd);
    });
    return supported ? pids.count : children_by_scan(::getpid(), out, capacity);
}

std::size_t children_by_scan(pid_t parent, pid_t* out, std::size_t capacity) noexcept {
    Pids pids{out, capacity};
    for_each_number_in("/proc", [&](int directory, pid_t pid) noexcept {
        const int fd = open_below(directory, pid, "stat");
        if (fd < 0)
            return;
        // "PID (COMM) STATE PPID": COMM is at most 64 bytes, so the start of the line is enough.
        char text[256];
        const ssize_t size = read_again(fd, text, sizeof text);
        ::close(fd);
        if (size > 0 && parent_in_stat(text, static_cast<std::size_t>(size)) == parent)
            pids.add(pid);
    });
    return pids.count;
}

void kill_with_group(pid_t child) noexcept {
    const pid_t group = ::getpgid(child);
    if (group > 1 && ::getsid(child) != ::getsid(0))
        ::kill(-group, SIGKILL);
    ::kill(child, SIGKILL);
}

pid_t parent_in_stat(const char* text, std::size_t size) noexcept {
    const char* const end = text + size;
    const auto* at = static_cast<const char*>(::memrchr(text, ')', size));
    if (at == nullptr || end - at < 5 || at[1] != ' ' || at[3] != ' ')
        return 0;
    pid_t pid = 0;
    for (at += 4; at < end && *at >= '0' && *at <= '9'; ++at)
        pid = pid * 10 + (*at - '0');
    return pid;
}

}  // namespace agenthub
