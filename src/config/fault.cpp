// One thing wrong with the configuration, and where; and a whole refused configuration.
// Values; no ownership.

#include "config/fault.hpp"

#include <stdexcept>

namespace agenthub {

std::string Fault::text() const {
    return path.empty() ? message : path + ": " + message;
}

std::string ConfigFaults::text() const {
    std::string out = "the configuration ";
    if (!source_path.empty())
        out += source_path + " ";
    out += "is refused:\n";
    for (const Fault& fault : faults)
        out += "  " + fault.text() + "\n";
    out += "Correct this and try again; `agenthub check-config` shows what would run.";
    return out;
}

void throw_exception_from_error(const ConfigFaults& faults, const boost::source_location& where) {
    throw std::logic_error(faults.text() + " (" + where.to_string() + ")");
}

}  // namespace agenthub
