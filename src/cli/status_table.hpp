// What `agenthub status` prints: the documents of GET /health and GET /servers as a page for a person.
// Pure functions.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

// Rows of cells in columns as wide as their widest cell, two blanks apart; the first row is the heading. Cells are
// UTF-8, one character counts as one column; the last column is not padded.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

// The page. `health`: an object; `servers`: the "servers" array of GET /servers, or null when it could not be had.
// Servers come in the order of `servers`, then those only `health` knows. What is missing is "-".
std::string status_page(std::string_view url, const nlohmann::json& health, const nlohmann::json& servers);

}  // namespace agenthub
