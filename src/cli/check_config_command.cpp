// agenthub check-config: what would run, or every fault.
// A function.

#include "cli/check_config_command.hpp"

#include <ostream>

#include "base/redactor.hpp"
#include "config/describe.hpp"
#include "config/load.hpp"

namespace agenthub {

int run_check_config(const std::optional<std::string>& file, const Console& console) {
    const auto config = load_config(file, process_environment());
    if (config.has_error())
        return fail(console, "check-config", Error(errc::invalid_config, config.error().text()), kExitUsage);
    hide_secrets(config->secrets);
    console.out << redacted(describe_config(*config));
    return kExitFine;
}

}  // namespace agenthub
