// Writing below allowed directories.
// No state.

#include "base/rooted_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/unique_fd.hpp"
#include "base/uuid.hpp"

namespace agenthub {
namespace {

constexpr mode_t kPrivateFile = 0600;
constexpr mode_t kPrivateDirectory = 0700;
constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

Error not_allowed(const std::string& path, const std::string& why) {
    return {errc::forbidden, "'" + path + "' may not be written: " + why +
                                 "; allowed are files below the directories of pipeline_roots"};
}

// The parts of a path; those that name nothing are left out. nullopt: one of them leads upwards.
std::optional<std::vector<std::string>> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
        if (part == "..")
            return std::nullopt;
        if (!part.empty() && part != ".")
            parts.emplace_back(part);
    }
    return parts;
}

// Where a path leads to: a root, and the parts of the way below it.
struct Place {
    std::string root;
    std::vector<std::string> parts;
};

result<Place> place_of(const std::vector<std::string>& roots, const std::string& path) {
    if (roots.empty())
        return not_allowed(path, "no directory is allowed at all");
    if (path.find('\0') != std::string::npos)
        return not_allowed(path.c_str(), "there is a NUL in it");
    auto parts = parts_of(path);
    if (!parts)
        return not_allowed(path, "'..' has no place in it");
    if (path.ends_with('/') || parts->empty())
        return not_allowed(path, "it names no file");
    if (!path.starts_with('/'))
        return Place{roots.front(), std::move(*parts)};
    for (const std::string& root : roots) {
        const auto own = parts_of(root).value_or(std::vector<std::string>());
        if (own.size() < parts->size() && std::equal(own.begin(), own.end(), parts->begin()))
            return Place{root, {parts->begin() + static_cast<std::ptrdiff_t>(own.size()), parts->end()}};
    }
    return not_allowed(path, "it is below none of them");
}

// The directory of that name in another; made when it is not there.
result<UniqueFd> enter(int parent, const std::string& name, const std::string& path) {
    UniqueFd directory(::openat(parent, name.c_str(), kDirectory | O_NOFOLLOW));
    if (!directory && errno == ENOENT) {
        if (::mkdirat(parent, name.c_str(), kPrivateDirectory) == 0)
            ::fsync(parent);
        else if (errno != EEXIST)
            return system_error("cannot make the directory '" + name + "' of " + path, errno);
        directory = UniqueFd(::openat(parent, name.c_str(), kDirectory | O_NOFOLLOW));
    }
    if (!directory && (errno == ELOOP || errno == ENOTDIR))
        return not_allowed(path, "'" + name + "' is a symbolic link, or no directory");
    if (!directory)
        return system_error("cannot open the directory '" + name + "' of " + path, errno);
    return directory;
}

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

Error given_up(const std::string& path) {
    return {errc::cancelled, path + " was not written: nobody waits for it any more"};
}

// Makes the file beside its place, and moves it there.
result<void> replace_in(int directory, const std::string& name, std::string_view content, const std::string& path,
                        CommitPoint& point) {
    struct stat info{};
    const bool is_there = ::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (is_there && !S_ISREG(info.st_mode))
        return not_allowed(path, "what is there is no file");
    // A name of its own for each attempt: two runs may write the same file at once.
    const std::string temporary = ".agenthub-" + random_hex(8) + ".new";
    const auto give_up = [&](const std::string& what) {
        Error error = system_error(what, errno);
        ::unlinkat(directory, temporary.c_str(), 0);
        return error;
    };
    const UniqueFd file(
        ::openat(directory, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kPrivateFile));
    if (!file)
        return system_error("cannot write beside " + path, errno);
    if ((is_there && ::fchmod(file.get(), info.st_mode & 0777) != 0) || !write_all(file.get(), content) ||
        ::fsync(file.get()) != 0)
        return give_up("cannot write " + path);
    if (!point.commit()) {
        ::unlinkat(directory, temporary.c_str(), 0);
        return given_up(path);
    }
    if (::renameat(directory, temporary.c_str(), directory, name.c_str()) != 0)
        return give_up("cannot replace " + path);
    if (::fsync(directory) != 0)
        return system_error(path + " is replaced, but may not survive a power failure", errno);
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        static_cast<std::size_t>(info.st_size) != content.size())
        return Error(errc::io_error, path + " was written, but is not there as it should be");
    return {};
}

}  // namespace

result<std::string> write_below(const std::vector<std::string>& roots, const std::string& path,
                                std::string_view content, CommitPoint& point) {
    auto place = place_of(roots, path);
    if (!place)
        return place.error();
    if (point.is_given_up())
        return given_up(path);
    UniqueFd directory(::open(place->root.c_str(), kDirectory));
    if (!directory)
        return system_error("cannot open " + place->root + ", a directory of pipeline_roots", errno);
    std::string full = place->root;
    while (full.size() > 1 && full.ends_with('/'))
        full.pop_back();
    const std::string name = std::move(place->parts.back());
    place->parts.pop_back();
    for (const std::string& part : place->parts) {
        auto next = enter(directory.get(), part, path);
        if (!next)
            return next.error();
        directory = std::move(*next);
        full += (full == "/" ? "" : "/") + part;
    }
    full += (full == "/" ? "" : "/") + name;
    if (auto written = replace_in(directory.get(), name, content, full, point); !written)
        return written.error();
    return full;
}

result<std::string> write_below(const std::vector<std::string>& roots, const std::string& path,
                                std::string_view content) {
    CommitPoint point;
    return write_below(roots, path, content, point);
}

}  // namespace agenthub
