// Sealing with OpenSSL's AES-256-GCM. A token is the nonce, the cipher text and the tag.
// One context per call.

#include "base/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <climits>
#include <memory>
#include <stdexcept>

#include "base/base64.hpp"
#include "base/random.hpp"

namespace agenthub {
namespace {

// Random nonces may repeat once 2^32 texts were sealed with one key (NIST SP 800-38D section 8.3); no daemon lives so
// long.
constexpr std::size_t kNonce = 12;
constexpr int kTag = 16;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}

void demand(bool done) {
    if (!done)
        throw std::runtime_error("OpenSSL could not encrypt with AES-256-GCM");
}

}  // namespace

Seal::Seal() {
    fill_random(key_.data(), key_.size());
}

Seal::~Seal() {
    OPENSSL_cleanse(key_.data(), key_.size());
}

std::string Seal::seal(std::string_view plain, std::string_view bound_to) const {
    std::string token(kNonce + plain.size() + kTag, '\0');
    unsigned char* const nonce = bytes_of(token);
    unsigned char* const cipher = nonce + kNonce;
    const Context context(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX* const c = context.get();
    int n = 0;
    fill_random(nonce, kNonce);
    demand(plain.size() < INT_MAX && bound_to.size() < INT_MAX && c != nullptr);
    demand(EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), nullptr, key_.data(), nonce) == 1);
    demand(EVP_EncryptUpdate(c, nullptr, &n, bytes_of(bound_to), static_cast<int>(bound_to.size())) == 1);
    demand(EVP_EncryptUpdate(c, cipher, &n, bytes_of(plain), static_cast<int>(plain.size())) == 1);
    demand(EVP_EncryptFinal_ex(c, cipher + plain.size(), &n) == 1);
    demand(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, kTag, cipher + plain.size()) == 1);
    return to_base64url(token);
}

std::optional<std::string> Seal::open(std::string_view token, std::string_view bound_to) const {
    auto whole = from_base64url(token);
    if (!whole || whole->size() < kNonce + kTag || whole->size() >= INT_MAX || bound_to.size() >= INT_MAX)
        return std::nullopt;
    std::string plain(whole->size() - kNonce - kTag, '\0');
    unsigned char* const nonce = bytes_of(*whole);
    unsigned char* const cipher = nonce + kNonce;
    const Context context(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX* const c = context.get();
    int n = 0;
    const bool whole_and_ours =
        c != nullptr && EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), nullptr, key_.data(), nonce) == 1 &&
        EVP_DecryptUpdate(c, nullptr, &n, bytes_of(bound_to), static_cast<int>(bound_to.size())) == 1 &&
        EVP_DecryptUpdate(c, bytes_of(plain), &n, cipher, static_cast<int>(plain.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, kTag, cipher + plain.size()) == 1 &&
        EVP_DecryptFinal_ex(c, bytes_of(plain) + plain.size(), &n) == 1;
    if (!whole_and_ours)
        return std::nullopt;
    return plain;
}

}  // namespace agenthub
