// Changing the configuration of the running daemon, as the administrative routes ask for it.
// Implemented by the composition root, which knows where the configuration came from.

#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <vector>

#include "base/async.hpp"
#include "config/difference.hpp"
#include "config/edit.hpp"

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
    // Files and secrets are read off the loop; changes come one after the other.
    virtual awaitable<ReloadResult> reload(std::string cause) = 0;

    // Writes the server into the configuration file and takes the file over. Errors, and nothing has changed:
    // errc::invalid_request (there is one of that name), errc::invalid_params (it could not run), errc::invalid_config
    // (what else is in the file), errc::io_error.
    virtual awaitable<result<void>> install(NewServer server) = 0;
    // The same for taking a server out. Errors: errc::server_unknown, errc::invalid_request (it is not stopped), and as
    // above.
    virtual awaitable<result<void>> remove(std::string name) = 0;
};

}  // namespace agenthub
