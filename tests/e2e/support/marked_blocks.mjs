// Finds the blocks of a Markdown file that tests run, by the HTML comment before each; it is not seen when rendered.
//
//     <!-- test: name -->            the fenced block that follows is run (sh), checked (json, jsonc) or run (js)
//     <!-- test: name until: text --> it is a server: run until its output holds the text, then stopped
//     <!-- output: name -->          each line of the block that follows occurs, in this order, in the output of `name`;
//                                    `...` stands for anything
//     <!-- untested: reason -->      the block that follows is not run, and why
//
// Used by readme.test.mjs.

/** All fenced blocks as {language, code, line, kind, name, until, reason}; kind is null where no comment precedes. */
export function marked_blocks(markdown) {
    const lines = markdown.split('\n');
    const blocks = [];
    let mark = null;
    for (let i = 0; i < lines.length; ++i) {
        const fence = lines[i].match(/^( *)(```+)(\S*)/);
        if (fence) {
            const [, indent, ticks, language] = fence;
            const line = i + 1;
            const code = [];
            while (++i < lines.length && lines[i].trimEnd() !== indent + ticks)
                code.push(lines[i].startsWith(indent) ? lines[i].slice(indent.length) : lines[i]);
            if (i >= lines.length) throw new Error(`line ${line}: the block is never closed`);
            blocks.push({ language, code: code.join('\n') + '\n', line, ...(mark ?? { kind: null }) });
            mark = null;
            continue;
        }
        const found = parse_mark(lines[i], i + 1);
        if (mark && (found || lines[i].trim() !== '')) throw new Error(`line ${i}: no block follows this comment`);
        mark = found ?? mark;
    }
    if (mark) throw new Error('the last comment has no block');
    return blocks;
}

function parse_mark(text, line) {
    const comment = text.match(/^\s*<!--\s*(test|output|untested)\b:?\s*(.*?)\s*-->\s*$/);
    if (!comment) return null;
    const [, kind, rest] = comment;
    if (!rest) throw new Error(`line ${line}: the comment names nothing`);
    if (kind === 'untested') return { kind, reason: rest };
    const [, name, until] = rest.match(/^(\S+)(?:\s+until:\s*(.+))?$/) ?? [];
    if (!name || (until && kind !== 'test')) throw new Error(`line ${line}: '${rest}' is not a name`);
    return { kind, name, ...(until && { until }) };
}

/** The first line of `expected` that does not occur, in its order, in `output`; null when all do. */
export function missing_line(expected, output) {
    const quote = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    let rest = output;
    for (const line of expected.split('\n').map((each) => each.trim())) {
        if (line === '' || line === '...') continue;
        const found = rest.match(new RegExp(line.split('...').map(quote).join('.*')));
        if (!found) return line;
        rest = rest.slice(found.index + found[0].length);
    }
    return null;
}
