/* page.mjs: a report in headless Chromium that fails its test when it asks for anything, complains, or runs what it should
 * not; shared by the tests of reports. REPORTS names their folder. */
import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const folder = process.env.REPORTS;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const json = name => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
let browser;

before(async () => { browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] }); });
after(async () => { await browser.close(); });

export async function open(name, fragment = '', options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
    const page = await context.newPage();
    page.complaints = [];
    page.on('request', request => { if (request.url().split(/[?#]/)[0] !== `file://${folder}/${name}.html`) page.complaints.push('request ' + request.url()); });
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text()); });
    page.on('pageerror', error => page.complaints.push(error.message));
    page.on('dialog', dialog => { page.complaints.push('dialog ' + dialog.message()); dialog.dismiss(); });
    await page.goto(`file://${folder}/${name}.html${fragment}`);
    if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]');
    return page;
}
export async function close(page) {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
}
export async function go(page, fragment) {
    await page.evaluate(to => { location.hash = to; }, fragment);
    await page.waitForFunction(to => document.querySelector('#view h2') && location.hash === to, fragment);
    await settle(page);
}
export const settle = page => page.evaluate(() => new Promise(done => setTimeout(() => requestAnimationFrame(() => done()), 250)));
export const heading = page => page.locator('#view h2').innerText();
export const status = page => page.locator('#view [role=status]').innerText();
export const VIEWS = ['#/', '#/map', '#/map?by=check', '#/hosts', '#/checks', '#/check/5.11'];

export async function accessible(page, what) {
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
    assert.deepEqual(result.violations.map(v => `${what}: ${v.id}: ${v.nodes.slice(0, 2).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 200)).join(' | ')}`), []);
}
