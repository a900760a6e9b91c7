// axe-core in Chromium, without a network: light, dark, on a phone, and with every
// style block removed, which is what some webmail leaves. On a screen of 320 px
// nothing may stand out at the side.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// These are for pages of a site, which a mail is not.
const site = new Set(['region', 'landmark-one-main', 'landmark-main-is-top-level', 'bypass']);
const views = { light: { width: 1000 }, dark: { width: 1000, dark: true }, phone: { width: 360 }, 'no styles': { width: 1000, strip: true } };

let browser;
export async function open() {
  const program = process.env.CHROMIUM ?? execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome'], { encoding: 'utf8' }).trim();
  browser = await puppeteer.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'] });
}
export const close = () => browser?.close();

/** Draws the page at an address as PNG, with what it fetches from this machine. */
export async function draw(url, viewport, dark) {
  const p = await browser.newPage();
  await p.setViewport(viewport);
  await p.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  await p.goto(url, { waitUntil: 'networkidle0' });
  const png = await p.screenshot();
  await p.close();
  return png;
}

async function page(html, width, dark) {
  const p = await browser.newPage();
  await p.setRequestInterception(true);
  p.on('request', r => (/^(data|about):/.test(r.url()) ? r.continue() : r.abort()));
  await p.setViewport({ width, height: 900 });
  await p.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  await p.setContent(html, { waitUntil: 'domcontentloaded' });
  return p;
}

export async function shown(mail) {
  const objections = [];
  let nodes = 0;
  for (const [name, v] of Object.entries(views)) {
    const p = await page(v.strip ? mail.html.replace(/<style[\s\S]*?<\/style>/gi, '') : mail.html, v.width, v.dark);
    await p.evaluate(axe);
    const result = await p.evaluate(values => window.axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values } }), tags);
    nodes = Math.max(nodes, result.passes.length);
    for (const found of result.violations.filter(x => !site.has(x.id))) {
      objections.push(`${name}: ${found.id} in ${found.nodes.length}, such as ${found.nodes[0].html.slice(0, 100)}`);
    }
    if (name === 'phone') {
      for (const width of [360, 320]) {
        await p.setViewport({ width, height: 900 });
        const over = await p.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
        if (over > 0) objections.push(`stands out by ${over} px on a screen of ${width}`);
      }
    }
    await p.close();
  }
  return { figures: `${Object.keys(views).length} views, ${nodes} rules met, ${objections.length} broken`, objections };
}
