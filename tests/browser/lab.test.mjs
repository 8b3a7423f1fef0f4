/* The report of the lab's real hosts, REPORTS/all.html with all.json, in every view. Run by tests/lab/scan_lab. */
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { VIEWS, accessible, close, go, heading, json, open } from './page.mjs';

describe('the lab', () => {
    const scan = json('all');

    test('every view of every host and check opens, and holds what the JSON holds', async () => {
        const page = await open('all');
        for (const view of VIEWS.slice(1)) {
            await go(page, view);
            await accessible(page, view);
        }
        for (const host of scan.hosts) {
            await go(page, `#/host/${encodeURIComponent(host.name)}`);
            assert.equal(await heading(page), host.name);
            assert.equal(await page.locator('details.finding').count(), host.findings.length);
            for (const finding of host.findings.filter(f => f.status === 'WARN')) {
                const text = await page.locator(`#finding-${finding.id.replaceAll('.', '\\.')}`).textContent();
                for (const item of finding.items.slice(0, 200)) assert.ok(text.includes(item.name) && text.includes(item.reason), `${host.name} ${finding.id} ${item.name}`);
                assert.ok(text.includes(finding.remedy));
            }
        }
        for (const finding of scan.hosts[0].findings) {
            await page.evaluate(to => { location.hash = to; }, `#/check/${finding.id}`);
            await page.waitForFunction(title => document.querySelector('#view h2')?.innerText === title, `${finding.id} ${finding.title}`);
            const text = await page.locator('#view').innerText();
            for (const host of scan.hosts) assert.ok(text.includes(host.name), `${finding.id} ${host.name}`);
        }
        await close(page);
    });
});
