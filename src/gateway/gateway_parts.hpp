// What the gateway is made of as soon as it has a supervisor.
// Owned by the gateway; included by gateway*.cpp alone.

#pragma once

#include <memory>
#include <utility>

#include "gateway/activity_routes.hpp"
#include "gateway/admin_audit.hpp"
#include "gateway/audit_routes.hpp"
#include "gateway/batch_routes.hpp"
#include "gateway/compat_endpoint.hpp"
#include "gateway/dashboard_routes.hpp"
#include "gateway/gateway.hpp"
#include "gateway/hooks_routes.hpp"
#include "gateway/hub_calls.hpp"
#include "gateway/ollama_routes.hpp"
#include "gateway/openai_routes.hpp"
#include "gateway/pipeline_routes.hpp"

namespace agenthub {

inline EnhancerSetup enhancer_setup(const Config& config, ModelBackend& backend, std::unique_ptr<PromptStore> store) {
    EnhancerSetup setup;
    setup.config = config.enhancement;
    setup.usual_model = config.ollama.model;
    setup.backend = &backend;
    setup.store = std::move(store);
    return setup;
}

// Declared in the order in which they stand on each other.
struct Gateway::Parts {
    Parts(Gateway& gateway, Supervisor& s, ConfigControl& control, std::unique_ptr<PromptStore> prompts)
        : supervisor(s),
          hub(s, gateway.activity_),
          directory(gateway.config_, s, hub),
          ollama(gateway.executor_, gateway.config_.ollama),
          enhancer(gateway.executor_, enhancer_setup(gateway.config_, ollama, std::move(prompts))),
          admin_audit(gateway.audit_, s, enhancer, ollama),
          aggregates(gateway.config_, directory, gateway.tasks_),
          sessions(gateway.config_.limits.sessions, gateway.config_.limits.session_idle,
                   [this](Session& session) { clients.session_ended(session); }),
          clients(gateway.tasks_, sessions, directory),
          hooks(directory, enhancer, s.reaper(), gateway.config_.limits.hook_processes),
          calls(directory, clients, enhancer, hooks, gateway.recorder_),
          legacy(gateway.config_.limits, directory, aggregates, sessions, clients, calls, gateway.recorder_,
                 gateway.tasks_),
          modern(gateway.config_.limits, directory, aggregates, clients, calls, gateway.recorder_, gateway.tasks_),
          mcp(legacy, modern, gateway.recorder_),
          compat(directory, calls, modern.seats(), gateway.recorder_),
          inner(directory, calls, modern.seats(), gateway.recorder_),
          pipelines(gateway.executor_, gateway.config_.pipelines, inner, enhancer),
          hub_calls(gateway.config_.limits, inner, pipelines),
          batch_routes(gateway.config_.limits, inner, gateway.recorder_),
          pipeline_routes(gateway.config_.limits, inner, pipelines, gateway.recorder_, gateway.executor_),
          relay(ollama, gateway.recorder_, enhancer),
          ollama_routes(relay),
          openai_routes(gateway.config_, relay),
          enhance_routes(enhancer, ollama),
          admin(s, control, ollama),
          activity(gateway.activity_, gateway.config_.limits, gateway.recorder_, gateway.executor_),
          dashboard(s, gateway.activity_, admin, enhancer),
          audit_routes(gateway.audit_),
          hooks_routes(hooks) {}

    Supervisor& supervisor;
    HubServer hub;
    ServerDirectory directory;
    OllamaClient ollama;
    Enhancer enhancer;
    AdminAudit admin_audit;
    Aggregates aggregates;
    SessionTable sessions;
    ServerClients clients;
    CallHooks hooks;
    CallForwarder calls;
    LegacyEndpoint legacy;
    ModernEndpoint modern;
    McpEndpoint mcp;
    CompatEndpoint compat;
    InnerCaller inner;
    PipelineService pipelines;
    HubCalls hub_calls;
    BatchRoutes batch_routes;
    PipelineRoutes pipeline_routes;
    ModelRelay relay;
    OllamaRoutes ollama_routes;
    OpenAiRoutes openai_routes;
    EnhanceRoutes enhance_routes;
    AdminRoutes admin;
    ActivityRoutes activity;
    DashboardRoutes dashboard;
    AuditRoutes audit_routes;
    HooksRoutes hooks_routes;
};

}  // namespace agenthub
