// The section "ollama" of the configuration file, and what the environment says in its place.
// Pure but for the Environment.

#pragma once

#include "config/object_reader.hpp"
#include "config/ollama_config.hpp"
#include "config/secret_book.hpp"

namespace agenthub {

// Over what `ollama` is already. An api_key that cannot be had switches Ollama off and is a warning.
void read_ollama(ObjectReader& root, const SecretBook& secrets, Findings& findings, OllamaConfig& ollama);

// "http://host" or "https://host:port", without anything behind it but a "/", which is dropped. nullopt for anything
// else.
std::optional<std::string> base_url_of(std::string_view text);

}  // namespace agenthub
