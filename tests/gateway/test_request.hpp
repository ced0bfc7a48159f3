// An HTTP request made by hand, for the parts of the gateway that only look at one.
// Owned by the test.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http_request.hpp"

namespace agenthub {

struct TestRequest {
    using Field = std::pair<std::string_view, std::string_view>;

    TestRequest(http::verb verb, std::string_view target, std::initializer_list<Field> list = {}) : target_(target) {
        for (const auto& [name, value] : list)
            fields.insert({name.data(), name.size()}, {value.data(), value.size()});
        const auto verb_text = http::to_string(verb);
        const auto question = target_.find('?');
        request.verb = verb;
        request.verb_text = std::string_view(verb_text.data(), verb_text.size());
        request.path = std::string_view(target_).substr(0, question);
        if (question != std::string::npos)
            request.query = std::string_view(target_).substr(question + 1);
        request.fields = &fields;
        request.peer_ip = "127.0.0.1";
    }
    TestRequest(const TestRequest&) = delete;
    TestRequest& operator=(const TestRequest&) = delete;

    http::fields fields;
    HttpRequest request;

private:
    std::string target_;
};

}  // namespace agenthub
