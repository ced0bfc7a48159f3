// Setting a damaged database aside.
// A function without state.

#include <algorithm>
#include <system_error>
#include <vector>

#include "activity/store.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kCorruptKept = 2;

std::vector<std::filesystem::path> set_aside_before(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> found;
    const std::string prefix = path.filename().string() + ".corrupt-";
    const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
    std::error_code ec;
    for (const auto& file : std::filesystem::directory_iterator(directory, ec)) {
        const auto name = file.path().filename().string();
        const bool companion = name.ends_with("-wal") || name.ends_with("-shm");
        if (name.starts_with(prefix) && !companion)
            found.push_back(file.path());
    }
    std::sort(found.begin(), found.end());  // the time in the name sorts
    return found;
}

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) {
    path += suffix;
    return path;
}

}  // namespace

result<std::string> ActivityStore::move_aside(const std::filesystem::path& path, std::int64_t unix_ms) {
    auto old = set_aside_before(path);
    for (; old.size() >= kCorruptKept; old.erase(old.begin())) {
        for (const char* suffix : {"", "-wal"}) {
            std::error_code ignored;
            std::filesystem::remove(with_suffix(old.front(), suffix), ignored);
        }
    }
    auto stamp = iso8601(unix_ms);
    std::replace(stamp.begin(), stamp.end(), ':', '-');  // a colon is special to scp, tar and others
    const auto target = with_suffix(path, (".corrupt-" + stamp).c_str());
    std::error_code ec;
    std::filesystem::rename(path, target, ec);
    if (ec)
        return system_error("cannot set the damaged activity database aside as " + target.string(), ec.value());
    // The WAL belongs to the damaged file; the shared memory can be made anew from it.
    std::filesystem::rename(with_suffix(path, "-wal"), with_suffix(target, "-wal"), ec);
    std::filesystem::remove(with_suffix(path, "-shm"), ec);
    return target.string();
}

}  // namespace agenthub
