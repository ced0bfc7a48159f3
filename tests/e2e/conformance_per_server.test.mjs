// The official conformance suites, through the daemon at /mcp/{server}. What is expected stands in conformance/verdict.mjs.

import { define_suite_tests } from './conformance/suite_tests.mjs';

define_suite_tests('per-server');
