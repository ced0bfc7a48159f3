// A stand-in for an MCP server that reports what it was given, or misbehaves. Run by the tests of src/supervisor.
// One mode per run, named by the first argument.

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

// Each argument as LENGTH:BYTES, so that no byte in it can be mistaken.
int print_arguments(int argc, char** argv) {
    for (int i = 0; i < argc; ++i)
        std::cout << std::strlen(argv[i]) << ':' << argv[i];
    return 0;
}

int print_environment() {
    for (char** entry = environ; *entry != nullptr; ++entry)
        std::cout << std::strlen(*entry) << ':' << *entry;
    return 0;
}

int print_descriptors() {
    std::vector<int> fds;
    DIR* const directory = ::opendir("/proc/self/fd");
    while (const dirent* entry = ::readdir(directory)) {
        if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(directory))
            fds.push_back(std::atoi(entry->d_name));
    }
    ::closedir(directory);
    std::sort(fds.begin(), fds.end());
    for (const int fd : fds)
        std::cout << fd << ((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 ? "n " : " ");
    return 0;
}

int print_process() {
    int death_signal = 0;
    ::prctl(PR_GET_PDEATHSIG, &death_signal);
    std::cout << "own_session " << (::getsid(0) == ::getpid()) << "\nown_group " << (::getpgrp() == ::getpid())
              << "\ndeath_signal " << death_signal << '\n';
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("SigBlk") || line.starts_with("SigIgn"))
            std::cout << line << '\n';
    }
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    std::cout << "nofile " << limit.rlim_cur << ' ' << limit.rlim_max << '\n';
    ::getrlimit(RLIMIT_CORE, &limit);
    std::cout << "core " << limit.rlim_cur << '\n';
    ::getrlimit(RLIMIT_AS, &limit);
    std::cout << "as " << limit.rlim_cur << '\n';
    return 0;
}

int allocate(std::size_t bytes) {
    void* const memory = std::malloc(bytes);
    std::cout << (memory == nullptr ? "refused" : "allocated") << std::endl;
    std::free(memory);
    return 0;
}

// Opens until no more can be opened, and prints the highest.
int open_descriptors() {
    int highest = -1;
    for (int fd = 0; fd >= 0; fd = ::open("/dev/null", O_RDONLY))
        highest = std::max(highest, fd);
    std::cout << highest << std::endl;
    return 0;
}

void ignore_all_signals() {
    for (int signum = 1; signum < NSIG; ++signum)
        ::signal(signum, SIG_IGN);
}

// A daemon as the textbooks make it: forks twice, leaves session and group, ignores every signal, keeps our stdio.
// Its pid and ours stand on one line; then this process, too, sits there.
int leave_grandchild(bool stay) {
    int ready[2];
    if (::pipe(ready) != 0)
        return 1;
    if (::fork() == 0) {
        ::setsid();
        if (::fork() != 0)
            ::_exit(0);
        ::setpgid(0, 0);
        ignore_all_signals();
        const pid_t pid = ::getpid();
        if (::write(ready[1], &pid, sizeof pid) != sizeof pid)
            ::_exit(1);
        for (;;)
            ::pause();
    }
    pid_t grandchild = 0;
    if (::read(ready[0], &grandchild, sizeof grandchild) != sizeof grandchild)
        return 1;
    if (stay)
        ignore_all_signals();
    std::cout << grandchild << ' ' << ::getpid() << std::endl;
    while (stay)
        ::pause();
    return 5;
}

// A moving target: each process of the chain forks its successor into a new session and ends.
int run_away() {
    ignore_all_signals();
    std::cout << ::getpid() << std::endl;
    for (;;) {
        const pid_t next = ::fork();
        if (next < 0)
            ::sched_yield();
        if (next > 0 && ::getpgrp() != ::getpid())
            ::_exit(0);
        if (next > 0)
            ::pause();  // the first of the chain stays, as the server
        ::setsid();
        if (::fork() != 0)
            ::_exit(0);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "arguments")
        return print_arguments(argc - 2, argv + 2);
    if (mode == "environment")
        return print_environment();
    if (mode == "descriptors")
        return print_descriptors();
    if (mode == "process")
        return print_process();
    if (mode == "allocate")
        return allocate(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0);
    if (mode == "open-descriptors")
        return open_descriptors();
    if (mode == "grandchild-and-stay")
        return leave_grandchild(true);
    if (mode == "grandchild-and-exit")
        return leave_grandchild(false);
    if (mode == "run-away")
        return run_away();
    return 64;
}
