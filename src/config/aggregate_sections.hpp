// The sections "aggregate" and "views" of the configuration file.
// Pure functions; each borrows the root's reader.

#pragma once

#include "config/config.hpp"
#include "config/object_reader.hpp"

namespace agenthub {

void read_aggregate(ObjectReader& root, Findings& findings, AggregateConfig& aggregate);

// `config` has its servers already: a view of one that is not there is a warning. What contradicts itself is a fault:
// a pattern that both shows and hides, two tools of one name, a tool that is renamed or described and hidden.
void read_views(ObjectReader& root, Findings& findings, Config& config);

}  // namespace agenthub
