// The shapes of the prototype's POST /pipelines/documentation, around the pipeline of that name.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "gateway/body_fault.hpp"

namespace agenthub {

inline constexpr const char* kDocumentation = "documentation";
inline constexpr const char* kNoDocumentation =
    "Documentation pipeline not initialized: no pipeline named 'documentation' is configured; "
    "config/documentation-pipeline.json is one";

// The body as the pipeline's input, JSON text: repo_path, project_name, vault_path where it is given, and
// include_structure, true unless the client says otherwise. What is wrong is noted by `body`.
std::string documentation_input(BodyReader& body);

// The prototype's reply to a run's report, JSON texts: status, output_path, obsidian_url, content_length, error.
std::string documentation_reply(std::string_view report);

}  // namespace agenthub
