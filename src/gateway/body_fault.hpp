// What is wrong with the body of a request, in the form that FastAPI has made known: status 422 and
// {"detail": [{"type", "loc", "msg", "input"}, …]}.
// Values and pure functions.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/admin_documents.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

// Reads the members of one JSON object, and gathers everything that is wrong with it. Members that nobody asks for are
// ignored. Borrows the body, and makes no tree of it: a body may be large, and is anybody's.
class BodyReader {
public:
    // Of a faulty value at most so much is sent back.
    static constexpr std::size_t kMaxInput = 1024;

    explicit BodyReader(std::string_view body);

    // The member; what is not there, or null where that is allowed, is nullopt. A fault otherwise.
    std::optional<std::string> text(const char* name, bool required);
    // true and false, and what FastAPI takes for them: 1, 0, and "true", "yes", "on", "t", "y" and the like.
    std::optional<bool> truth(const char* name);

    // The elements of a list, JSON texts.
    std::optional<std::vector<std::string_view>> list(const char* name, bool required);
    // A whole number, or any, within these bounds.
    std::optional<std::int64_t> integer(const char* name, std::int64_t min, std::int64_t max);
    std::optional<double> number(const char* name, double min, double max);

    // What only the reader of the member knows to be wrong with its value.
    void value_fault(const char* name, const std::string& why, const std::string& value);

    bool ok() const noexcept { return faults_.empty(); }
    // The reply to a body that has faults.
    HttpReply refusal() const;
    // The same as a sentence, for whoever gets no HTTP.
    std::string summary() const;
    // What another reader has found to be wrong with a member; `found` is JSON text, empty for none.
    void fault(std::string_view type, const std::string& name, std::string_view message, std::string_view found);

private:
    std::optional<std::string_view> find(const char* name, bool required);
    bool is_within(const char* name, std::string_view token, double value, double min, double max);
    void add(std::string_view type, Document loc, std::string_view msg, Document input);

    std::string_view body_;  // without blanks around it
    bool is_object_ = false;
    std::vector<Document> faults_;
};

// The same reply to a query of which one of these parameters is there and no integer of 32 bits; nullopt when none is.
std::optional<HttpReply> refuse_query(const HttpRequest& request, std::initializer_list<std::string_view> integers);

}  // namespace agenthub
