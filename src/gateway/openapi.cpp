// The document of OpenAPI, from the table of operations.
// Pure.

#include "gateway/openapi.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace agenthub {
namespace {

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

Document reference(std::string_view schema) {
    Document out;
    out["$ref"] = "#/components/schemas/" + std::string(schema);
    return out;
}

std::string_view word_of(char type) {
    switch (type) {
        case 's': return "string";
        case 'i': return "integer";
        case 'n': return "number";
        case 'b': return "boolean";
        case 'a': return "array";
        default: return "object";
    }
}

Document type_schema(std::string_view type) {
    const bool may_be_null = type.ends_with('?');
    const std::string_view name = type.substr(1);
    Document out;
    if (type.starts_with('#'))
        return reference(name);
    if (type.starts_with('[')) {
        out["type"] = "array";
        out["items"] = reference(name);
    } else if (type.starts_with('{')) {
        out["type"] = "object";
        out["additionalProperties"] = reference(name);
    } else if (may_be_null) {
        out["type"] = Document::array({word_of(type.front()), "null"});
    } else {
        out["type"] = word_of(type.front());
    }
    return out;
}

struct Field {
    std::string name;
    std::string_view type;
    bool is_starred;
};

std::vector<Field> fields_of(std::string_view text) {
    std::vector<Field> fields;
    for (std::string_view word : words_of(text)) {
        const bool is_starred = word.starts_with('*');
        word.remove_prefix(is_starred ? 1 : 0);
        const auto colon = word.find(':');
        fields.push_back({std::string(word.substr(0, colon)), word.substr(colon + 1), is_starred});
    }
    return fields;
}

// An object of these fields, or the one type.
Document schema_of(std::string_view text, bool all_required) {
    if (text.find(':') == std::string_view::npos)
        return type_schema(text);
    Document out;
    out["type"] = "object";
    out["required"] = Document::array();
    for (const Field& field : fields_of(text)) {
        if (all_required || field.is_starred)
            out["required"].push_back(field.name);
        out["properties"][field.name] = type_schema(field.type);
    }
    return out;
}

Document content(std::string_view media_type, Document schema) {
    Document out;
    out[std::string(media_type)]["schema"] = std::move(schema);
    return out;
}

// What the error of that status has for a body: JSON-RPC below /mcp, the form of FastAPI for a body that is wrong.
Document error_content(const ApiOperation& operation, std::string_view status) {
    const bool is_rpc = operation.tag == "mcp" && !operation.path.ends_with("/{path}");
    if (is_rpc)
        return content("application/json", reference("JsonRpcMessage"));
    if (operation.tag == "models" || operation.path == "/readyz" || operation.path.starts_with("/dashboard/"))
        return content("application/json", type_schema("o"));
    return content("application/json", reference(status == "422" ? "ValidationError" : "Error"));
}

Document responses_of(const ApiOperation& operation) {
    Document out;
    bool is_first = true;
    for (const std::string_view status : words_of(operation.statuses)) {
        Document& response = out[std::string(status)];
        response["description"] = reason_phrase(static_cast<unsigned>(std::stoul(std::string(status))));
        if (status.front() >= '4')
            response["content"] = error_content(operation, status);
        else if (is_first && operation.reply.find('/') != std::string_view::npos)
            response["content"] = content(operation.reply, type_schema("s"));
        else if (is_first && !operation.reply.empty())
            response["content"] = content("application/json", schema_of(operation.reply, true));
        is_first = false;
    }
    return out;
}

void add_parameter(Document& list, const std::string& name, std::string_view place, std::string_view type,
                   bool is_required) {
    Document parameter;
    parameter["name"] = name;
    parameter["in"] = place;
    parameter["required"] = is_required;
    parameter["schema"] = type_schema(type);
    list.push_back(std::move(parameter));
}

Document parameters_of(const ApiOperation& operation) {
    Document list = Document::array();
    for (auto begin = operation.path.find('{'); begin != std::string_view::npos;
         begin = operation.path.find('{', begin + 1)) {
        const auto end = operation.path.find('}', begin);
        add_parameter(list, std::string(operation.path.substr(begin + 1, end - begin - 1)), "path", "s", true);
    }
    for (const Field& field : fields_of(operation.query))
        add_parameter(list, field.name, "query", field.type, field.is_starred);
    return list;
}

// As "get_servers_server": unique, because path and method together are.
std::string id_of(const ApiOperation& operation) {
    std::string id(operation.method);
    for (const char c : operation.path) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_plain)
            id += c;
        else if (id.back() != '_')
            id += '_';
    }
    return id;
}

Document operation_document(const ApiOperation& operation) {
    Document out;
    out["operationId"] = id_of(operation);
    out["tags"] = Document::array({operation.tag});
    out["summary"] = operation.summary;
    if (Document parameters = parameters_of(operation); !parameters.empty())
        out["parameters"] = std::move(parameters);
    if (!operation.body.empty())
        out["requestBody"]["content"] = content("application/json", schema_of(operation.body, false));
    out["responses"] = responses_of(operation);
    if (operation.path.starts_with("/v1/"))  // where there are API keys; else nothing is asked for
        out["security"] = Document::parse(R"([{"api_key": []}, {}])");
    return out;
}

}  // namespace

Document openapi_document() {
    Document out;
    out["openapi"] = "3.1.0";
    out["info"]["title"] = "AgentHub";
    out["info"]["version"] = AGENTHUB_VERSION;
    for (const ApiOperation& operation : api_operations())
        out["paths"][std::string(operation.path)][std::string(operation.method)] = operation_document(operation);
    for (const ApiSchema& schema : api_schemas())
        out["components"]["schemas"][std::string(schema.name)] = schema_of(schema.fields, true);
    out["components"]["securitySchemes"]["api_key"] = Document::parse(R"({"type": "http", "scheme": "bearer"})");
    return out;
}

HttpReply openapi_reply() {
    HttpReply reply;
    reply.body = openapi_document().dump();
    return reply;
}

}  // namespace agenthub
