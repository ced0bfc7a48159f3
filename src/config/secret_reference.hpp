// Where a secret is kept: {"source": ...} in the configuration, as a value.
// Pure functions and values.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/error.hpp"
#include "config/fault.hpp"

namespace agenthub {

enum class SecretSource { env, file, credential, keyring, command };

struct SecretReference {
    SecretSource source = SecretSource::env;
    std::string name;                  // of the variable, the credential; the key in the keyring; the path as written
    std::string service = "agenthub";  // in the keyring
    std::vector<std::string> command;  // program and arguments
    Duration timeout{10'000};          // of the keyring and the command
    bool operator==(const SecretReference&) const = default;
    auto operator<=>(const SecretReference&) const = default;
};

// Reads the object at `path`. errc::invalid_config says what is wrong with it, without anything of what stands in it:
// whoever mistakes the form may have written the secret itself. Unknown keys are warnings.
result<SecretReference> read_secret_reference(const nlohmann::ordered_json& object, const std::string& path,
                                              Findings& findings);

}  // namespace agenthub
