// Imported before test files: their clients then reach AgentHub through `agenthub stdio` instead of by HTTP.
// Used by stdio_same_cases.test.mjs.

process.env.AGENTHUB_E2E_OVER_STDIO = '1';
