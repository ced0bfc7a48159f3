// The last thing a user has said in a chat, as Ollama's and OpenAI's requests carry it: made better where it stands.
// Functions; every other byte of the body stays.

#pragma once

#include <string>
#include <string_view>

#include "enhance/enhancer.hpp"
#include "mcp/span.hpp"

namespace agenthub {

// Where the text of the last message of role "user" stands, a JSON string with its quotes: its content, or the last
// part of type "text" of that. Empty: there is none, or the body is not JSON.
mcp::Span last_user_text(std::string_view body);

// The body for the model: with a better last user message where the client's rule says `chat`, else as it is.
// `listener`, which may be null, outlives the call.
awaitable<std::string> enhance_chat(Enhancer& enhancer, std::string client, std::string body,
                                    const EnhanceListener* listener = nullptr);

}  // namespace agenthub
