// Giving back what the kernel can read again.
// No ownership.

#include "base/startup_pages.hpp"

#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace agenthub {
namespace {

// Also when it cannot be told.
bool is_traced() noexcept {
    const int fd = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true;
    std::array<char, 4096> text{};
    const ssize_t size = ::read(fd, text.data(), text.size());
    ::close(fd);
    return std::string_view(text.data(), size < 0 ? 0 : static_cast<std::size_t>(size)).find("TracerPid:\t0\n") ==
           std::string_view::npos;
}

// Only what nobody has ever been able to write is the same in its file: relocated pages are part of a writable segment.
int release_object(dl_phdr_info* object, std::size_t, void*) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
            continue;
        const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
        const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
        // Fails for the kernel's own object (vdso), which has no file; that is as well.
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
    return 0;
}

}  // namespace

void release_startup_pages() noexcept {
    if (!is_traced())
        ::dl_iterate_phdr(&release_object, nullptr);
}

}  // namespace agenthub
