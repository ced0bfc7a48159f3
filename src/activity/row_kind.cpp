// Kinds of rows and their keys.
// Pure functions.

#include "activity/row_kind.hpp"

namespace agenthub {
namespace {

void put(std::string& key, std::string_view part) {
    key += static_cast<char>(part.size() & 0xFF);
    key += static_cast<char>(part.size() >> 8);
    key += part;
}

}  // namespace

void make_key(std::string& key, const RowKind& row, Fold fold) {
    key.assign(1, static_cast<char>(fold));
    put(key, row.method);
    put(key, fold == Fold::none ? row.client : std::string_view());
    put(key, row.server);
    put(key, row.tool);
    put(key, row.outcome);
    put(key, std::to_string(row.status));
}

Kind kind_from(const RowKind& row, Fold fold) {
    Kind kind;
    kind.method = row.method;
    kind.client = fold == Fold::none ? row.client : std::string_view();
    kind.server = row.server;
    kind.tool = row.tool;
    kind.outcome = row.outcome;
    kind.status = row.status;
    kind.fold = fold;
    return kind;
}

RowKind view_of(const Kind& kind) {
    RowKind row;
    row.method = kind.method;
    row.client = kind.client;
    row.server = kind.server;
    row.tool = kind.tool;
    row.outcome = kind.outcome;
    row.status = kind.status;
    return row;
}

}  // namespace agenthub
