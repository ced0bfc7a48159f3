// Reading and writing catalogue files.
// Owned by the supervisor.

#include "supervisor/catalogue_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "base/durable_file.hpp"
#include "base/log.hpp"

namespace agenthub {

CatalogueStore::CatalogueStore(std::string directory) : directory_(std::move(directory)) {
    if (!directory_.empty())
        ::mkdir(directory_.c_str(), 0700);  // what fails here fails again, and is told, when something is saved
}

std::optional<std::string> CatalogueStore::load(const std::string& server) const {
    std::ifstream file(path_of(server), std::ios::binary);
    if (directory_.empty() || !file)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

void CatalogueStore::save(const std::string& server, std::string_view text) {
    if (directory_.empty())
        return;
    const auto saved = replace_file(path_of(server), text, Durability::cache);
    if (!saved && !failed_)
        log().warn("what servers offer cannot be kept for the next start: {}", saved.error().message);
    failed_ = !saved;
}

void CatalogueStore::remove(const std::string& server) {
    if (!directory_.empty())
        ::unlink(path_of(server).c_str());
}

}  // namespace agenthub
