// What a client must have declared to be asked something (sampling, elicitation and roots, "Capabilities").
// Pure functions.

#pragma once

#include <string>
#include <string_view>

namespace agenthub::mcp {

// The capability that the server's request needs and `capabilities` (JSON text of an object) lacks, as a path such as
// "elicitation.url"; empty when the client may be asked. Methods that no capability stands for may always be asked.
std::string missing_capability(std::string_view method, std::string_view params, std::string_view capabilities);

// It declared that it can be asked something.
bool can_answer(std::string_view capabilities);

}  // namespace agenthub::mcp
