// The section "enhancement" of the configuration file, which has the form of an enhancement-rules.json as well.
// Pure functions.

#pragma once

#include "config/enhancement_config.hpp"
#include "config/object_reader.hpp"

namespace agenthub {

// Over what `enhancement` is already. A client's rule has what it does not say from the default one.
void read_enhancement(ObjectReader& section, Findings& findings, EnhancementConfig& enhancement);

}  // namespace agenthub
