// What holds for clients over HTTP holds for those that reach AgentHub through `agenthub stdio`: the same cases once more.

import './support/over_stdio.mjs'; // first: the others read it when their tests run
import './crash.test.mjs';
import './progress_cancel_logging.test.mjs';
import './prompts_completion.test.mjs';
import './resources.test.mjs';
import './tools.test.mjs';
import './two_clients.test.mjs';
