// Passes a client's request on to Ollama as it is, and the response back as it comes.
// Owned by the gateway; borrows the Ollama client and the recorder.

#pragma once

#include <string>
#include <string_view>

#include "bridge/ollama_client.hpp"
#include "enhance/enhancer.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/model_error.hpp"

namespace agenthub {

// One request's way through.
struct ModelPassage {
    HttpRequest& request;
    HttpResponder& responder;
    ModelDialect dialect;
    std::string target;  // at Ollama, with the query
    std::string client;  // who asks: takes turns with others, and stands in the activity
    // Whether the last message of a chat may be made better, and by whose rule; empty: as rule_client_of() says.
    bool may_enhance = true;
    std::string rule_client{};
};

class ModelRelay {
public:
    ModelRelay(OllamaClient& ollama, CallRecorder& recorder, Enhancer& enhancer) noexcept
        : ollama_(ollama), recorder_(recorder), enhancer_(enhancer) {}

    // Answers the request and records it. Ollama's connection is closed as soon as the client's is, and is read from
    // only as fast as the client reads.
    awaitable<void> pass(ModelPassage passage);

private:
    struct Course;  // how it went

    awaitable<void> carry(ModelPassage& passage, Course& course);
    awaitable<void> refuse(ModelPassage& passage, const Course& course);
    awaitable<void> take_body(ModelPassage& passage, OutboundRequest& out);
    awaitable<void> give_body(ModelPassage& passage, ModelStream& stream, Course& course);
    awaitable<void> tell_of_break(ModelPassage& passage, const ModelStream& stream, const Course& course);
    void record(const ModelPassage& passage, const Course& course);

    OllamaClient& ollama_;
    CallRecorder& recorder_;
    Enhancer& enhancer_;
};

// What of a client's header concerns Ollama: what the body is, and what answer is wanted. Credentials, cookies, origins
// and what belongs to the connection stay here.
HttpFields fields_for_model(const HttpRequest& request);

// The lines of a response's header that are passed on, each ended with \r\n: all but those of the connection (RFC 9110
// section 7.6.1) and those that AgentHub writes itself. A redirect leads where the client finds it.
std::string lines_for_client(ModelDialect dialect, const HttpFields& fields);

}  // namespace agenthub
