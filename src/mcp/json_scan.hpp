// The structural index of a JSON text: simdjson finds where tokens begin and checks UTF-8 with the widest vectors the
// processor has, chosen at run time.
// One scanner per thread; its buffer is reused.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.hpp"

namespace agenthub::mcp {

class JsonScanner {
public:
    JsonScanner();
    ~JsonScanner();
    JsonScanner(const JsonScanner&) = delete;
    JsonScanner& operator=(const JsonScanner&) = delete;

    // Finds the structural positions of `text`. Errors: errc::parse_error (bad UTF-8, unclosed string, raw control
    // character in a string, empty text), errc::too_large beyond 4 GiB. The grammar is checked by the cursor.
    result<void> index(std::string_view text);

    // Of each token's first byte, in order; behind the last one stands the size of the text.
    const std::uint32_t* positions() const noexcept;
    std::size_t count() const noexcept;

    // Gives back the memory that a large text needed.
    void shrink();

private:
    struct Impl;  // keeps simdjson's header out of every other file
    std::unique_ptr<Impl> impl_;
};

// The thread's scanner for one text. Gives back what a large text made it take, whatever becomes of the text. Only one
// may be in use at a time: its holder must not call what takes another.
class ScannerLease {
public:
    ScannerLease() noexcept;
    ~ScannerLease() { scanner_.shrink(); }
    ScannerLease(const ScannerLease&) = delete;
    ScannerLease& operator=(const ScannerLease&) = delete;
    JsonScanner& operator*() const noexcept { return scanner_; }
    JsonScanner* operator->() const noexcept { return &scanner_; }

private:
    JsonScanner& scanner_;
};

}  // namespace agenthub::mcp
