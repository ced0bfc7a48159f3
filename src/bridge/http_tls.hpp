// TLS of the outbound HTTP client: whom it trusts.
// Functions; the context is owned by who asks for it.

#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "base/error.hpp"

namespace agenthub {

namespace ssl = boost::asio::ssl;

// TLS 1.2 and later, with verification of the peer's certificate against `ca_file` (PEM), or against the system's store
// when it is empty. Reads those files: not for the hot path. Error: errc::io_error.
result<std::unique_ptr<ssl::context>> make_tls_context(const std::string& ca_file);

// What a handshake over `stream` asks of its peer: that the certificate is `host`'s (RFC 9110 section 4.3.4), which SNI
// names (RFC 6066 section 3) unless it is an address, and HTTP/1.1 (RFC 7301).
void expect_host(SSL* stream, const std::string& host);

// Why the peer's certificate was refused; empty when it was not.
std::string certificate_fault(const SSL* stream);

}  // namespace agenthub
