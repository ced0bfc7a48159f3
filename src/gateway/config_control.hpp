// Changing the configuration of the running daemon, as the administrative routes ask for it.
// Implemented by the composition root, which knows where the configuration came from.

#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "config/difference.hpp"

namespace agenthub {

struct ReloadReport {
    std::string file;  // that was read; empty: none, defaults only
    ConfigDifference difference;
    std::vector<Fault> warnings;
};

using ReloadResult = boost::system::result<ReloadReport, ConfigFaults>;

class ConfigControl {
public:
    virtual ~ConfigControl() = default;

    // Reads the configuration again, as at the start, and takes it over as far as a running daemon can: see
    // Supervisor::apply(). The faults say why it is refused; then nothing has changed. `cause` is for the log.
    virtual ReloadResult reload(std::string_view cause) = 0;
};

}  // namespace agenthub
