/* Real reports in a real headless Chromium, as their readers use them. Run by tests/browser/run, which makes the reports:
 * REPORTS/few.html (with a baseline), hostile.html, fleet.html (2,000 simulated hosts), each with its .json. */
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { VIEWS, accessible, close, go, heading, json, open, settle, status } from './page.mjs';

describe('a few hosts', () => {
    const scan = json('few');
    const named = name => scan.hosts.find(host => host.name === name);

    test('the overview tells what the JSON tells', async () => {
        const page = await open('few');
        const text = await page.locator('#summary').innerText();
        assert.match(text, new RegExp(`of ${scan.summary.hosts.total}\\b`));
        assert.ok(text.includes(`${scan.summary.compliance.percent.toFixed(1)} %`));
        for (const worst of scan.summary.worst_hosts.slice(0, 5)) assert.ok(text.includes(`${worst.name} ${worst.warnings} WARN`));
        for (const check of scan.summary.most_frequent_warnings.slice(0, 5)) assert.ok(text.includes(check.title));
        for (const host of scan.hosts.filter(h => h.status === 'failed')) assert.ok(text.includes(host.name) && text.includes(host.error.message));
        const c = scan.summary.changes;
        assert.ok(text.includes(`${c.worse} findings became worse, on ${c.worse_hosts} hosts`));
        await close(page);
    });

    test('the policy forbids everything but the page itself', async () => {
        const page = await open('few');
        const policy = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
        assert.match(policy, /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/);
        assert.ok(!policy.includes('unsafe') && policy.includes("require-trusted-types-for 'script'"));
        const ran = await page.evaluate(() => {
            const script = document.createElement('script');
            try { script.textContent = 'window.pwned = 1'; document.body.append(script); } catch { /* Trusted Types */ }
            try { document.body.innerHTML += '<b>x</b>'; return 'innerHTML'; } catch { return window.pwned || 'refused'; }
        });
        assert.equal(ran, 'refused');
        page.complaints.length = 0;
        await close(page);
    });

    test('tabs, links and the back button go between views', async () => {
        const page = await open('few');
        for (const [tab, title] of [['Map', 'Map'], ['Hosts', 'Hosts'], ['Checks', 'Checks'], ['Changes', 'Changes']]) {
            await page.click(`nav a:text-is("${tab}")`);
            await page.waitForFunction(t => document.querySelector('#view h2')?.innerText === t, title);
            assert.equal(await page.locator('nav a[aria-current]').innerText(), tab);
        }
        await page.click('nav a:text-is("Hosts")');
        await page.click('#view a:text-is("poor-1")');
        await page.waitForFunction(() => document.querySelector('#view h2')?.innerText === 'poor-1');
        await page.goBack();
        await page.waitForFunction(() => document.querySelector('#view h2')?.innerText === 'Hosts');
        await page.click('nav a:text-is("Overview")');
        await page.waitForSelector('#summary:visible');
        await close(page);
    });

    test('a host shows each finding with items, evidence and remedy, as the JSON has them', async () => {
        const page = await open('few', '#/host/poor-1?open=5.11');
        const host = named('poor-1');
        assert.equal(await page.locator('details.finding').count(), host.findings.length);
        const finding = host.findings.find(f => f.id === '5.11');
        const shown = await page.locator('#finding-5\\.11').innerText();
        for (const item of finding.items) assert.ok(shown.includes(item.name) && shown.includes(item.reason));
        for (const fact of finding.evidence) assert.ok(shown.includes(fact.source) && shown.includes(fact.fact));
        assert.ok(shown.includes(finding.remedy));
        await page.locator('#finding-5\\.11 .remedy button').click();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), finding.remedy);
        assert.equal(await page.locator('#finding-5\\.11 .remedy button').innerText(), 'Copied');
        await page.locator('#finding-2\\.3 summary').click();
        await page.locator('#finding-2\\.3 .evidence').waitFor();
        assert.ok((await page.locator('#finding-2\\.3').innerText()).includes('Evidence from'));
        await page.locator('#finding-5\\.11 a:has-text("other host")').click();
        await page.waitForFunction(() => document.querySelector('#view h2')?.innerText.startsWith('5.11'));
        await close(page);
    });

    test('a check shows on which hosts, with which items', async () => {
        const page = await open('few', '#/check/5.11');
        const text = await page.locator('#view').innerText();
        for (const host of scan.hosts) {
            const finding = host.findings.find(f => f.id === '5.11');
            if (finding) assert.ok(text.includes(host.name));
            if (finding?.status === 'WARN') for (const item of finding.items) assert.ok(text.includes(item.name));
        }
        assert.match(text, /could not be scanned; this check says nothing/);
        await close(page);
    });

    test('a host that could not be scanned says why', async () => {
        const page = await open('few', '#/host/gone');
        const text = await page.locator('#view').innerText();
        assert.ok(text.includes('could not be scanned: connect') && text.includes(named('gone').error.message) && text.includes(named('gone').error.hint));
        await close(page);
    });

    test('what is not in the report is told as such', async () => {
        const page = await open('few', '#/host/nosuch');
        assert.equal(await heading(page), 'Not found');
        await go(page, '#/check/9.9');
        assert.equal(await heading(page), 'Not found');
        await go(page, '#/host/%E0%A4%A');
        assert.equal(await heading(page), 'Not found');
        await close(page);
    });

    test('without scripting there are the summary and the tables', async () => {
        const page = await open('few', '', { javaScriptEnabled: false });
        const text = await page.locator('main').innerText();
        assert.ok(text.includes('Compliance by section'));
        assert.equal(await page.locator('tr[id^="/check/"]').count(), scan.hosts[0].findings.length);
        assert.equal(await page.locator('tr[id^="/host/"]').count(), scan.hosts.length);
        assert.ok(text.includes('not scanned') && text.includes(named('gone').error.message));
        assert.ok(!(await page.locator('nav').isVisible()));
        await page.click('#summary a:has-text("poor-1")');
        assert.ok(await page.locator('tr[id="/host/poor-1"]').isVisible());
        await close(page);
    });

    test('the keyboard is enough', async () => {
        const page = await open('few', '#/host/poor-1');
        await page.evaluate(() => document.body.focus());
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
        await page.keyboard.press('Enter');
        assert.equal(await heading(page), 'poor-1');
        await page.locator('#finding-2\\.3 summary').focus();
        await page.keyboard.press('Enter');
        assert.equal(await page.locator('#finding-2\\.3[open]').count(), 1);
        await go(page, '#/hosts');
        assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
        await page.locator('th button:text("WARN")').focus();
        await page.keyboard.press('Enter');
        await page.waitForSelector('th[aria-sort=descending]');
        await page.locator('.scroller').focus();
        await page.keyboard.press('End');
        await close(page);
    });

    test('dark is dark, by the system and by the button', async () => {
        const ground = page => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const light = await open('few', '', { colorScheme: 'light' }), dark = await open('few', '', { colorScheme: 'dark' });
        assert.notEqual(await ground(light), await ground(dark));
        const was = await ground(light);
        await light.click('#theme');
        assert.equal(await ground(light), await ground(dark));
        await light.click('#theme');
        assert.equal(await ground(light), was);
        await close(light);
        await close(dark);
    });

    test('print has the findings and none of the controls', async () => {
        const page = await open('few', '#/host/poor-1');
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        await page.emulateMedia({ media: 'print' });
        assert.ok(!(await page.locator('nav').isVisible()) && !(await page.locator('.filters').isVisible()));
        assert.ok(await page.locator('#finding-5\\.11 .remedy').isVisible());
        const pdf = await page.pdf();
        assert.ok(pdf.length > 20000 && pdf.subarray(0, 5).toString() === '%PDF-');
        await close(page);
    });

    for (const colorScheme of ['light', 'dark'])
        test(`WCAG 2.1 AA, ${colorScheme}`, async () => {
            const page = await open('few', '', { colorScheme });
            for (const view of [...VIEWS, '#/host/poor-1?open=5.11', '#/host/gone', '#/changes']) {
                if (view !== '#/') await go(page, view);
                await accessible(page, view);
            }
            await close(page);
            const plain = await open('few', '', { colorScheme, javaScriptEnabled: false });
            await plain.context().close();
        });
});

describe('a fleet of 2,000', () => {
    const scan = json('fleet');
    const failed = scan.hosts.filter(host => host.status === 'failed').length;

    test('search, filters, sorting; the fragment has them', async () => {
        const page = await open('fleet', '#/hosts');
        assert.equal(await status(page), '2,000 hosts of 2,000');
        assert.ok(await page.locator('tr.row').count() < 120, 'rows out of sight exist');
        await page.fill('[name=q]', 'db-a');
        await page.waitForFunction(() => location.hash.includes('q=db-a'));
        await settle(page);
        const wanted = scan.hosts.filter(host => host.name.startsWith('db-a')).length;
        assert.equal(await status(page), `${wanted} hosts of 2,000`);
        assert.equal(await page.evaluate(() => document.activeElement.name), 'q');
        await page.click('button:text-is("Clear")');
        await settle(page);
        await page.selectOption('[name=group]', 'region-b');
        await settle(page);
        assert.equal(await status(page), `${scan.hosts.filter(host => host.groups.includes('region-b')).length} hosts of 2,000`);
        await page.selectOption('[name=group]', '');
        await page.selectOption('[name=status]', 'unscanned');
        await settle(page);
        assert.equal(await status(page), `${failed} hosts of 2,000`);
        assert.equal(await page.locator('tr.row .unscanned').count() > 0, true);
        const link = page.url();
        await page.selectOption('[name=status]', '');
        await page.locator('th button:text("Host")').click();
        await settle(page);
        await page.locator('th button:text("Host")').click();
        await settle(page);
        assert.equal(await page.locator('tr.row th').first().innerText(), scan.hosts.map(host => host.name).sort()[0]);
        await close(page);
        const again = await open('fleet', link.slice(link.indexOf('#')));
        assert.equal(await status(again), `${failed} hosts of 2,000`);
        assert.equal(await again.inputValue('[name=status]'), 'unscanned');
        await close(again);
    });

    test('level and section count only their checks', async () => {
        const page = await open('fleet', '#/checks?level=2&section=5');
        const ids = new Set(scan.hosts.flatMap(host => host.findings.filter(f => f.level === 2 && f.section === '5').map(f => f.id)));
        assert.match(await status(page), new RegExp(`^${ids.size} check`));
        await close(page);
    });

    test('a search in findings finds hosts by their items', async () => {
        const page = await open('fleet', '#/hosts?q=runs+with+--privileged&deep=1');
        const wanted = scan.hosts.filter(host => host.findings.some(f => JSON.stringify(f.items).includes('runs with --privileged'))).length;
        assert.ok(wanted > 0);
        assert.equal(await status(page), `${wanted.toLocaleString('en')} hosts of 2,000`);
        await close(page);
    });

    test('the map holds all hosts and leads to their findings', async () => {
        const page = await open('fleet', '#/map?by=check');
        assert.ok((await status(page)).startsWith('2,000 hosts'));
        const before = await page.locator('tr.row th').first().innerText();
        await page.locator('.scroller').evaluate(scroller => { scroller.scrollTop = scroller.scrollHeight; });
        await settle(page);
        assert.notEqual(await page.locator('tr.row th').last().innerText(), before);
        assert.equal(await page.locator('tr.row').last().getAttribute('aria-rowindex'), '2001');
        await page.locator('.mapped canvas').click({ position: { x: 20, y: 5 } });
        await settle(page);
        assert.ok((await page.locator('tr.row').first().getAttribute('aria-rowindex')) < 200);
        await go(page, '#/map?by=check&status=W');
        const cell = page.locator('td.cell.W').first();
        const id = await cell.getAttribute('data-open');
        await cell.click();
        await page.waitForSelector(`details.finding[open]`);
        assert.equal(await page.locator('details.finding[open]').first().getAttribute('id'), `finding-${id}`);
        await close(page);
    });

    test('hosts of a check are told apart by what was found', async () => {
        const page = await open('fleet', '#/check/5.11?status=W');
        const warned = scan.hosts.filter(host => host.findings.some(f => f.id === '5.11' && f.status === 'WARN')).length;
        assert.ok((await page.locator('#view h3').first().innerText()).includes(`on ${warned.toLocaleString('en')} host`));
        assert.ok((await page.locator('#view').innerText()).includes(', alike'));
        const more = page.locator('.chips button').first();
        const shown = await page.locator('.chips').first().locator('a').count();
        await more.click();
        assert.ok(await page.locator('.chips').first().locator('a').count() > shown);
        await close(page);
    });

    test('every host in the page is as in the JSON', async () => {
        const page = await open('fleet');
        const index = JSON.parse(await page.locator('#index').textContent());
        const columns = index.checks.map(check => check[0]);
        for (const [n, host] of scan.hosts.entries()) {
            const letters = new Map(host.findings.map(f => [f.id, f.status[0]]));
            assert.equal(index.hosts[n][0], host.name);
            assert.equal(index.hosts[n][4], columns.map(id => letters.get(id) || '-').join(''));
        }
        await close(page);
    });

    test('on a phone nothing is wider than the screen', async () => {
        const page = await open('fleet', '', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
        for (const view of [...VIEWS, `#/host/${scan.hosts[0].name}?open=5.11`]) {
            if (view !== '#/') await go(page, view);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 360, `${view} is too wide`);
        }
        await close(page);
    });

    test('a printed list has more than what was in sight', async () => {
        const page = await open('fleet', '#/hosts');
        const before = await page.locator('tr.row').count();
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        assert.equal(await page.locator('tr.row').count(), 2000);
        await page.evaluate(() => dispatchEvent(new Event('afterprint')));
        assert.ok(await page.locator('tr.row').count() <= before + 40);
        await close(page);
    });
});

describe('hostile texts', () => {
    const scan = json('hostile');

    test('nothing runs, nothing breaks, in any view', async () => {
        const page = await open('hostile');
        const names = JSON.parse(await page.locator('#index').textContent()).hosts.map(host => host[0]);
        assert.equal(names.length, scan.hosts.length);
        for (const view of [...VIEWS.slice(1), ...names.map(name => '#/host/' + encodeURIComponent(name) + '?open=5.5'), '#/check/5.5', '#/check/3.7', '#/hosts?q=%3Cscript%3E&deep=1'])
            await go(page, view);
        assert.equal(await page.evaluate(() => window.pwned), undefined);
        assert.equal(await page.evaluate(() => document.querySelectorAll('img, iframe, object, embed, link, base, form:not(.filters), [onload], [onerror], [onmouseover]').length), 0);
        assert.equal(await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069\u200b\u001b\u2028]/.test(document.querySelector('#view').textContent)), false);
        await close(page);
    });

    test('texts are shown as they are, marks made visible', async () => {
        const page = await open('hostile', '#/hosts');
        const text = await page.locator('#view').innerText();
        assert.ok(text.includes('<script>window.pwned=1</script>') && text.includes('\\u202egnp.exe') && text.includes('\\u001b[2J'));
        await close(page);
    });

    test('nothing runs where scripting is off for the page but not for handlers', async () => {
        const page = await open('hostile', '', { javaScriptEnabled: false });
        assert.equal(await page.locator('img, iframe, object, embed, base, svg:not(.bar)').count(), 0);
        assert.equal(await page.locator('tr[id^="/host/"]').count(), scan.hosts.length);
        await close(page);
    });

    test('WCAG 2.1 AA also then', async () => {
        const page = await open('hostile', '#/hosts');
        await accessible(page, '#/hosts');
        await close(page);
    });
});
