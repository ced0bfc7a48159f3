// The pages of the aggregate's lists, and the cursors that lead from one to the next (server/utilities/pagination).
// Pure functions.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "gateway/aggregate_list.hpp"

namespace agenthub {

// The result of a list method, JSON text: the entries from `cursor` on as `member`, at most `page_size` of them, and
// nextCursor if there are more. `cursor`: JSON text of params.cursor, empty for the first page. A cursor names the list
// and what it was like, so that none leads past entries that have moved. Errors: errc::invalid_params for a cursor of
// another list, of one that has changed, and for what is none.
result<std::string> page_of(const AggregateList& list, std::string_view member, std::string_view cursor,
                            std::size_t page_size);

}  // namespace agenthub
