// GET /openapi.json: the HTTP interface as a document of OpenAPI 3.1, made of a table with one row for each operation.
// Pure.

#pragma once

#include <span>
#include <string_view>

#include "gateway/admin_documents.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

// Lists of fields are words as "name:type". A type is s(tring), i(nteger), n(umber), b(oolean), o(bject) or a(rray of
// anything), "#X" a schema of the table of schemas, "[X" an array of it, "{X" an object with it for every value; with
// "?" at its end it may be null. In a body and a query a name with "*" before it is required; in a reply all are.
struct ApiOperation {
    std::string_view method;  // lower case, as the document has it
    std::string_view path;    // {path} stands for one or more segments, any other {name} for one
    std::string_view tag;
    std::string_view summary;
    std::string_view statuses;  // the first is that of the reply below
    // Fields, or one type, or a media type with "/" in it; empty: the reply has no body.
    std::string_view reply;
    std::string_view query = {};
    std::string_view body = {};  // fields, or one type; empty: none is read
};

// A schema that several operations share.
struct ApiSchema {
    std::string_view name;
    std::string_view fields;
};

std::span<const ApiOperation> api_operations() noexcept;
std::span<const ApiSchema> api_schemas() noexcept;

Document openapi_document();
HttpReply openapi_reply();

}  // namespace agenthub
