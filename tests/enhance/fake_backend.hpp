// Models that answer when the test says so.
// Owned by the test.

#pragma once

#include <boost/asio/redirect_error.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "enhance/enhancer.hpp"

namespace agenthub::test {

class FakeBackend final : public ModelBackend {
public:
    explicit FakeBackend(Executor executor) : executor_(executor) {}

    awaitable<result<std::string>> generate(GenerateRequest request, Deadline deadline) override {
        requests.push_back(request);
        deadlines.push_back(deadline);
        if (breaks)
            throw std::runtime_error("a fault");
        if (!held)
            co_return answer(request);
        // Counts how it ended, also when it was cancelled.
        const Ending ending(*this);
        const TimePoint end = deaf ? TimePoint::max() : deadline.at();
        SteadyTimer timer(executor_, end);
        held_.push_back(&timer);
        boost::system::error_code woken;
        co_await timer.async_wait(asio::redirect_error(use_awaitable, woken));
        std::erase(held_, &timer);
        if (!woken) {
            ++timed_out;
            co_return Error(errc::timeout, "the model did not answer in time");
        }
        if (held)  // cancelled, and not released
            co_return Error(errc::cancelled, "nobody waits for it any more");
        co_return answer(request);
    }

    awaitable<result<std::vector<float>>> embed(std::string model, std::string text, Deadline deadline) override {
        embedded.push_back(model + ":" + text);
        if (embed_hangs) {
            SteadyTimer timer(executor_, deadline.at());
            co_await timer.async_wait(use_awaitable);
            co_return Error(errc::call_timeout, "no embedding in time");
        }
        const auto known = meanings.find(text);
        if (known == meanings.end())
            co_return Error(errc::io_error, "no embedding");
        co_return known->second;
    }

    bool healthy() const noexcept override { return true; }
    BreakerSnapshot breaker() const noexcept override { return {}; }
    void reset_breaker() override {}

    // Lets every held request be answered.
    void release() {
        held = false;
        for (SteadyTimer* timer : std::exchange(held_, {}))
            timer->cancel();
    }
    std::size_t waiting() const noexcept { return held_.size(); }

    bool held = false;
    bool breaks = false;
    bool deaf = false;  // to deadlines
    bool embed_hangs = false;
    std::vector<GenerateRequest> requests;
    std::vector<Deadline> deadlines;
    std::vector<std::string> embedded;
    std::map<std::string, std::vector<float>> meanings;  // by text
    std::map<std::string, result<std::string>> says;     // by model; else "better: " and the prompt
    int timed_out = 0;
    int ended = 0;

private:
    struct Ending {
        explicit Ending(FakeBackend& b) : backend(b) {}
        ~Ending() { ++backend.ended; }
        FakeBackend& backend;
    };

    result<std::string> answer(const GenerateRequest& request) {
        const auto said = says.find(request.model);
        if (said != says.end())
            return said->second;
        return "better: " + request.prompt;
    }

    Executor executor_;
    std::vector<SteadyTimer*> held_;
};

// Gone when the test says so.
struct FakeListener final : EnhanceListener {
    bool has_left() const noexcept override { return left; }
    bool left = false;
};

}  // namespace agenthub::test
