// The results of conformance runs as text for a terminal and as Markdown. Used by run.mjs.

import { kEndpoints, kEras } from './fixture_hub.mjs';
import { kSuites } from './suites.mjs';
import { reason_of, whole_run_not_yet } from './verdict.mjs';

const passed = (results) => results.filter(({ scored, status }) => scored && status !== 'fail').length;
const warned = (results) => results.filter(({ scored, status }) => scored && status === 'warnings').length;

/** One run: a line for each scenario, and the sum. */
export function table({ era, suite, endpoint, seconds, results }, { problems = true } = {}) {
    const lines = [`${kSuites[suite].title}: fixture ${era}, ${endpoint}`];
    for (const { scenario, scored, status, problems: found } of results) {
        lines.push(`  ${status.padEnd(8)} ${scenario}${scored ? '' : ' (not scored)'}`);
        if (problems) lines.push(...found.map((problem) => `             ${problem}`));
    }
    const scored = results.filter((result) => result.scored).length;
    lines.push(
        `  ${passed(results)} of ${scored} scored passed, ${warned(results)} of them with warnings; ${seconds.toFixed(1)} s\n`,
    );
    return lines.join('\n');
}

/** All runs: what passed of each suite, then what did not pass without warnings, with the reason. */
export function markdown(runs) {
    const lines = [];
    for (const endpoint of kEndpoints) {
        const of_endpoint = runs.filter((run) => run.endpoint === endpoint);
        if (of_endpoint.length === 0) continue;
        lines.push(`### At \`${endpoint === 'aggregate' ? '/mcp' : '/mcp/{server}'}\``, '');
        lines.push(`| suite | ${kEras.map((era) => `server: ${era}`).join(' | ')} |`, '| --- | --- | --- | --- |');
        for (const suite of Object.keys(kSuites)) {
            const cells = kEras.map((era) => cell(of_endpoint.find((run) => run.era === era && run.suite === suite)));
            lines.push(`| ${kSuites[suite].title} | ${cells.join(' | ')} |`);
        }
        lines.push('', ...imperfect(of_endpoint), '');
    }
    return lines.join('\n');
}

/** `text` with what stands between the two comments of results replaced. */
export function with_results(text, results) {
    const [begin, end] = ['<!-- results: written by run.mjs -->', '<!-- end of results -->'];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`it has no '${begin}' before a '${end}'`);
    return `${text.slice(0, from + begin.length)}\n\n${results}\n${text.slice(to)}`;
}

function cell(run) {
    if (!run) return '-';
    const warnings = warned(run.results);
    return `${passed(run.results)} of ${kSuites[run.suite].scored}${warnings ? ` (${warnings} with warnings)` : ''}`;
}

function imperfect(runs) {
    const lines = [];
    const row = (...cells) =>
        lines.push(`| ${cells.map((each) => each.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`);
    row('suite', 'server', 'scenario', 'result', 'why');
    row('---', '---', '---', '---', '---');
    for (const { suite, era, endpoint, results } of runs) {
        const whole = whole_run_not_yet({ suite, era, endpoint });
        const found = results.filter(({ scenario, status }) => status !== 'pass' && !scenario.startsWith('tasks-'));
        if (whole && found.length > 0) row(suite, era, `${found.length} scenarios`, 'not yet', whole);
        else
            for (const { scenario, status, problems, scored } of found) {
                const why = reason_of({ suite, era, endpoint, scenario }) ?? problems.join('; ');
                row(suite, era, `${scenario}${scored ? '' : ' (not scored)'}`, status, why);
            }
    }
    return lines.length > 2 ? lines : ['Every scenario passes without warnings, those not scored included.'];
}
