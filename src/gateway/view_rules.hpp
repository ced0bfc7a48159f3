// What a view shows of the aggregate (configuration, "views").
// Pure functions.

#pragma once

#include "config/aggregate_config.hpp"
#include "gateway/aggregate_list.hpp"

namespace agenthub {

// The tools that the view chooses, under its names and descriptions; all other bytes of an entry stay. A tool that is
// given the name of another takes it: the other is dropped, and so are tools whose name two would have.
AggregateList view_of_tools(const AggregateList& tools, const ViewConfig& view);

// Prompts, resources or templates: those of the view's servers.
AggregateList view_of_servers(const AggregateList& list, const ViewConfig& view);

}  // namespace agenthub
