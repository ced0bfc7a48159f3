// Real clients of every kind through the daemon, in front of a server that knows only the revisions that begin with
// `initialize`. The cases stand in conformance/client_tests.mjs.

import { define_client_tests } from './conformance/client_tests.mjs';
import { define_inspector_tests } from './conformance/inspector_tests.mjs';

define_client_tests('legacy');
define_inspector_tests('legacy');
