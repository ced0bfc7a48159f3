// Activity entries as CSV (RFC 4180), for spreadsheets.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "activity/query.hpp"

namespace agenthub {

// The first line, with CRLF.
std::string_view csv_header() noexcept;

// Appends one line with CRLF. Texts that a spreadsheet would take for a formula, because they begin with = + - @ or a
// tab or CR, get a ' in front of them: clients choose some of these texts, and whoever opens the file trusts it.
void append_csv(std::string& out, const ActivityEntry& entry);

}  // namespace agenthub
