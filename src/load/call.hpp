// One tools/call: what is sent, and whether the answer is the right one.
// Pure.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "load/options.hpp"

namespace agenthub::load {

// Ids count from 1 in every session, as strings in even sessions and as integers in odd ones, so that they collide
// across sessions; texts are unique, so that a mixed-up answer shows.
class Call {
public:
    Call(const Options& options, std::int64_t session, std::int64_t sequence);

    // The JSON body of the request.
    std::string body() const;

    // The header fields that it needs, each with its line end.
    std::string fields() const;

    // Empty when the reply is right, else a sentence.
    std::string check(int status, std::string_view body, bool is_stream) const;

private:
    std::string arguments() const;
    std::string check_message(std::string_view message) const;
    std::string check_text(std::string_view message, std::string_view result) const;
    std::string check_stream(std::string_view body) const;

    const Options& options_;
    std::string id_;    // raw JSON; also the progress token
    std::string text_;  // raw JSON without its quotes
};

}  // namespace agenthub::load
