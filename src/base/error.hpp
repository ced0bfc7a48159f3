// Every failure an operator or a client can meet, as a value: a code from one closed set and a sentence.
// Values; no ownership.

#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace agenthub {

// The comment of each value is what it means to the operator.
enum class errc {
    // The request itself is wrong; the client must change it.
    parse_error,       // the bytes are not JSON (JSON-RPC 2.0 section 5.1, -32700)
    invalid_request,   // JSON, but not a JSON-RPC message the endpoint accepts (-32600)
    method_not_found,  // nobody here implements the method (-32601)
    invalid_params,    // the method exists, its parameters do not fit (-32602)
    too_large,         // a body, line or header exceeds its configured limit
    unsupported,       // a protocol revision, media type or feature that is not served here
    forbidden,         // the rights of the client do not cover the call
    hook_refused,      // a hook refused the call; the sentence is the hook's own

    // Not started: the server never saw the request, repeating it is safe.
    server_unknown,        // no server of that name is configured
    server_disabled,       // configured, but its entry is broken or switched off; the reason says why
    server_stopped,        // stopped by an operator, and not to be started by a call
    start_failed,          // the program could not be run; or it failed before and is not tried again yet
    start_exited,          // the process ended before the handshake was done
    start_refused,         // the process answered the handshake, but not so that it can be used
    start_timeout,         // the process started but did not finish the handshake within start_timeout
    upstream_unreachable,  // no connection to an HTTP server, Ollama for one: nothing was sent
    model_unknown,         // Ollama does not have the model

    // Refused because busy: not started, may be repeated later.
    busy,          // a bounded queue or table is full
    breaker_open,  // the last calls to the server all failed; the next is let through after breaker_recovery
    unrecorded,    // strict mode: the call could not be recorded, so it was not made

    // Started and unknown: the server may or may not have acted; never repeated silently.
    server_exited,         // the process went away while the call was pending
    server_unhealthy,      // the process had to be killed: its health check failed, or it closed its output
    server_out_of_memory,  // the process was killed because memory was short
    call_timeout,          // no answer and no progress within call_timeout, or no answer within max_call_time
    write_failed,          // the server's stdin closed while the call was being written
    upstream_failed,       // the connection to an HTTP server broke before its answer was complete
    upstream_refused,      // Ollama answered with an error of its own
    record_lost,           // strict mode: the call was made, but its record could not be committed
    cancelled,             // the client cancelled the call, or AgentHub is shutting down

    // The daemon's own surroundings.
    io_error,        // a file, socket or system call failed; the sentence carries the system's text
    database_error,  // SQLite refused; activity is kept in memory and retried
    invalid_config,  // the configuration has faults; each is listed with its JSON path
    timeout,         // an internal operation exceeded its deadline
    hook_failed,     // every hook that should have looked at the call failed
    internal,        // a bug: please report it with the log around it
};
inline constexpr int kErrorCodes = static_cast<int>(errc::internal) + 1;

// How a failure may be treated by whoever might repeat the request (architecture: errors distinguish these three).
enum class retry_class { never, not_started, busy, started_unknown };

// Snake-case name of the code, stable: it appears in logs, activity rows and admin documents.
std::string_view to_string(errc code) noexcept;

// "AH-204": stable, never given to another failure, listed in docs/errors.md. The first digit is the group: 1 the
// request, 2 not started, 3 busy, 4 started and unknown, 5 the surroundings. `code` is one of the set.
std::string_view code_of(errc code) noexcept;

retry_class retry_class_of(errc code) noexcept;

// One failure. The message says what failed, why, and what to do next; it is fit to be shown to a person.
struct Error {
    errc code = errc::internal;
    std::string message;
    // Set: the request was refused without having been tried, and may be repeated after this time.
    std::optional<std::chrono::milliseconds> retry_after;

    Error() = default;
    Error(errc c, std::string m) : code(c), message(std::move(m)) {}
    Error(errc c, std::string m, std::chrono::milliseconds wait) : code(c), message(std::move(m)), retry_after(wait) {}
};

template <class T>
using result = boost::system::result<T, Error>;

// Thrown by result::value() on a failure that the caller held for impossible: a bug.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// "what: <system text of errno_value>", as errc::io_error.
Error system_error(std::string_view what, int errno_value);

}  // namespace agenthub
