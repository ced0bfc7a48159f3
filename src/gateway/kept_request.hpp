// A request as far as its call is served by it and recorded, while its connection serves the next one already.
// Owned by the call's task.

#pragma once

#include <string>

#include "gateway/call_enhancer.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

struct KeptRequest {
    explicit KeptRequest(const HttpRequest& r)
        : path(r.path), peer_ip(r.peer_ip), verb(r.verb_text), fields(CallEnhancer::fields_of(r)) {
        request.verb = r.verb;
        request.verb_text = verb;
        request.path = path;
        request.peer_ip = peer_ip;
        request.body_bytes = r.body_bytes;
        request.id = r.id;
        request.began = r.began;
        request.began_unix_ms = r.began_unix_ms;
        request.fields = &fields;
    }
    KeptRequest(const KeptRequest&) = delete;

    std::string path;
    std::string peer_ip;
    std::string verb;
    http::fields fields;  // those that a call is served by
    HttpRequest request;  // looks at the above
};

}  // namespace agenthub
