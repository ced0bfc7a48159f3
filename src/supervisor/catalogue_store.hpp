// The files in which catalogues outlive the daemon: one per server, in a directory of the state directory.
// Owned by the supervisor; loop thread only. Files are small, and not forced to the disk: a lost one is made again.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace agenthub {

class CatalogueStore {
public:
    // Empty: nothing is kept.
    explicit CatalogueStore(std::string directory);

    // nullopt when there is none that can be read.
    std::optional<std::string> load(const std::string& server) const;
    // A failure is logged, once until it works again.
    void save(const std::string& server, std::string_view text);
    void remove(const std::string& server);

private:
    std::string path_of(const std::string& server) const { return directory_ + "/" + server + ".json"; }

    std::string directory_;
    bool failed_ = false;
};

}  // namespace agenthub
