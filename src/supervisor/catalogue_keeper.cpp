// Learning what a server offers.
// Owned by the slot.

#include "supervisor/catalogue_keeper.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// Bounds for one list, against servers whose cursors never end.
constexpr std::size_t kMaxPages = 100;
constexpr std::size_t kMaxBytes = 16u << 20;

// Of all servers: a catalogue that takes another's place never has its number.
std::uint64_t next_revision() {
    static std::uint64_t last = 0;
    return ++last;
}

}  // namespace

CatalogueKeeper::CatalogueKeeper(CatalogueStore& store, std::string server, std::string fingerprint)
    : store_(store), server_(std::move(server)) {
    begin(std::move(fingerprint));
}

void CatalogueKeeper::begin(std::string fingerprint) {
    fingerprint_ = std::move(fingerprint);
    fresh_ = false;
    ++round_;
    known_.reset();
    if (const auto text = store_.load(server_))
        known_ = parse_catalogue(*text, fingerprint_);
    if (known_)
        known_->revision = next_revision();
}

void CatalogueKeeper::introduce(const ServerInfo& info) {
    if (known_)
        return;
    known_.emplace();
    known_->info = info;
    known_->has_lists = false;
    known_->revision = next_revision();
}

awaitable<std::vector<std::string_view>> CatalogueKeeper::learn(std::shared_ptr<Upstream> server, Duration limit) {
    const auto round = round_;
    const Catalogue before = known_.value_or(Catalogue());
    Catalogue next;
    next.info = server->info();
    std::vector<std::string_view> changed;
    for (std::size_t i = 0; i < kListKinds.size(); ++i) {
        if (!(next.info.*kListKinds[i].offered))
            continue;
        auto list = co_await ask(*server, kListKinds[i], before.lists[i], Deadline::after(limit));
        if (!list)
            co_return changed;
        next.lists[i] = std::move(*list);
    }
    if (round == round_)
        changed = take(std::move(next));
    co_return changed;
}

// The whole list; what was known before when the server does not answer, nothing when it answers with an error.
awaitable<result<std::string>> CatalogueKeeper::ask(Upstream& server, const ListKind& kind, const std::string& before,
                                                    Deadline deadline) {
    ListPages pages(kind);
    for (std::size_t n = 0; n < kMaxPages && pages.bytes() < kMaxBytes; ++n) {
        std::string params = "{}";
        if (!pages.next().empty())
            params = R"({"cursor":)" + pages.next() + "}";
        const auto reply = co_await server.request(kind.method, params, deadline);
        if (!reply && reply.error().code != errc::call_timeout)
            co_return reply.error();  // there is nobody to ask any more
        if (!reply)
            co_return before;
        if (reply->kind() != mcp::Kind::response || !pages.add(reply->result_member()))
            co_return std::string();
        if (pages.next().empty())
            co_return pages.whole();
    }
    log().warn("server {}: {} has more than {} pages or {} bytes; it is not kept for when the server is not running",
               server_, kind.method, kMaxPages, kMaxBytes);
    co_return std::string();
}

void CatalogueKeeper::note_asks() {
    if (!known_ || std::exchange(known_->asks, true))
        return;
    if (known_->has_lists)
        store_.save(server_, print_catalogue(*known_, fingerprint_));
}

std::vector<std::string_view> CatalogueKeeper::take(Catalogue next) {
    next.asks = known_ && known_->asks;
    std::vector<std::string_view> changed;
    bool differs = !known_ || !known_->has_lists;
    if (!differs) {
        const auto words = [](const Catalogue& catalogue) {
            return initialize_result_for(catalogue.info, catalogue.info.protocol_version);
        };
        differs = words(*known_) != words(next);
        if (differs)
            log().info("server {} introduces itself differently than before; sessions keep what they were told",
                       server_);
        for (std::size_t i = 0; i < kListKinds.size(); ++i)
            if (known_->lists[i] != next.lists[i] && (changed.empty() || changed.back() != kListKinds[i].changed))
                changed.push_back(kListKinds[i].changed);
    }
    if (differs || !changed.empty())
        store_.save(server_, print_catalogue(next, fingerprint_));
    next.revision = differs || !changed.empty() ? next_revision() : known_->revision;
    known_ = std::move(next);
    fresh_ = true;
    return changed;
}

}  // namespace agenthub
