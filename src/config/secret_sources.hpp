// Gets one secret from where it is kept.
// Pure but for what the Environment given to it does.

#pragma once

#include "base/deadline.hpp"
#include "config/environment.hpp"
#include "config/secret_reference.hpp"

namespace agenthub {

// Blocks, for the reference's timeout at most, and not beyond `deadline`. Errors as SecretBook::secret().
result<std::string> get_secret(const SecretReference& reference, const Environment& environment, Deadline deadline);

}  // namespace agenthub
