// Texts that a client keeps for us and brings back, unreadable and unchangeable on the way: AES-256-GCM.
// A value with a key of its own; what one seal has closed no other opens.

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace agenthub {

class Seal {
public:
    // A random key, for as long as this object lives.
    Seal();
    ~Seal();
    Seal(const Seal&) = delete;
    Seal& operator=(const Seal&) = delete;

    // A token, base64url, that opens only together with the same `bound_to` (whose it is, for what).
    std::string seal(std::string_view plain, std::string_view bound_to) const;

    // nullopt for whatever this seal has not made for `bound_to`: changed, cut, lengthened, another's.
    std::optional<std::string> open(std::string_view token, std::string_view bound_to) const;

private:
    std::array<unsigned char, 32> key_;
};

}  // namespace agenthub
