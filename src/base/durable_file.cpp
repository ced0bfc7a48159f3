// Replacing a file by another, durably.
// No state.

#include "base/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/unique_fd.hpp"

namespace agenthub {
namespace {

constexpr mode_t kPrivate = 0600;

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t n = ::write(file, content.data(), content.size());
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            content.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

mode_t mode_of(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : kPrivate;
}

Error failed(const std::string& what, const std::string& temporary) {
    Error error = system_error(what, errno);
    ::unlink(temporary.c_str());
    return error;
}

}  // namespace

result<void> replace_file(const std::string& path, std::string_view content, Durability durability) {
    std::error_code unresolved;
    // Absolute first: what does not exist yet has no canonical form of its own, nor a directory.
    const auto absolute = std::filesystem::absolute(path, unresolved);
    const auto target = unresolved ? absolute : std::filesystem::weakly_canonical(absolute, unresolved);
    if (unresolved)
        return Error(errc::io_error, "cannot find " + path + ": " + unresolved.message());
    // Always the same name: what a crash has left is overwritten by the next attempt.
    const std::string temporary = target.string() + ".new";
    UniqueFd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kPrivate));
    if (!file)
        return system_error("cannot write " + temporary, errno);
    const bool to_disk = durability == Durability::disk;
    if (::fchmod(file.get(), mode_of(target.string())) != 0 || !write_all(file.get(), content) ||
        (to_disk && ::fsync(file.get()) != 0))
        return failed("cannot write " + temporary, temporary);
    if (::rename(temporary.c_str(), target.c_str()) != 0)
        return failed("cannot replace " + target.string(), temporary);
    if (!to_disk)
        return {};
    const UniqueFd directory(::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0)
        return system_error(target.string() + " is replaced, but may not survive a power failure", errno);
    return {};
}

}  // namespace agenthub
