// Which values of the configuration are secrets, besides those that it says are.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "config/environment.hpp"
#include "config/fault.hpp"

namespace agenthub {

// Whether a variable of this name holds a secret: one of the words of the name, between "_", "-" and ".", ends with
// KEY, TOKEN, SECRET, PASSWORD, PASSWD, PASS, PASSPHRASE, CREDENTIAL, AUTH, COOKIE, PAT or PRIVATE, also with an S
// behind it.
bool names_secret(std::string_view name);

// Whether a value can be one: kShortestSecret bytes at least, no path, and no number of less than eight digits, which
// would be taken for a secret wherever it stands.
bool looks_secret(std::string_view value);

// Notes a value that came out of a secret's source.
void note_secret(std::string_view value, Findings& findings);
// Notes the value of a variable of a server, if its name says so, and the password in it, if it is a URL.
void note_variable(std::string_view name, std::string_view value, Findings& findings);
// Notes the variables that a text refers to, if their names say so.
void note_references(std::string_view written, const Environment& environment, Findings& findings);

}  // namespace agenthub
