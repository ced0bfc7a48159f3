// The structural index: simdjson's first stage.
// One scanner per thread.

#include "mcp/json_scan.hpp"

#include <simdjson.h>

#include <algorithm>

namespace agenthub::mcp {
namespace {

// Below this the index buffer is kept between messages (4 bytes per byte of text).
constexpr std::size_t kKeptCapacity = 64 * 1024;

std::string_view reason_of(simdjson::error_code code) noexcept {
    switch (code) {
        case simdjson::EMPTY: return "the text is empty";
        case simdjson::UTF8_ERROR: return "it is not valid UTF-8";
        case simdjson::UNCLOSED_STRING: return "a string is not closed";
        case simdjson::UNESCAPED_CHARS: return "a string contains an unescaped control character";
        default: return simdjson::error_message(code);
    }
}

}  // namespace

struct JsonScanner::Impl {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;

    bool reserve(std::size_t capacity) {
        if (stage == nullptr)
            return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, stage) ==
                   simdjson::SUCCESS;
        return stage->capacity() >= capacity || stage->allocate(capacity, 1) == simdjson::SUCCESS;
    }
};

JsonScanner::JsonScanner() : impl_(std::make_unique<Impl>()) {}
JsonScanner::~JsonScanner() = default;

result<void> JsonScanner::index(std::string_view text) {
    if (text.size() >= UINT32_MAX)
        return Error(errc::too_large, "a JSON text of 4 GiB or more cannot be handled");
    if (!impl_->reserve(std::max(text.size(), std::size_t{4096})))
        return Error(errc::too_large, "there is not enough memory to read a JSON text of this size");
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto code = impl_->stage->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
    if (code != simdjson::SUCCESS)
        return Error(errc::parse_error, "not valid JSON: " + std::string(reason_of(code)));
    // simdjson leaves room for this and does the same; the cursor relies on it.
    impl_->stage->structural_indexes[count()] = static_cast<std::uint32_t>(text.size());
    return {};
}

const std::uint32_t* JsonScanner::positions() const noexcept {
    return impl_->stage->structural_indexes.get();
}

std::size_t JsonScanner::count() const noexcept {
    return impl_->stage->n_structural_indexes;
}

void JsonScanner::shrink() {
    if (impl_->stage != nullptr && impl_->stage->capacity() > kKeptCapacity)
        impl_->stage.reset();
}

namespace {

JsonScanner& thread_scanner() {
    thread_local JsonScanner scanner;
    return scanner;
}

}  // namespace

ScannerLease::ScannerLease() noexcept : scanner_(thread_scanner()) {}

}  // namespace agenthub::mcp
