#include "tests/bridge/modern_rig.hpp"

#include <gtest/gtest.h>

#include "mcp/replies.hpp"

namespace agenthub {
namespace {

awaitable<void> (*current_body)(ModernRig&) = nullptr;

awaitable<void> run_current(BridgeRig& bridge_rig) {
    ModernRig modern(bridge_rig);
    std::exception_ptr failure;
    try {
        co_await current_body(modern);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await modern.end();
    bridge_rig.events.filter = nullptr;
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace

awaitable<void> ModernClientCall::run() {
    auto reply = co_await upstream_.call(exchange);
    outcome.emplace(std::move(reply));
}

ModernRig::ModernRig(BridgeRig& bridge_rig)
    : rig(bridge_rig),
      upstream(bridge_rig.server_in.get_executor(), "peer", bridge_rig.bridge,
               {R"({"elicitation":{}})", R"({"name":"agenthub","version":"1"})"}) {
    rig.events.filter = [this](mcp::Message message) { return upstream.take_notification(std::move(message)); };
}

ModernClientCall& ModernRig::new_call(std::string request, CallTime time) {
    const Executor executor = rig.server_in.get_executor();
    calls_.push_back(std::make_unique<ModernClientCall>(executor, upstream, std::move(request), time));
    return *calls_.back();
}

ModernClientCall& ModernRig::call(std::string request, CallTime time) {
    auto& made = new_call(std::move(request), time);
    made.begin();
    return made;
}

void ModernRig::introduce(std::string_view capabilities) {
    auto info = read_discover_result(R"({"capabilities":)" + std::string(capabilities) + "}");
    rig.bridge.introduced(info.value());
}

awaitable<mcp::Message> ModernRig::receive(std::string_view method) {
    const std::string line = co_await rig.receive();
    auto message = mcp::Message::parse(line);
    if (!message || message->method() != method) {
        ADD_FAILURE() << "instead of " << method << " came: " << line.substr(0, 500);
        throw std::runtime_error("ended");
    }
    co_return std::move(*message);
}

awaitable<void> ModernRig::answer(const mcp::Message& request, std::string_view result) {
    std::string line = mcp::make_response(request.id(), result);
    co_await rig.send(std::move(line));
}

awaitable<void> ModernRig::end() {
    const Error over(errc::cancelled, "the test is over");
    rig.bridge.fail(over);
    upstream.fail(over);
    for (auto& call : calls_)
        co_await call->settled();
    co_await upstream.stop();
}

void with_modern(awaitable<void> (*body)(ModernRig&)) {
    current_body = body;
    with_rig(run_current);
}

}  // namespace agenthub
