// Names and classes of the failure codes.
// Values; no ownership.

#include "base/error.hpp"

#include <stdexcept>
#include <system_error>

namespace agenthub {

std::string_view to_string(errc code) noexcept {
    switch (code) {
        case errc::parse_error: return "parse_error";
        case errc::invalid_request: return "invalid_request";
        case errc::method_not_found: return "method_not_found";
        case errc::invalid_params: return "invalid_params";
        case errc::too_large: return "too_large";
        case errc::unsupported: return "unsupported";
        case errc::forbidden: return "forbidden";
        case errc::hook_refused: return "hook_refused";
        case errc::server_unknown: return "server_unknown";
        case errc::server_disabled: return "server_disabled";
        case errc::server_stopped: return "server_stopped";
        case errc::start_failed: return "start_failed";
        case errc::start_exited: return "start_exited";
        case errc::start_refused: return "start_refused";
        case errc::start_timeout: return "start_timeout";
        case errc::upstream_unreachable: return "upstream_unreachable";
        case errc::model_unknown: return "model_unknown";
        case errc::busy: return "busy";
        case errc::breaker_open: return "breaker_open";
        case errc::unrecorded: return "unrecorded";
        case errc::server_exited: return "server_exited";
        case errc::server_unhealthy: return "server_unhealthy";
        case errc::server_out_of_memory: return "server_out_of_memory";
        case errc::call_timeout: return "call_timeout";
        case errc::write_failed: return "write_failed";
        case errc::upstream_failed: return "upstream_failed";
        case errc::upstream_refused: return "upstream_refused";
        case errc::record_lost: return "record_lost";
        case errc::cancelled: return "cancelled";
        case errc::io_error: return "io_error";
        case errc::database_error: return "database_error";
        case errc::invalid_config: return "invalid_config";
        case errc::timeout: return "timeout";
        case errc::hook_failed: return "hook_failed";
        case errc::internal: return "internal";
    }
    return "internal";
}

std::string_view code_of(errc code) noexcept {
    switch (code) {
        case errc::parse_error: return "AH-101";
        case errc::invalid_request: return "AH-102";
        case errc::method_not_found: return "AH-103";
        case errc::invalid_params: return "AH-104";
        case errc::too_large: return "AH-105";
        case errc::unsupported: return "AH-106";
        case errc::forbidden: return "AH-107";
        case errc::hook_refused: return "AH-108";
        case errc::server_unknown: return "AH-201";
        case errc::server_disabled: return "AH-202";
        case errc::server_stopped: return "AH-203";
        case errc::start_failed: return "AH-204";
        case errc::start_exited: return "AH-205";
        case errc::start_refused: return "AH-206";
        case errc::start_timeout: return "AH-207";
        case errc::upstream_unreachable: return "AH-208";
        case errc::model_unknown: return "AH-209";
        case errc::busy: return "AH-301";
        case errc::breaker_open: return "AH-302";
        case errc::unrecorded: return "AH-303";
        case errc::server_exited: return "AH-401";
        case errc::server_unhealthy: return "AH-402";
        case errc::server_out_of_memory: return "AH-403";
        case errc::call_timeout: return "AH-404";
        case errc::write_failed: return "AH-405";
        case errc::cancelled: return "AH-406";
        case errc::upstream_failed: return "AH-407";
        case errc::upstream_refused: return "AH-408";
        case errc::record_lost: return "AH-409";
        case errc::io_error: return "AH-501";
        case errc::database_error: return "AH-502";
        case errc::invalid_config: return "AH-503";
        case errc::timeout: return "AH-504";
        case errc::hook_failed: return "AH-506";
        case errc::internal: return "AH-505";
    }
    return "AH-505";
}

retry_class retry_class_of(errc code) noexcept {
    switch (code) {
        case errc::server_unknown:
        case errc::server_disabled:
        case errc::server_stopped:
        case errc::start_failed:
        case errc::start_exited:
        case errc::start_refused:
        case errc::start_timeout:
        case errc::upstream_unreachable:
        case errc::model_unknown: return retry_class::not_started;
        case errc::busy:
        case errc::breaker_open:
        case errc::unrecorded: return retry_class::busy;
        case errc::server_exited:
        case errc::server_unhealthy:
        case errc::server_out_of_memory:
        case errc::call_timeout:
        case errc::write_failed:
        case errc::upstream_failed:
        case errc::upstream_refused:
        case errc::record_lost:
        case errc::cancelled: return retry_class::started_unknown;
        case errc::parse_error:
        case errc::invalid_request:
        case errc::method_not_found:
        case errc::invalid_params:
        case errc::too_large:
        case errc::unsupported:
        case errc::forbidden:
        case errc::hook_refused:
        case errc::io_error:
        case errc::database_error:
        case errc::invalid_config:
        case errc::timeout:
        case errc::hook_failed:
        case errc::internal: return retry_class::never;
    }
    return retry_class::never;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
    throw std::logic_error(std::string(to_string(error.code)) + ": " + error.message + " (" + where.to_string() + ")");
}

Error system_error(std::string_view what, int errno_value) {
    std::string text(what);
    text += ": ";
    text += std::generic_category().message(errno_value);
    return {errc::io_error, std::move(text)};
}

}  // namespace agenthub
