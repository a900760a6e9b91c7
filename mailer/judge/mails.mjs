// Makes the mails: the demo sends its own, and newsrooms of eight stories in each
// language send theirs to the demo's mail server. All is done by the program as
// anybody would do it, and what is judged is what arrived.
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import net from 'node:net';
import { languages, rows } from './matrix.mjs';
import { domain, edit, letterName, words, writeNewsroom, writeStories } from './newsroom.mjs';

/** Everything that was sent, with the DNS zone that vouches for it. */
export async function makeMails(program, work) {
  const demo = await startDemo(program, path.join(work, 'demo'));
  try {
    const dir = path.join(work, 'newsrooms');
    const run = (...args) => execFileSync(program, ['-C', dir, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    execFileSync(program, ['init', dir, '--title', 'Judged', '--source', `https://${domain}/feed.xml`], { stdio: 'ignore' });
    const port = await freePort();
    writeNewsroom(dir, demo, { web: `127.0.0.1:${port}`, ops: `127.0.0.1:${await freePort()}` });
    run('dkim', 'new', domain, '--selector', 'judge');
    const rich = rows.filter(r => words(r.language).week);
    for (const r of rich) {
      sendFirst(run, dir, r);
      await interrupted();
    }
    await hideAppeals(program, dir, port, demo.mailbox);
    for (const language of new Set(rows.map(r => r.language))) writeStories(dir, language, demo.pictures);
    const wanted = [];
    for (const r of rows) {
      wanted.push(...send(run, dir, r));
      await interrupted();
    }
    return { mails: [...arrived(demo.mailbox, wanted), ...demoMails(demo.mailbox)], zone: zone(program, dir, path.join(work, 'demo')) };
  } finally {
    demo.stop();
  }
}

// interrupted lets a signal in, which has to wait while a command runs.
const interrupted = () => new Promise(resolve => setImmediate(resolve));

// startDemo runs the demo until its edition is out; its mail server runs on.
export async function startDemo(program, dir) {
  const demo = spawn(program, ['demo', '--dir', dir, '--readers', '40', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  process.on('exit', () => demo.kill('SIGTERM'));
  let said = '';
  await new Promise((resolve, reject) => {
    const more = data => { said += data; if (/http:\/\/\S+/.test(said.split('Send').pop()) && said.includes('Send')) resolve(); };
    demo.stdout.on('data', more);
    demo.stderr.on('data', more);
    demo.on('exit', code => reject(new Error(`the demo ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`the demo shows no page:\n${said}`)), 60_000).unref();
  });
  demo.removeAllListeners('exit');
  const relay = /address: (\S+)/.exec(fs.readFileSync(path.join(dir, 'broadsheet.yaml'), 'utf8'))[1];
  return { relay, mailbox: path.join(dir, 'mailbox', 'new'), pictures: path.join(dir, 'feeds', 'pictures'), stop: () => demo.kill('SIGTERM') };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
  });
}

const quiet = variant => variant.endsWith('-quiet');
const address = (r, variant) => `${letterName(r)}.${variant}@reader.example`;

// enlist imports a reader of each variant, called by the name of an author.
function enlist(run, dir, r, variants) {
  const list = path.join(dir, letterName(r) + '.csv');
  fs.writeFileSync(list, 'email,name,format\n' + variants.map(v => `${address(r, v)},${words(r.language).authors[0]},${v.replace(/^digest|-quiet$/g, '')}\n`).join(''));
  run('subscribers', 'import', list, '--newsletter', letterName(r), '--basis', 'made up');
}

const opened = (run, r, name) => { run('extra', letterName(r), name); return `${letterName(r)}/extra-${name}`; };

// sendFirst sends the edition that will have to be corrected. Who gets it will hide
// the appeal, by the link in it.
function sendFirst(run, dir, r) {
  enlist(run, dir, r, [...r.variants.filter(quiet), 'first']);
  const edition = opened(run, r, 'first');
  run('approve', edition, '--yes');
  run('send', edition, '--json');
}

// hideAppeals does as readers do who hide the appeal for good.
async function hideAppeals(program, dir, port, mailbox) {
  const serve = spawn(program, ['-C', dir, 'serve'], { stdio: 'ignore' });
  const end = () => serve.kill('SIGTERM'), ended = new Promise(resolve => serve.on('exit', resolve));
  process.on('exit', end);
  try {
    for (const m of mailsOf(mailbox, 'first')) {
      if (!quiet(to(m.raw).split('@')[0])) continue;
      const link = new URL(/https:\/\/\S+\/s\/[\w/-]+/.exec(m.raw.replace(/=\r\n/g, ''))[0]);
      const answer = await asked(`http://127.0.0.1:${port}${link.pathname}`, { method: 'POST', body: new URLSearchParams({ appeal: 'never' }) });
      if (!answer.ok) throw new Error(`the page that hides the appeal answers ${answer.status}`);
    }
  } finally {
    end();
    await ended;
  }
}

// asked asks until the server has begun.
async function asked(url, how) {
  for (let tries = 0; ; tries++) {
    try { return await fetch(url, how); } catch (why) { if (tries > 100) throw why; }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

// send sends a row's newsletter to one reader of each of its variants.
function send(run, dir, r) {
  const w = words(r.language);
  enlist(run, dir, r, w.week ? r.variants.filter(v => !quiet(v)) : r.variants);
  const edition = opened(run, r, 'judge');
  if (w.week) {
    const file = path.join(dir, letterName(r) + '.json'), offered = /^corrections:\n.*?- ([a-z0-9]{10}): /m.exec(run('edit', edition, '--print'));
    if (!offered) throw new Error(`no correction is offered for ${edition}`);
    fs.writeFileSync(file, edit(r.language, offered[1]));
    run('edit', edition, '--file', file);
  }
  run('approve', edition, '--yes');
  run('send', edition, '--json');
  return r.variants.map(v => ({ ...r, variant: v, name: `${r.language} ${r.theme} ${v}`, to: address(r, v) }));
}

const to = raw => /^To:.*?([^\s<]+@[^\s>]+)/ms.exec(raw)[1];

// mailsOf are the mails of an edition. A private one does not say of which it is: its
// readers get one alone.
function mailsOf(mailbox, name) {
  const files = fs.readdirSync(mailbox).map(f => path.join(mailbox, f));
  return files.map(file => ({ file, raw: fs.readFileSync(file, 'latin1') })).filter(m => new RegExp(`^Feedback-ID:\\s*(extra-${name}|):`, 'm').test(m.raw));
}

// arrived finds each wanted mail in the mailbox.
function arrived(mailbox, wanted) {
  const all = new Map(mailsOf(mailbox, 'judge').map(m => [to(m.raw), m.file]));
  return wanted.map(m => {
    if (!all.has(m.to)) throw new Error(`no mail came for ${m.name}`);
    return { ...m, file: all.get(m.to), spam: languages[m.language].spam };
  });
}

// demoMails are one mail of each kind that the demo sent.
function demoMails(mailbox) {
  const kinds = new Map();
  for (const f of fs.readdirSync(mailbox).sort()) {
    const file = path.join(mailbox, f), raw = fs.readFileSync(file, 'latin1');
    if (!/^Feedback-ID: \S+:weekly:/m.test(raw)) continue;
    const variant = raw.includes('Content-Type: text/html') ? 'digest' : 'text';
    if (!kinds.has(variant)) kinds.set(variant, { language: 'en', theme: 'broadsheet', variant, name: `demo ${variant}`, file, spam: languages.en.spam });
  }
  return [...kinds.values()];
}

// zone lists what the DNS of the sender would hold: SPF, DKIM, DMARC, and the host
// that hands mail in. 44.128.0.10 lies in a range that routes nowhere.
function zone(program, ...dirs) {
  const keys = dirs.flatMap(d => JSON.parse(execFileSync(program, ['-C', d, 'dkim', 'show', '--json'], { encoding: 'utf8' })));
  return [
    ...keys.map(k => [k.name, 'TXT', k.value]),
    [domain, 'TXT', 'v=spf1 ip4:44.128.0.10 -all'], [domain, 'A', '44.128.0.80'], [domain, 'MX', `10 mx.${domain}`],
    [`mx.${domain}`, 'A', '44.128.0.10'], ['10.0.128.44.in-addr.arpa', 'PTR', `mx.${domain}`],
    [`_dmarc.${domain}`, 'TXT', 'v=DMARC1; p=reject; adkim=s; aspf=r'],
  ];
}
