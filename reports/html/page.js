/* page.js: the HTML report at work: routes, filters, the map, hosts, checks. No request is made to anywhere, and what comes
 * from a host reaches the page as text only (the page's policy forbids anything else, Trusted Types included).
 * Routes are fragments, so that a view can be sent as a link: #/  #/map  #/hosts  #/host/NAME  #/checks  #/check/ID, each
 * with ?q=&group=&status=&level=&section=. */
'use strict';
(() => {
const data = JSON.parse(document.getElementById('index').textContent);
const STATUS = { P: 'PASS', W: 'WARN', E: 'ERROR', I: 'INFO', N: 'NOTE', '-': 'not judged' };
const ORDER = ['W', 'E', 'I', 'N', 'P'];
const ROW = 34;
const STRIP_FROM = 40;
const ROWS_A_BLOCK = 256;

/* --- making elements; text is text --- */

/* Control characters, bidirectional and invisible marks are shown, never obeyed (as muster's terminal report does). */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e0fff}]/gu;
const safe = text => String(text).replace(UNSAFE, c => '\\u' + c.codePointAt(0).toString(16).padStart(4, '0'));

function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, '');
        else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    for (const child of children.flat(Infinity))
        if (child !== null && child !== undefined && child !== false)
            element.append(child instanceof Node ? child : safe(child));
    return element;
}
const badge = letter => el('span', { class: 'badge ' + (letter === '-' ? 'none' : letter) }, STATUS[letter]);
const number = n => n.toLocaleString('en');
const plural = (n, word) => number(n) + ' ' + word + (n === 1 ? '' : 's');
const percent = tenths => tenths < 0 ? '–' : (tenths / 10).toFixed(1) + ' %';

const SVG = 'http://www.w3.org/2000/svg';
function bar(parts) {
    const svg = document.createElementNS(SVG, 'svg');
    const total = parts.reduce((sum, part) => sum + part[1], 0) || 1;
    let x = 0;
    svg.setAttribute('class', 'bar');
    svg.setAttribute('viewBox', '0 0 100 8');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    for (const [name, value] of parts) {
        const rect = document.createElementNS(SVG, 'rect');
        rect.setAttribute('class', name);
        rect.setAttribute('x', x);
        rect.setAttribute('width', value * 100 / total);
        rect.setAttribute('height', 8);
        x += value * 100 / total;
        if (value && name) svg.append(rect);
    }
    return svg;
}

/* --- the index --- */

const checks = data.checks.map(([id, section, level, assessment, title, why, judged, evidence, remedy], column) =>
    ({ id, section, level, assessment: assessment === 'A' ? 'Automated' : 'Manual', title, why, judged, evidence, remedy, column }));
const hosts = data.hosts.map(([name, groups, engine, version, verdicts, error], index) =>
    ({ name, groups, engine, version: version < 0 ? '' : data.versions[version], verdicts, error: error || null, index }));
const hostOf = new Map(hosts.map(host => [host.name, host]));
const checkOf = new Map(checks.map(check => [check.id, check]));
const changes = data.baseline ? data.baseline.changes : [];

function counts(host, columns) {
    const sum = { P: 0, W: 0, E: 0, I: 0, N: 0, '-': 0 };
    for (const column of columns) sum[host.verdicts[column]]++;
    return sum;
}
const passing = sum => sum.P + sum.W + sum.E ? Math.floor(sum.P * 1000 / (sum.P + sum.W + sum.E)) : -1;

/* --- what is packed: details of findings, and each host's numbers of them --- */

function blocks(name) {
    let first = name === 'details' ? 1 : 0;
    return [...document.querySelectorAll('script.' + name)].map(element => {
        const block = { element, first, count: Number(element.dataset.lines), lines: null };
        first += block.count;
        return block;
    });
}
const detailBlocks = blocks('details');
const rowBlocks = blocks('rows');

function linesOf(block) {
    block.lines = block.lines || (async () => {
        const binary = atob(block.element.textContent);
        const bytes = new Uint8Array(binary.length);
        for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
        const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
        const text = await new Response(stream).text();
        block.element.remove();
        return text.split('\n');
    })();
    return block.lines;
}
async function rowOf(host) {
    const block = rowBlocks[Math.floor(host.index / ROWS_A_BLOCK)];
    return (await linesOf(block))[host.index % ROWS_A_BLOCK].split(',').map(Number);
}
function blockOf(detail) {
    let low = 0, high = detailBlocks.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (detailBlocks[middle].first <= detail) low = middle;
        else high = middle - 1;
    }
    return detailBlocks[low];
}
async function detailOf(detail) {
    if (!detail) return { reason: '', items: [], evidence: [], moreItems: 0, moreEvidence: 0 };
    const block = blockOf(detail);
    const [reason, items, evidence, moreItems, moreEvidence] = JSON.parse((await linesOf(block))[detail - block.first]);
    return { reason, items, evidence, moreItems, moreEvidence };
}
/* The numbers of all details whose text holds the words. */
async function detailsWith(words) {
    const found = new Set();
    for (const block of detailBlocks)
        (await linesOf(block)).forEach((line, i) => {
            const lower = line.toLowerCase();
            if (words.every(word => lower.includes(word))) found.add(block.first + i);
        });
    return found;
}

/* --- the route and its filters --- */

let route = { view: '', name: '', filters: new URLSearchParams() };

function parseRoute() {
    const fragment = location.hash.slice(1);
    const [path, query] = [fragment.replace(/\?.*$/s, ''), fragment.includes('?') ? fragment.slice(fragment.indexOf('?') + 1) : ''];
    const [, view = '', ...rest] = path.split('/');
    let name = rest.join('/');
    try { name = decodeURIComponent(name); } catch { /* a broken escape names no host */ }
    return { view, name, filters: new URLSearchParams(query) };
}
function link(view, name, filters) {
    const query = filters === undefined ? kept().toString() : new URLSearchParams(filters).toString();
    return '#/' + view + (name ? '/' + encodeURIComponent(name) : '') + (query ? '?' + query : '');
}
/* Filters stay while one goes from view to view; what belongs to one view does not. */
function kept() {
    const filters = new URLSearchParams(route.filters);
    for (const key of ['sort', 'by', 'open']) filters.delete(key);
    return filters;
}
function setFilter(key, value, replace) {
    const filters = new URLSearchParams(route.filters);
    if (value) filters.set(key, value);
    else filters.delete(key);
    const target = link(route.view, route.name, filters);
    if (replace) { history.replaceState(null, '', target); show(false); }
    else location.hash = target;
}
const filter = key => route.filters.get(key) || '';
const words = () => filter('q').toLowerCase().split(/\s+/).filter(Boolean);

function columns() {
    return checks.filter(check => (!filter('level') || check.level === Number(filter('level'))) &&
                                  (!filter('section') || check.section === filter('section'))).map(check => check.column);
}
function matches(host, terms) {
    if (!terms.length) return true;
    const text = [host.name, host.engine, host.version, ...host.groups.map(g => data.groups[g]), ...(host.error || [])].join('\n').toLowerCase();
    return terms.every(term => text.includes(term));
}
function inGroup(host) {
    const group = filter('group');
    return !group || host.groups.some(g => data.groups[g] === group);
}
function inStatus(host, used) {
    const status = filter('status');
    if (!status) return true;
    if (status === 'unscanned') return !!host.error;
    return used.some(column => host.verdicts[column] === status);
}
async function chosenHosts(used) {
    const terms = words();
    if (!terms.length || !filter('deep'))
        return hosts.filter(host => inGroup(host) && inStatus(host, used) && matches(host, terms));
    const found = await detailsWith(terms);
    const chosen = [];
    for (const host of hosts) {
        if (!inGroup(host) || !inStatus(host, used)) continue;
        if (matches(host, terms) || (await rowOf(host)).some((detail, column) => found.has(detail) && used.includes(column))) chosen.push(host);
    }
    return chosen;
}

/* --- tables of which only the rows in sight exist --- */

const printed = new Set();
class LongTable {
    constructor(label, head, rows, make, className) {
        this.rows = rows;
        this.make = make;
        this.body = el('tbody');
        this.table = el('table', { class: className || null, 'aria-rowcount': rows.length + 1, 'aria-label': label }, head, this.body);
        this.scroller = el('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': label + ' (scrolls)', onscroll: () => this.plan() }, this.table);
        this.width = head.querySelectorAll('th').length;
        this.draw();
        printed.add(this);
    }
    plan() {
        if (this.planned) return;
        this.planned = true;
        requestAnimationFrame(() => { this.planned = false; this.draw(); });
    }
    space(rows) {
        const cell = el('td', { colspan: this.width });
        cell.style.height = rows * ROW + 'px';
        return el('tr', { class: 'space', 'aria-hidden': 'true' }, cell);
    }
    draw(all) {
        const seen = Math.ceil((this.scroller.clientHeight || 900) / ROW);
        const from = all ? 0 : Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - 10);
        const to = Math.min(this.rows.length, all ? 3000 : from + seen + 20);
        if (!all && this.from === from && this.to === to) return;
        this.from = all ? -1 : from;
        this.to = to;
        const made = [];
        if (from) made.push(this.space(from));
        for (let i = from; i < to; i++) {
            const row = this.make(this.rows[i]);
            row.classList.add('row');
            row.setAttribute('aria-rowindex', i + 2);
            made.push(row);
        }
        if (to < this.rows.length) made.push(this.space(this.rows.length - to));
        this.body.replaceChildren(...made);
    }
}
addEventListener('beforeprint', () => {
    for (const table of printed) if (table.table.isConnected) table.draw(true);
    for (const finding of document.querySelectorAll('details.finding')) if (finding.querySelector('.remedy')) finding.open = true;
});
addEventListener('afterprint', () => { for (const table of printed) if (table.table.isConnected) table.draw(); });
addEventListener('resize', () => { for (const table of printed) if (table.table.isConnected) table.plan(); });

/* A heading that sorts: key, and whether large comes first. */
function sorter(label, key, className) {
    const [now, direction] = filter('sort').split('.');
    const active = now === key;
    return el('th', { scope: 'col', class: className || null, 'aria-sort': active ? (direction === 'down' ? 'descending' : 'ascending') : 'none' },
        el('button', { onclick: () => setFilter('sort', key + (active && direction === 'down' ? '.up' : '.down'), true) },
            label + (active ? (direction === 'down' ? ' ▾' : ' ▴') : '')));
}
function sorted(list, keys, standard) {
    const [key, direction] = (filter('sort') || standard).split('.');
    const value = keys[key] || keys[standard.split('.')[0]];
    const sign = direction === 'down' ? -1 : 1;
    return list.map(one => [value(one), one]).sort(([a], [b]) => sign * (a < b ? -1 : a > b ? 1 : 0)).map(pair => pair[1]);
}

/* --- parts that views share --- */

async function copy(text, button) {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        const area = el('textarea', { 'aria-hidden': 'true' });
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}
function remedyBox(check) {
    const button = el('button', { 'aria-label': 'Copy the remedy of ' + check.id, onclick: () => copy(check.remedy, button) }, 'Copy');
    return el('div', { class: 'remedy' }, el('p', {}, el('strong', {}, 'Remedy: '), check.remedy), button);
}
const hostLink = (host, filters) => el('a', { href: link('host', host.name, filters) }, host.name);

function detailView(detail) {
    const parts = [];
    if (detail.reason) parts.push(el('p', {}, detail.reason));
    if (detail.items.length)
        parts.push(el('div', { class: 'wide' }, el('table', {}, el('thead', {}, el('tr', {}, ...['Status', 'Item', 'What was seen'].map(h => el('th', { scope: 'col' }, h)))),
            el('tbody', {}, detail.items.map(([kind, name, reason, status, state]) => el('tr', {}, el('td', {}, badge(status)),
                el('td', {}, el('bdi', {}, name), ' ', el('span', { class: 'soft' }, kind + (state && state !== 'running' ? ', ' + state : ''))), el('td', {}, reason)))))));
    if (detail.moreItems) parts.push(el('p', { class: 'soft' }, 'and ' + plural(detail.moreItems, 'more item') + ', in the JSON report'));
    if (detail.evidence.length)
        parts.push(el('div', { class: 'wide' }, el('table', { class: 'evidence' }, el('thead', {}, el('tr', {}, ...['Evidence from', 'Fact', 'Value'].map(h => el('th', { scope: 'col' }, h)))),
            el('tbody', {}, detail.evidence.map(cells => el('tr', {}, cells.map(cell => el('td', {}, el('bdi', {}, cell)))))))));
    if (detail.moreEvidence) parts.push(el('p', { class: 'soft' }, 'and ' + plural(detail.moreEvidence, 'more fact') + ', in the JSON report'));
    return parts;
}
function errorBox(host) {
    const [stage, message, hint] = host.error;
    return el('div', { class: 'alert', role: 'note' }, el('strong', {}, 'This host could not be scanned: ' + (stage || 'unknown stage')), el('br'), message, hint ? [el('br'), 'What to do: ' + hint] : null);
}

/* --- the views --- */

const view = document.getElementById('view');
const summary = document.getElementById('summary');

function filterBar(options) {
    const select = (label, key, choices) => {
        const field = el('select', { name: key, onchange: event => setFilter(key, event.target.value, true) }, el('option', { value: '' }, 'all'),
            choices.map(([value, text]) => el('option', { value, selected: filter(key) === value }, text)));
        return el('label', {}, label, field);
    };
    let waiting;
    const search = el('input', { type: 'search', name: 'q', placeholder: options.search, value: filter('q'), oninput: event => {
        clearTimeout(waiting);
        waiting = setTimeout(() => setFilter('q', event.target.value, true), 150);
    } });
    const bar = el('form', { class: 'filters', role: 'search', onsubmit: event => event.preventDefault() }, el('label', {}, 'Search', search));
    if (options.deep)
        bar.append(el('label', { class: 'check' }, el('input', { type: 'checkbox', name: 'deep', checked: !!filter('deep'), onchange: event => setFilter('deep', event.target.checked ? '1' : '', true) }), 'in findings too'));
    if (data.groups.length && !options.host) bar.append(select('Group', 'group', [...data.groups].sort().map(group => [group, safe(group)])));
    bar.append(select('Status', 'status', [['W', 'WARN'], ['E', 'ERROR'], ['I', 'INFO'], ['N', 'NOTE'], ['P', 'PASS'], ...(options.unscanned ? [['unscanned', 'not scanned']] : [])]));
    if (!options.check) bar.append(select('Level', 'level', [['1', 'level 1'], ['2', 'level 2']]));
    if (!options.check) bar.append(select('Section', 'section', data.sections.map(([id, title]) => [id, id + ' ' + title])));
    if (options.extra) bar.append(options.extra);
    if ([...kept()].length) bar.append(el('button', { type: 'button', onclick: () => { location.hash = link(route.view, route.name, {}); } }, 'Clear'));
    return bar;
}
const HOST_KEYS = {
    name: entry => entry.host.name.toLowerCase(), version: entry => entry.host.version, W: entry => entry.sum.W, E: entry => entry.sum.E, I: entry => entry.sum.I,
    N: entry => entry.sum.N, P: entry => entry.sum.P, passing: entry => entry.host.error ? -2 : passing(entry.sum),
    worst: entry => (entry.host.error ? 1e6 : 0) + entry.sum.W * 1000 + entry.sum.E };

async function hostsView() {
    const used = columns();
    const entries = sorted((await chosenHosts(used)).map(host => ({ host, sum: counts(host, used) })), HOST_KEYS, 'worst.down');
    const head = el('thead', {}, el('tr', {}, sorter('Host', 'name'), el('th', { scope: 'col', class: 'optional' }, 'Groups'), sorter('Engine', 'version', 'optional'),
        ORDER.map(letter => sorter(STATUS[letter], letter, 'num' + ('IN'.includes(letter) ? ' optional' : ''))), sorter('Passing', 'passing', 'num'), el('th', { scope: 'col', class: 'optional' }, 'Share')));
    const table = new LongTable('Hosts', head, entries, ({ host, sum }) => host.error && !(sum.W + sum.P)
        ? el('tr', {}, el('th', { scope: 'row' }, hostLink(host)), el('td', { class: 'optional' }, host.groups.map(g => data.groups[g]).join(', ')),
            el('td', { colspan: 8 }, el('span', { class: 'unscanned' }, 'not scanned'), ' ', (host.error[0] || '') + ': ' + (host.error[1] || '')))
        : el('tr', {}, el('th', { scope: 'row' }, hostLink(host)), el('td', { class: 'optional' }, host.groups.map(g => data.groups[g]).join(', ')), el('td', { class: 'optional' }, host.version),
            ORDER.map(letter => el('td', { class: 'num' + ('IN'.includes(letter) ? ' optional' : '') }, number(sum[letter]))), el('td', { class: 'num' }, percent(passing(sum))),
            el('td', { class: 'optional' }, bar([['w', sum.W], ['e', sum.E], ['p', sum.P]]))));
    return ['Hosts', filterBar({ search: 'name, group, address', deep: true, unscanned: true }),
        el('p', { role: 'status' }, plural(entries.length, 'host') + ' of ' + number(hosts.length)), table.scroller];
}

async function mapView() {
    const used = columns();
    const byCheck = filter('by') === 'check';
    const chosen = sorted((await chosenHosts(used)).map(host => ({ host, sum: counts(host, used) })), HOST_KEYS, 'worst.down');
    const sections = data.sections.map(([id, title]) => ({ id, title, columns: used.filter(column => checks[column].section === id) })).filter(s => s.columns.length);
    const toggle = el('label', {}, 'Columns', el('select', { name: 'by', onchange: event => setFilter('by', event.target.value, true) },
        el('option', { value: '' }, 'sections'), el('option', { value: 'check', selected: byCheck }, 'checks')));
    const head = el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Host'), byCheck
        ? used.map(column => el('th', { scope: 'col', class: 'id', title: checks[column].title }, el('a', { href: link('check', checks[column].id) }, checks[column].id)))
        : sections.map(section => el('th', { scope: 'col', title: section.title }, el('a', { href: link('checks', '', { section: section.id }) }, section.id + ' ' + section.title)))));
    const worst = sum => sum.W ? 'W' : sum.E ? 'E' : sum.P ? 'P' : sum.I ? 'I' : sum.N ? 'N' : '-';
    /* Of what was decided, how much fails: four steps. */
    const heat = sum => Math.min(4, 1 + Math.floor(sum.W * 4 / (sum.P + sum.W + sum.E)));
    const cells = host => {
        if (host.error && !/[PWEIN]/.test(host.verdicts))
            return el('td', { colspan: byCheck ? used.length : sections.length }, el('span', { class: 'unscanned' }, 'not scanned'), ' ' + (host.error[0] || '') + ': ' + (host.error[1] || ''));
        if (byCheck)
            return used.map(column => {
                const letter = host.verdicts[column];
                return el('td', { class: 'cell ' + (letter === '-' ? 'none' : letter), title: checks[column].id + ' ' + STATUS[letter] + ': ' + checks[column].title, 'data-open': checks[column].id }, letter === '-' ? '' : letter);
            });
        return sections.map(section => {
            const sum = counts(host, section.columns);
            const letter = worst(sum);
            return el('td', { class: 'cell ' + (letter === 'W' ? 'heat' + heat(sum) : letter === '-' ? 'none' : letter), title: section.title + ': ' + ORDER.map(l => sum[l] + ' ' + STATUS[l]).join(', '), 'data-section': section.id },
                letter === 'W' ? sum.W + ' W' : letter === 'E' ? sum.E + ' E' : letter === '-' ? '' : letter);
        });
    };
    const table = new LongTable('Map of hosts by ' + (byCheck ? 'check' : 'section'), head, chosen, ({ host }) => {
        const row = el('tr', {}, el('th', { scope: 'row' }, hostLink(host)), cells(host));
        row.addEventListener('click', event => {
            const cell = event.target.closest('td.cell');
            if (cell) location.hash = link('host', host.name, cell.dataset.open ? { open: cell.dataset.open } : { section: cell.dataset.section });
        });
        return row;
    }, 'map' + (byCheck ? ' checks' : ''));
    return ['Map', filterBar({ search: 'name, group, address', deep: true, unscanned: true, extra: toggle }),
        el('div', { class: 'legend' }, ORDER.map(letter => el('span', {}, el('span', { class: 'badge ' + letter }, letter), ' ' + STATUS[letter])), el('span', { class: 'soft' }, byCheck ? '' : 'a cell shows its worst status and how often it occurs; the stronger its red, the more of the section fails')),
        el('p', { role: 'status' }, plural(chosen.length, 'host') + ' of ' + number(hosts.length) + ', worst first'),
        el('div', { class: 'mapped' }, chosen.length > STRIP_FROM ? strip(table, chosen, sections) : null, table.scroller)];
}
/* The whole fleet in one strip beside the map: a line a host, a column a section; a click goes there. */
function strip(table, entries, sections) {
    const canvas = el('canvas', { 'aria-hidden': 'true', title: 'the whole list; click to go there' });
    const paint = () => {
        const style = getComputedStyle(document.documentElement);
        const colour = { P: style.getPropertyValue('--good'), W: style.getPropertyValue('--bad'), E: '#8a5bd6', '-': style.getPropertyValue('--none') };
        const context = canvas.getContext('2d');
        const width = canvas.width = 56, height = canvas.height = Math.max(200, table.scroller.clientHeight);
        const lines = Math.min(height, entries.length);
        for (let line = 0; line < lines; line++) {
            const entry = entries[Math.floor(line * entries.length / lines)];
            sections.forEach((section, i) => {
                const sum = counts(entry.host, section.columns);
                const rate = passing(sum);
                context.globalAlpha = rate < 0 ? 1 : sum.W + sum.E ? .35 + .65 * (1 - rate / 1000) : .75;
                context.fillStyle = entry.host.error ? colour.E : rate < 0 ? colour['-'] : sum.W ? colour.W : sum.E ? colour.E : colour.P;
                context.fillRect(i * width / sections.length, line * height / lines, width / sections.length, Math.ceil(height / lines));
            });
        }
    };
    canvas.addEventListener('click', event => {
        const share = event.offsetY / canvas.clientHeight;
        table.scroller.scrollTop = share * entries.length * ROW - table.scroller.clientHeight / 2;
    });
    requestAnimationFrame(paint);
    return canvas;
}

async function checksView() {
    const terms = words();
    const used = new Set(columns());
    const chosen = hosts.filter(inGroup);
    let list = checks.filter(check => used.has(check.column) && terms.every(term => (check.id + ' ' + check.title + ' ' + check.why).toLowerCase().includes(term)));
    let entries = list.map(check => {
        const sum = { P: 0, W: 0, E: 0, I: 0, N: 0, '-': 0 };
        for (const host of chosen) sum[host.verdicts[check.column]]++;
        return { check, sum };
    });
    if (filter('status') && filter('status') !== 'unscanned') entries = entries.filter(({ sum }) => sum[filter('status')]);
    entries = sorted(entries, { id: e => e.check.column, level: e => e.check.level, W: e => e.sum.W, E: e => e.sum.E, I: e => e.sum.I, N: e => e.sum.N, P: e => e.sum.P, passing: e => passing(e.sum) }, 'W.down');
    const head = el('thead', {}, el('tr', {}, sorter('Check', 'id'), el('th', { scope: 'col' }, 'Title'), sorter('Level', 'level', 'optional'),
        ORDER.map(letter => sorter(STATUS[letter], letter, 'num' + ('IN'.includes(letter) ? ' optional' : ''))), sorter('Passing', 'passing', 'num optional'), el('th', { scope: 'col', class: 'optional' }, 'Share')));
    const table = new LongTable('Checks', head, entries, ({ check, sum }) => el('tr', {}, el('th', { scope: 'row' }, el('a', { href: link('check', check.id) }, check.id)), el('td', { title: check.title }, check.title),
        el('td', { class: 'optional' }, check.level + ', ' + check.assessment), ORDER.map(letter => el('td', { class: 'num' + ('IN'.includes(letter) ? ' optional' : '') }, number(sum[letter]))),
        el('td', { class: 'num optional' }, percent(passing(sum))), el('td', { class: 'optional' }, bar([['w', sum.W], ['e', sum.E], ['p', sum.P], ['i', sum.I + sum.N]]))));
    return ['Checks', filterBar({ search: 'id or words of the title' }),
        el('p', { role: 'status' }, plural(entries.length, 'check') + ' of ' + checks.length + ', on ' + plural(chosen.length, 'host')), table.scroller];
}

async function hostView() {
    const host = hostOf.get(route.name);
    if (!host) return missing('There is no host of this name in this report.');
    const used = new Set(columns());
    const sum = counts(host, [...used]);
    const row = await rowOf(host);
    const wanted = filter('status');
    const open = filter('open');
    const terms = words();
    const parts = [];
    for (const [id, title] of data.sections) {
        const found = checks.filter(check => check.section === id && used.has(check.column) && host.verdicts[check.column] !== '-' && (!wanted || host.verdicts[check.column] === wanted || check.id === open) &&
            (!terms.length || host.name.toLowerCase().includes(terms[0]) || filter('deep') || terms.every(term => (check.id + ' ' + check.title).toLowerCase().includes(term))));
        if (!found.length) continue;
        parts.push(el('h3', {}, id + ' ' + title), ...found.map(check => findingElement(host, check, row[check.column], check.id === open)));
    }
    await Promise.all(parts.map(part => part.filling));
    const changed = changes.filter(change => change[0] === host.index);
    return [host.name, el('p', {}, el('a', { href: link('hosts', '') }, '← all hosts')),
        host.error ? errorBox(host) : null,
        el('div', { class: 'card' }, el('dl', { class: 'facts' }, fact('Engine', host.engine), fact('Version', host.version), fact('Groups', host.groups.map(g => data.groups[g]).join(', ')),
            el('dt', {}, 'Findings'), el('dd', {}, ORDER.map(letter => [badge(letter), ' ' + sum[letter] + '  '])), fact('Passing', percent(passing(sum)) + ' of what could be decided')),
            changed.length ? changeList(changed, change => [el('a', { href: link('host', host.name, { open: checks[change[1]].id }) }, checks[change[1]].id + ' ' + checks[change[1]].title)]) : null),
        filterBar({ search: 'id or words of the title', host: true }), parts.length ? parts : el('p', {}, 'No finding of this host matches the filters.')];
}
const fact = (name, value) => value ? [el('dt', {}, name), el('dd', {}, el('bdi', {}, value))] : [];

function findingElement(host, check, detail, open) {
    const letter = host.verdicts[check.column];
    const body = el('div');
    const element = el('details', { class: 'finding', id: 'finding-' + check.id, open }, el('summary', {}, badge(letter), el('span', { class: 'id' }, check.id), el('span', { class: 'what' }, check.title),
        el('span', { class: 'side' }, 'level ' + check.level + ', ' + check.assessment)), body);
    const fill = async () => {
        const more = hosts.filter(other => other !== host && other.verdicts[check.column] === letter).length;
        body.append(...detailView(await detailOf(detail)), ...('WE'.includes(letter) ? [remedyBox(check)] : []),
            el('p', { class: 'soft' }, el('a', { href: link('check', check.id, { status: letter }) }, more ? plural(more, 'other host') + ' with ' + STATUS[letter] : 'about this check')));
    };
    /* Once only; what must be done is there at once, also for the printer. */
    const fillOnce = () => { element.filling = element.filling || fill(); };
    element.addEventListener('toggle', () => { if (element.open) fillOnce(); });
    if (open || 'WE'.includes(letter)) fillOnce();
    return element;
}

async function checkView() {
    const check = checkOf.get(route.name);
    if (!check) return missing('There is no check of this number in this report.');
    const chosen = (await chosenHosts([check.column])).filter(host => host.verdicts[check.column] !== '-');
    const byStatus = new Map();
    for (const host of chosen) {
        const letter = host.verdicts[check.column];
        const detail = (await rowOf(host))[check.column];
        const details = byStatus.get(letter) || byStatus.set(letter, new Map()).get(letter);
        (details.get(detail) || details.set(detail, []).get(detail)).push(host);
    }
    const parts = [];
    for (const letter of ORDER) {
        const details = [...(byStatus.get(letter) || new Map())].sort((a, b) => b[1].length - a[1].length);
        if (!details.length) continue;
        const total = details.reduce((sum, [, list]) => sum + list.length, 0);
        const holder = el('div');
        let shown = 0;
        const more = el('button', { onclick: () => next() }, 'Show more');
        const next = async () => {
            for (const [detail, list] of details.slice(shown, shown + 20))
                holder.append(el('div', { class: 'card' }, el('p', { class: 'count' }, plural(list.length, 'host') + (details.length > 1 && list.length > 1 ? ', alike' : '')), hostChips(list), ...detailView(await detailOf(detail))));
            shown += 20;
            more.hidden = shown >= details.length;
        };
        await next();
        parts.push(el('h3', {}, badge(letter), ' on ' + plural(total, 'host')), holder, more);
    }
    const unscanned = hosts.filter(host => host.error && host.verdicts[check.column] === '-' && inGroup(host)).length;
    return [check.id + ' ' + check.title, el('p', {}, el('a', { href: link('checks', '') }, '← all checks')),
        el('div', { class: 'card' }, el('dl', { class: 'facts' }, fact('Why', check.why), fact('Judged', check.judged), fact('Evidence', check.evidence), fact('Level', check.level + ', ' + check.assessment)), remedyBox(check)),
        filterBar({ search: 'host, group, address', deep: true, check: true }),
        unscanned ? el('p', { class: 'alert' }, plural(unscanned, 'host') + ' could not be scanned; this check says nothing about ' + (unscanned === 1 ? 'it' : 'them') + '.') : null,
        parts.length ? parts : el('p', {}, 'No host matches the filters.')];
}
function hostChips(list) {
    const chips = el('div', { class: 'chips' });
    let shown = 0;
    const more = el('button', { onclick: () => next(500) }, '');
    const next = count => {
        chips.append(...list.slice(shown, shown + count).map(host => hostLink(host, { open: route.name })));
        shown += count;
        more.textContent = number(list.length - shown) + ' more';
        if (shown < list.length) chips.append(more);
        else more.remove();
    };
    next(24);
    return chips;
}
function changeList(list, what) {
    return el('details', { class: 'changes', open: list.length <= 10 || route.view === 'changes' }, el('summary', {}, plural(list.length, 'finding') + ' changed since the baseline'), el('ul', { class: 'plain' }, list.slice(0, 500).map(change => {
        const now = hosts[change[0]].verdicts[change[1]];
        const worse = 'WE'.includes(now);
        return el('li', {}, el('span', { class: worse ? 'worse' : 'better' }, worse ? 'worse' : 'better'), ' ', badge(change[2]), ' → ', badge(now), ' ', what(change));
    })));
}
const missing = text => ['Not found', el('p', { class: 'alert' }, text), el('p', {}, el('a', { href: '#/' }, 'To the overview'))];

async function changesView() {
    if (!data.baseline) return missing('This report has no baseline.');
    return ['Changes', el('p', { class: 'soft' }, 'Since the scan of ' + data.baseline.started + (data.baseline.more ? '; ' + number(data.baseline.more) + ' more are in the JSON reports' : '')),
        changeList(changes, change => [hostLink(hosts[change[0]], { open: checks[change[1]].id }), ' ' + checks[change[1]].id + ' ' + checks[change[1]].title]),
        data.baseline.gone.length ? [el('h3', {}, 'Hosts that are gone'), el('p', {}, data.baseline.gone.join(', '))] : null];
}

/* --- showing a route --- */

const VIEWS = { map: mapView, hosts: hostsView, host: hostView, checks: checksView, check: checkView, changes: changesView };
const TAB = { host: 'hosts', check: 'checks' };
let turn = 0;

async function show(move) {
    /* The skip link's #main is no route. */
    if (location.hash && !location.hash.startsWith('#/')) return;
    route = parseRoute();
    const mine = ++turn;
    const make = VIEWS[route.view];
    for (const anchor of document.querySelectorAll('nav a')) {
        const current = anchor.dataset.view === (TAB[route.view] || route.view);
        if (current) anchor.setAttribute('aria-current', 'page');
        else anchor.removeAttribute('aria-current');
        anchor.setAttribute('href', link(anchor.dataset.view, ''));
    }
    if (!make) {
        summary.hidden = false;
        view.hidden = true;
        document.title = document.body.dataset.title;
        return;
    }
    const focused = document.activeElement && document.activeElement.name;
    const [title, ...content] = await make();
    if (mine !== turn) return;
    printed.forEach(table => { if (table.table.isConnected) printed.delete(table); });
    const heading = el('h2', { tabindex: -1 }, el('bdi', {}, title));
    view.replaceChildren(heading, ...content.flat(Infinity).filter(Boolean));
    summary.hidden = true;
    view.hidden = false;
    document.title = safe(title) + ' – ' + document.body.dataset.title;
    for (const table of printed) if (table.table.isConnected) table.plan();
    const field = focused && view.querySelector('[name="' + focused + '"]');
    const opened = filter('open') && view.querySelector('details.finding[open]');
    if (!move && opened && !field) opened.scrollIntoView({ block: 'center' });
    if (move) {
        if (opened) opened.scrollIntoView({ block: 'center' });
        else scrollTo(0, 0);
        heading.focus({ preventScroll: true });
    } else if (field) {
        field.focus();
        if (field.type === 'search') field.setSelectionRange(field.value.length, field.value.length);
    }
}

const theme = document.getElementById('theme');
theme.addEventListener('click', () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    document.documentElement.dataset.theme = dark ? 'light' : 'dark';
});
for (const element of document.querySelectorAll('.scripted')) element.hidden = false;
addEventListener('hashchange', () => show(true));
show(false).then(() => { document.documentElement.dataset.ready = '1'; });
})();
