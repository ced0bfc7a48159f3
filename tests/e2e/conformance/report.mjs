// The results of conformance runs as text for a terminal and as Markdown. Used by run.mjs.

import { kEndpoints, kEras } from './fixture_hub.mjs';
import { kSuites } from './suites.mjs';

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

/** All runs: what passed of each suite, then each scenario that did not pass without warnings. */
export function markdown(runs) {
    const lines = [];
    for (const endpoint of kEndpoints) {
        const of_endpoint = runs.filter((run) => run.endpoint === endpoint);
        if (of_endpoint.length === 0) continue;
        lines.push(`### ${endpoint === 'aggregate' ? '`/mcp`' : '`/mcp/{server}`'}`, '');
        lines.push(`| suite | ${kEras.map((era) => `server ${era}`).join(' | ')} |`, '| --- | --- | --- | --- |');
        for (const suite of Object.keys(kSuites)) {
            const cells = kEras.map((era) => cell(of_endpoint.find((run) => run.era === era && run.suite === suite)));
            lines.push(`| ${kSuites[suite].title} | ${cells.join(' | ')} |`);
        }
        lines.push('');
        lines.push(...imperfect(of_endpoint), '');
    }
    return lines.join('\n');
}

function cell(run) {
    if (!run) return '-';
    const warnings = warned(run.results);
    return `${passed(run.results)} of ${kSuites[run.suite].scored}${warnings ? ` (${warnings} with warnings)` : ''}`;
}

function imperfect(runs) {
    const lines = ['| suite | server | scenario | result | what it says |', '| --- | --- | --- | --- | --- |'];
    const quiet = ({ scenario, status }) => status === 'pass' || scenario.startsWith('tasks-');
    for (const { suite, era, results } of runs)
        for (const result of results.filter((each) => !quiet(each))) {
            const said = result.problems.map((problem) => problem.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join('; ');
            const scenario = `${result.scenario}${result.scored ? '' : ' (not scored)'}`;
            lines.push(`| ${suite} | ${era} | ${scenario} | ${result.status} | ${said} |`);
        }
    return lines.length > 2 ? lines : ['Every scenario passes without warnings, those not scored included.'];
}
