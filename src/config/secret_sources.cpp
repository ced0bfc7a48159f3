// The five places in which a secret may be kept.
// Pure but for what the Environment given to it does.

#include "config/secret_sources.hpp"

#include <algorithm>
#include <utility>

#include "config/expand.hpp"
#include "config/secret_book.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

// The service under which AgentHub's predecessor kept everything, whatever an entry said.
constexpr const char* kOldService = "agenthub";

Error refused(std::string message) {
    return {errc::invalid_config, std::move(message)};
}

void strip_line_end(std::string& text) {
    if (text.ends_with('\n'))
        text.pop_back();
    if (text.ends_with('\r'))
        text.pop_back();
}

// `what` names the source.
result<std::string> checked(std::string text, const std::string& what) {
    if (text.find('\0') != std::string::npos)
        return refused(what + " holds a zero byte; allowed: text");
    return text;
}

Error too_late(const std::string& what) {
    return refused(what + " was not asked: the secrets before it took the " + duration_text(kAllSecrets) +
                   " that there are for all of them");
}

result<std::string> from_path(const std::string& path, const std::string& what, const Environment& environment,
                              Deadline deadline) {
    if (deadline.expired())
        return too_late(what);
    auto content = environment.read_file_by ? environment.read_file_by(path, kMaxSecretBytes, deadline)
                                            : environment.read_file(path, kMaxSecretBytes);
    if (content.has_error())
        return refused(what + " " + content.error().message);
    if (!content->has_value())
        return refused(what + " does not exist");
    std::string secret = std::move(**content);
    strip_line_end(secret);
    return checked(std::move(secret), what);
}

result<std::string> from_file(const SecretReference& reference, const Environment& environment, Deadline deadline) {
    const auto path = expand_variables(reference.name, environment);
    if (path.has_error())
        return path.error();
    if (!path->starts_with('/'))
        return refused("\"path\" of the secret reference is not an absolute path");
    return from_path(*path, "the secret file " + in_quotes(reference.name), environment, deadline);
}

result<std::string> from_variable(const SecretReference& reference, const Environment& environment) {
    if (auto value = environment.variable(reference.name))
        return std::move(*value);
    return refused("the variable " + reference.name + " is not defined; set it where AgentHub is started");
}

result<std::string> from_credential(const SecretReference& reference, const Environment& environment,
                                    Deadline deadline) {
    const std::string what = "the credential " + in_quotes(reference.name);
    const auto directory = environment.non_empty("CREDENTIALS_DIRECTORY");
    if (!directory)
        return refused(what +
                       " cannot be had: $CREDENTIALS_DIRECTORY is not set; start AgentHub as a systemd unit "
                       "with LoadCredential= or LoadCredentialEncrypted=");
    return from_path(*directory + "/" + reference.name, what, environment, deadline);
}

// Of the reference's timeout, what is left of the time for all.
Duration time_for(const SecretReference& reference, Deadline deadline) {
    return std::min(reference.timeout, deadline.remaining());
}

result<CommandOutcome> run(const Environment& environment, const CommandCall& call) {
    if (!environment.run)
        return Error(errc::start_failed, "programs are not run here");
    return environment.run(call);
}

result<std::string> from_command(const SecretReference& reference, const Environment& environment, Deadline deadline) {
    // Its arguments are not shown: one of them may be a secret.
    const std::string what = "the command " + in_quotes(reference.command.front());
    CommandCall call{reference.command, {}, time_for(reference, deadline), kMaxSecretBytes};
    if (call.timeout <= Duration(0))
        return too_late(what);
    auto outcome = run(environment, call);
    if (!outcome && outcome.error().code == errc::start_failed)
        return refused(what + " cannot be run: " + outcome.error().message + "; install it, or correct \"command\"");
    if (!outcome && outcome.error().code == errc::timeout)
        return refused(what + " " + outcome.error().message +
                       " and was killed; it may be waiting for somebody to type: run it by hand, or raise \"timeout\"");
    if (!outcome)
        return refused(what + " " + outcome.error().message);
    if (!outcome->succeeded())
        return refused(what + " failed with " + outcome->status_text() +
                       "; run it by hand, as the user of AgentHub, to see what it says");
    strip_line_end(outcome->out);
    if (outcome->out.empty())
        return refused(what + " wrote nothing to its standard output; allowed: the secret");
    return checked(std::move(outcome->out), what);
}

// The address of the session bus, with which the keyring is asked; empty: there is none. Without an address, tools
// would start a bus of their own, on which there is no keyring.
std::string session_bus(const Environment& environment) {
    if (auto address = environment.non_empty("DBUS_SESSION_BUS_ADDRESS"))
        return *address;
    const auto directory = environment.non_empty("XDG_RUNTIME_DIR");
    if (!directory || !directory->starts_with('/'))
        return {};
    // A socket cannot be read, and that is how one is told from nothing.
    const std::string path = *directory + "/bus";
    const auto found = environment.read_file(path, 1);
    return found.has_value() && !found->has_value() ? std::string() : "unix:path=" + path;
}

result<std::string> from_keyring(const SecretReference& reference, const Environment& environment, Deadline deadline) {
    const std::string what =
        "the keyring's entry " + in_quotes(reference.name) + " of the service " + in_quotes(reference.service);
    const std::string bus = session_bus(environment);
    if (bus.empty())
        return refused(what +
                       " cannot be had: there is no session bus ($DBUS_SESSION_BUS_ADDRESS, "
                       "$XDG_RUNTIME_DIR/bus); use the source \"file\", \"credential\" or \"command\"");
    std::vector<std::string> services{reference.service};
    if (reference.service != kOldService)
        services.emplace_back(kOldService);
    for (const std::string& service : services) {
        CommandCall call{{"secret-tool", "lookup", "service", service, "username", reference.name},
                         {{"DBUS_SESSION_BUS_ADDRESS", bus}},
                         time_for(reference, deadline),
                         kMaxSecretBytes};
        if (call.timeout <= Duration(0))
            return too_late(what);
        auto outcome = run(environment, call);
        if (!outcome && outcome.error().code == errc::start_failed)
            return refused(what + " cannot be had: secret-tool cannot be run (" + outcome.error().message +
                           "); install the package libsecret-tools");
        if (!outcome)
            return refused(what + " cannot be had: secret-tool " + outcome.error().message +
                           "; is the keyring unlocked?");
        if (outcome->succeeded() && !outcome->out.empty())
            return checked(std::move(outcome->out), what);
        if (!outcome->err.empty())  // else there is no such entry
            return refused(what + " cannot be had: secret-tool failed with " + outcome->status_text() +
                           "; is a keyring running and unlocked?");
    }
    return refused(what + " does not exist; store it with: secret-tool store --label=AgentHub service " +
                   reference.service + " username " + reference.name);
}

}  // namespace

result<std::string> get_secret(const SecretReference& reference, const Environment& environment, Deadline deadline) {
    switch (reference.source) {
        case SecretSource::env: return from_variable(reference, environment);
        case SecretSource::file: return from_file(reference, environment, deadline);
        case SecretSource::credential: return from_credential(reference, environment, deadline);
        case SecretSource::keyring: return from_keyring(reference, environment, deadline);
        case SecretSource::command: return from_command(reference, environment, deadline);
    }
    return refused("no such source");
}

}  // namespace agenthub
