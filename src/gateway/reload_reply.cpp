// What a reload tells an HTTP client.
// Pure functions.

#include "gateway/reload_reply.hpp"

#include "gateway/admin_documents.hpp"

namespace agenthub {
namespace {

Document list_of(const std::vector<Fault>& faults) {
    Document out = Document::array();
    for (const Fault& fault : faults) {
        Document item;
        item["path"] = fault.path;
        item["message"] = fault.message;
        out.push_back(std::move(item));
    }
    return out;
}

}  // namespace

HttpReply reload_reply(const ReloadResult& result) {
    HttpReply reply;
    Document out;
    if (result.has_error()) {
        const ConfigFaults faults = result.error();
        reply.status = 400;
        out["detail"] = faults.text();
        out["faults"] = list_of(faults.faults);
    } else {
        const ConfigDifference& difference = result->difference;
        out["message"] = difference.empty() ? "Nothing has changed" : "Configuration reloaded";
        out["file"] = result->file;
        out["servers"]["added"] = difference.added;
        out["servers"]["removed"] = difference.removed;
        out["servers"]["changed"] = difference.changed;
        out["servers"]["updated"] = difference.updated;
        out["settings"]["applied"] = difference.applied;
        out["settings"]["next_start"] = difference.next_start;
        out["warnings"] = list_of(result->warnings);
    }
    // The file may hold anything: what is not UTF-8 is replaced, not thrown.
    reply.body = out.dump(-1, ' ', false, Document::error_handler_t::replace);
    return reply;
}

}  // namespace agenthub
