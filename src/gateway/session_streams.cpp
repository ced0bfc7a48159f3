// The streams that a session keeps.
// Owned by the session.

#include "gateway/session_streams.hpp"

#include <algorithm>

namespace agenthub {

bool SessionStreams::make_place(std::size_t limit) {
    while (kept_.size() >= limit) {
        const auto oldest =
            std::find_if(kept_.begin(), kept_.end(), [](const auto& stream) { return stream->finished(); });
        if (oldest == kept_.end())
            return false;
        kept_.erase(oldest);
    }
    return true;
}

std::shared_ptr<SessionStream> SessionStreams::find(std::uint32_t number) const {
    for (const auto& stream : kept_)
        if (stream->number() == number)
            return stream;
    return nullptr;
}

void SessionStreams::forget(TimePoint delivered_before) {
    std::erase_if(kept_, [&](const auto& stream) { return stream->was_delivered_before(delivered_before); });
    if (general_ != nullptr && !general_->is_heard())
        general_ = nullptr;
}

bool SessionStreams::is_connected() const noexcept {
    const auto carried = [](const auto& stream) { return stream->is_carried(); };
    return (general_ != nullptr && carried(general_)) || std::any_of(kept_.begin(), kept_.end(), carried);
}

}  // namespace agenthub
