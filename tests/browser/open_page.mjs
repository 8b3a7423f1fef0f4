/* open_page.mjs FILE: how long a page takes in headless Chromium until it is of use, as JSON in milliseconds, beside an empty
 * page: opened and drawn, then a search, the map by check, the hosts of a check. */
import { chromium } from 'playwright-core';

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
const took = async what => { const start = performance.now(); await what(); return Math.round(performance.now() - start); };
const drawn = () => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
const result = {};
result.empty_page = await took(async () => { await page.goto('about:blank'); await drawn(); });
result.open = await took(async () => { await page.goto('file://' + process.argv[2]); await page.waitForSelector('html[data-ready]'); await drawn(); });
result.hosts = await took(async () => { await page.click('nav a[data-view=hosts]'); await page.waitForSelector('tr.row'); await drawn(); });
result.search = await took(async () => { await page.fill('[name=q]', '-b-'); await page.waitForFunction(() => location.hash.includes('q=')); await drawn(); });
result.map_by_check = await took(async () => { await page.evaluate(() => { location.hash = '#/map?by=check'; }); await page.waitForSelector('.map.checks tr.row'); await drawn(); });
result.check = await took(async () => { await page.evaluate(() => { location.hash = '#/check/5.11'; }); await page.waitForSelector('.chips'); await drawn(); });
result.search_in_findings = await took(async () => { await page.evaluate(() => { location.hash = '#/hosts?q=privileged&deep=1'; }); await page.waitForFunction(() => document.querySelector('[name=deep]')?.checked); await drawn(); });
console.log(JSON.stringify(result));
await browser.close();
