// Judges the mail that Broadsheet sends, by programs that are not ours.
//
//   judge.mjs BROADSHEET [WORK]   makes and sends the mails with this program, in the
//                                 folder WORK, which is kept; prints a line a mail and judge
//
// Then each judge is shown a mail that was spoiled for it, and must object: a judge
// that finds nothing wrong with anything is no judge. Exit 1 on any objection to a
// mail, or none to a spoiled one.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as browser from './browser.mjs';
import * as html from './html.mjs';
import { makeMails } from './mails.mjs';
import { amiss } from './newsroom.mjs';
import { spoiled } from './spoil.mjs';
import { read } from './terminal.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const [program, kept] = process.argv.slice(2);
const work = kept ?? fs.mkdtempSync(path.join(os.tmpdir(), 'judge-'));
const begun = Date.now();

async function lines(command, args) {
  const run = promisify(execFile)(command, args, { maxBuffer: 1 << 26 });
  process.on('exit', () => run.child.kill());
  return (await run).stdout.trim().split('\n').map(l => JSON.parse(l));
}

// received is a message as the receiver's own server files it: it names who handed
// it in, and from where.
function received(file) {
  const raw = fs.readFileSync(file, 'latin1').replace(/^Return-Path:.*\r\n/i, ''), now = new Date().toUTCString().replace('GMT', '+0000');
  const from = /^From:.*?<?([^<>\s]+@([^<>\s]+))>?\r\n/ms.exec(raw);
  const trace = `Return-Path: <bounce@${from[2]}>\r\nReceived: from mx.${from[2]} (mx.${from[2]} [44.128.0.10])\r\n\tby mail.reader.example (Postfix) with ESMTPS id 1A2B3C;\r\n\t${now}\r\n`;
  fs.writeFileSync(file + '.received', trace + raw, 'latin1');
}

// These three see all mails at once.
async function together(mails) {
  const files = mails.map(m => m.file), verdicts = new Map(files.map(f => [f, []]));
  for (const r of await lines(path.join(here, 'headers.py'), files)) verdicts.get(r.file).push(['headers', { figures: `${r.wrong.length} rules broken`, objections: r.wrong }]);
  files.forEach(received);
  const limit = new Map(mails.map(m => [m.file, m.spam]));
  for (const r of await lines(path.join(here, 'box.sh'), [path.join(work, 'zone.json'), ...files])) {
    if ('dkim' in r) {
      verdicts.get(r.file).push(['opendkim', { figures: r.dkim ? 'verifies' : 'refuses', objections: r.dkim ? [] : [`the signature does not verify: ${r.said}`] }]);
      continue;
    }
    const file = r.file.replace(/\.received$/, ''), objections = [];
    if (r.score > limit.get(file)) objections.push(`${r.score} points; ${limit.get(file)} are allowed: ${Object.entries(r.rules).filter(x => x[1] > 0.01).map(x => x.join(' ')).join(', ')}`);
    for (const rule of ['SPF_PASS', 'DKIM_VALID_AU', 'DMARC_PASS']) if (!(rule in r.rules)) objections.push(`no ${rule}`);
    verdicts.get(file).push(['spamassassin', { figures: `${r.score} points, SPF, DKIM and DMARC asked`, objections }]);
  }
  return verdicts;
}

// ours is the program's own lint. A warning counts as much as an error.
function ours(mail) {
  const run = spawnSync(program, ['lint', mail.file], { encoding: 'utf8' });
  const found = run.stdout.trim().split('\n').filter(l => /^\s+(error|warning)\s/.test(l)).map(l => l.trim());
  if (run.status !== 0 && !found.length) found.push(run.stderr.trim() || 'it failed');
  return { figures: `${found.length} found`, objections: found };
}

const alone = {
  size: html.size, 'html-validate': html.validate, caniemail: html.compatibility, axe: browser.shown, markup: html.accessible,
};
const every = { terminal: read, lint: ours };

async function judged(mail, only) {
  const verdicts = [], secluded = mail.variant === 'private' ? { private: html.secluded } : {};
  for (const [name, judge] of Object.entries({ ...(mail.html ? { ...alone, ...secluded } : {}), ...every })) {
    if (!only || only === name) verdicts.push([name, await judge(mail)]);
  }
  return verdicts;
}

// inTurn works on two at once, as there are processors. Where one fails the other
// finishes what it holds.
async function inTurn(all, work) {
  const results = [];
  let next = 0, failed;
  await Promise.all([0, 1].map(async () => {
    while (next < all.length && !failed) {
      const i = next++;
      try { results[i] = await work(all[i]); } catch (why) { failed ??= why; }
    }
  }));
  if (failed) throw failed;
  return results;
}

const parts = file => JSON.parse(execFileSync('python3', ['-c', `
import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
h = m.get_body(("html",))
print(json.dumps([(p.get_content() if p else "") for p in (h, m.get_body(("plain",)))]))`, file], { encoding: 'utf8', maxBuffer: 1 << 26 }));

// What stands against a mail, or against a judge: said once more at the end, where
// whoever sees the last lines alone will find it.
const against = [];

function report(name, judge, verdict) {
  const good = verdict.objections.length === 0;
  const said = [`${name.padEnd(24)} ${judge.padEnd(14)} ${good ? 'ok     ' : 'OBJECTS'} ${verdict.figures}`];
  for (const o of verdict.objections.slice(0, 8)) said.push(`${' '.repeat(40)}${o.slice(0, 200)}`);
  console.log(said.join('\n'));
  if (!good) against.push(said.join('\n'));
}

async function main() {
  const made = await makeMails(program, work);
  fs.writeFileSync(path.join(work, 'zone.json'), JSON.stringify(made.zone));
  const judgedDir = path.join(work, 'judged');
  fs.mkdirSync(judgedDir, { recursive: true });
  const mails = made.mails.map(m => {
    const file = path.join(judgedDir, m.name.replace(/ /g, '-') + '.eml');
    fs.copyFileSync(m.file, file);
    const [html, text] = parts(file);
    return { ...m, file, html, text, raw: fs.readFileSync(file, 'latin1') };
  });
  for (const m of mails) {
    const wrong = amiss(m);
    if (wrong.length) throw new Error(`${m.name} is not what it was made to be: ${wrong.join(', ')}`);
  }
  const bad = spoiled(mails, judgedDir);
  const seen = await together([...mails, ...bad.filter(b => !b.html)]);
  await browser.open();
  const rest = await inTurn(mails, m => judged(m));
  mails.forEach((m, i) => { for (const [judge, verdict] of [...seen.get(m.file), ...rest[i]]) report(m.name, judge, verdict); });
  console.log();
  for (const b of bad) {
    const verdicts = new Map(b.html ? await judged(b, b.judge) : [...seen.get(b.file), ...await judged(b, b.judge)]);
    const verdict = verdicts.get(b.judge);
    const caught = verdict.objections.some(o => b.expect.test(o));
    const said = `${'spoiled'.padEnd(24)} ${b.judge.padEnd(14)} ${caught ? 'ok     ' : 'MISSES '} ${b.by}${caught ? '' : `; it says ${JSON.stringify(verdict)}`}`;
    console.log(said);
    if (!caught) against.push(said);
  }
  if (against.length) console.log(`\nOnce more, what is wrong:\n${against.join('\n')}`);
  const said = ['no objection', '1 objection'][against.length] ?? `${against.length} objections`;
  console.log(`\n${mails.length} mails, ${said}, ${bad.length} spoiled ones; ${Math.round((Date.now() - begun) / 1000)} s`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
process.on('exit', () => { if (!kept) fs.rmSync(work, { recursive: true, force: true }); });
try {
  await main();
} finally {
  await browser.close();
}
process.exit(against.length ? 1 : 0);
