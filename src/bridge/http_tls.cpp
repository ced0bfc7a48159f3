// Trust in HTTPS servers.
// Functions.

#include "bridge/http_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>

namespace agenthub {

result<std::unique_ptr<ssl::context>> make_tls_context(const std::string& ca_file) {
    auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
    boost::system::error_code ec;
    if (ca_file.empty())
        context->set_default_verify_paths(ec);
    else
        context->load_verify_file(ca_file, ec);
    if (ec) {
        const std::string file = ca_file.empty() ? "the system's certificates" : "'" + ca_file + "'";
        return Error(errc::io_error, file + " cannot be used to check HTTPS servers: " + ec.message());
    }
    ::SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    context->set_verify_mode(ssl::verify_peer);
    return context;
}

void expect_host(SSL* stream, const std::string& host) {
    static constexpr unsigned char kHttp11[] = "\x08http/1.1";
    ::SSL_set_alpn_protos(stream, kHttp11, sizeof(kHttp11) - 1);
    boost::system::error_code no_address;
    boost::asio::ip::make_address(host, no_address);
    X509_VERIFY_PARAM* rules = ::SSL_get0_param(stream);
    if (!no_address) {
        ::X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
        return;
    }
    ::X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    ::X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size());
    // The macro SSL_set_tlsext_host_name casts its constness away in the old style.
    ::SSL_ctrl(stream, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
}

std::string certificate_fault(const SSL* stream) {
    const long verdict = ::SSL_get_verify_result(stream);
    return verdict == X509_V_OK ? std::string() : ::X509_verify_cert_error_string(verdict);
}

}  // namespace agenthub
