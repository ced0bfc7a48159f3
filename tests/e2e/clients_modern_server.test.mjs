// Real clients of every kind through the daemon, in front of a server that knows only revision 2026-07-28. The cases stand in conformance/client_tests.mjs.

import { define_client_tests } from './conformance/client_tests.mjs';
import { define_inspector_tests } from './conformance/inspector_tests.mjs';

define_client_tests('modern');
define_inspector_tests('modern');
