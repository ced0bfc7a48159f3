// Giving back what the kernel can read again.
// No ownership.

#include "base/startup_pages.hpp"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace agenthub {
namespace {

bool is_traced() {
    std::ifstream status("/proc/self/status");
    std::string name;
    std::string value;
    while (status >> name && name != "TracerPid:")
        std::getline(status, value);
    return !(status >> value) || value != "0";
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
    try {
        if (!is_traced())
            ::dl_iterate_phdr(&release_object, nullptr);
    } catch (const std::exception&) {  // no memory for a line: then it is not the time for this either
    }
}

}  // namespace agenthub
