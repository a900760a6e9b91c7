// Makes the mails: the demo sends its own, and newsrooms of eight stories in each
// language send theirs to the demo's mail server. All is done by the program as
// anybody would do it, and what is judged is what arrived.
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { languages, rows, themes } from './matrix.mjs';

const domain = 'observer.example', site = `https://news.${domain}`, links = `https://${domain}`;
const pictures = ['lighthouse', 'ferry', 'market', null, 'bridge', null, 'marsh', null];
const authors = [[0], [1], [0, 1], [2], [1], [0], [2], [2]]; // three of each at most: "author_max"
const sections = [0, 0, 0, 0, 1, 1, 1, 2];

/** Everything that was sent, with the DNS zone that vouches for it. */
export async function makeMails(program, work) {
  const demo = await startDemo(program, path.join(work, 'demo'));
  try {
    const dir = path.join(work, 'newsrooms');
    const run = (...args) => execFileSync(program, ['-C', dir, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    execFileSync(program, ['init', dir, '--title', 'Judged', '--source', `${links}/feed.xml`], { stdio: 'ignore' });
    writeNewsroom(dir, demo);
    run('dkim', 'new', domain, '--selector', 'judge');
    const wanted = rows.flatMap(r => send(run, dir, r));
    return { mails: [...arrived(demo.mailbox, wanted), ...demoMails(demo.mailbox)], zone: zone(program, dir, path.join(work, 'demo')) };
  } finally {
    demo.stop();
  }
}

// startDemo runs the demo until its edition is out; its mail server runs on.
async function startDemo(program, dir) {
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

// letterName is short: it stands in the link to leave, which has a header line to fit.
const letterName = r => r.language + themes.indexOf(r.theme);
const words = language => JSON.parse(fs.readFileSync(new URL(`newsrooms/${language}.json`, import.meta.url), 'utf8'));

function writeNewsroom(dir, demo) {
  fs.mkdirSync(dir, { recursive: true });
  for (const language of new Set(rows.map(r => r.language))) writeStories(path.join(dir, language), language, demo.pictures);
  const letters = rows.map(r => letter(r, words(r.language)));
  // A file of JSON is one of YAML.
  fs.writeFileSync(path.join(dir, 'broadsheet.yaml'), JSON.stringify({
    site, database: 'broadsheet.db', key: 'file:broadsheet.key',
    relays: [{ name: 'demo', address: demo.relay, tls: 'none' }],
    dkim: [{ selector: 'judge', key: `file:dkim/${domain}.judge.pem` }],
    newsletters: letters,
  }, null, 1));
}

function letter(r, w) {
  const to = (way, text, i) => ({ amount: text, url: `${links}/support/${way}/${i}` });
  const look = {
    note: w.note,
    support: {
      title: w.support.title, text: w.support.text,
      once: w.support.once.map((t, i) => to('once', t, i)), monthly: w.support.monthly.map((t, i) => to('monthly', t, i)), annual: w.support.annual.map((t, i) => to('annual', t, i)),
    },
  };
  look.theme = r.theme;
  return {
    name: letterName(r), title: w.title, tagline: w.tagline, language: r.language,
    from: `${JSON.stringify(w.title)} <news@${domain}>`, reply_to: `desk@${domain}`, unsubscribe_mailto: `leave@${domain}`,
    list_id: `${letterName(r)}.news.${domain}`, feedback_sender: 'observer', schedule: '0 9 * * FRI', timezone: 'UTC', stories: 8,
    sources: [{ name: 'stories', folder: r.language }],
    sections: [{ name: w.sections[0], rest: true }, { name: w.sections[1], min: 1 }, { name: w.sections[2], min: 1, lead: false }],
    formats: ['digest', 'full', 'text', 'private'], address: w.address.join('\n'), privacy: `${links}/privacy`, look,
  };
}

function writeStories(dir, language, from) {
  fs.mkdirSync(dir, { recursive: true });
  const w = words(language);
  w.stories.forEach((s, i) => {
    const front = {
      title: s.title, link: `${links}/${language}/${i + 1}`, date: new Date(Date.now() - (i + 1) * 3600_000).toISOString(),
      section: w.sections[sections[i]], authors: authors[i].map(a => w.authors[a]), teaser: s.teaser, value: 90 - 5 * i,
    };
    if (pictures[i]) {
      fs.copyFileSync(path.join(from, pictures[i] + '.png'), path.join(dir, pictures[i] + '.png'));
      Object.assign(front, { image: pictures[i] + '.png', alt: s.alt, caption: s.caption, credit: w.credit });
    }
    const head = Object.entries(front).map(([k, v]) => `${k}: ${JSON.stringify(v)}`).join('\n');
    // The first has one of all that an article is made of.
    const rest = i ? s.body : `## ${s.caption}\n\n> ${w.stories[7].teaser}\n\n- ${w.authors.join('\n- ')}\n\n| ${w.sections[0]} | ${w.sections[1]} |\n|---|---|\n| 1 | 2 |\n\n${s.body} [${w.tagline}](${links}/about)`;
    fs.writeFileSync(path.join(dir, `${i + 1}.md`), `---\n${head}\n---\n\n${s.body}\n\n${rest}\n`);
  });
}

// send sends a row's newsletter to one reader of each of its variants.
function send(run, dir, r) {
  const name = letterName(r), readers = r.variants.map(v => ({ ...r, variant: v, name: `${r.language} ${r.theme} ${v}`, to: `${name}.${v}@reader.example`, article: words(r.language).stories[1].body.slice(0, 40) }));
  const list = path.join(dir, name + '.csv');
  fs.writeFileSync(list, 'email,name,format\n' + readers.map(m => `${m.to},${words(r.language).authors[0]},${m.variant === 'digest' ? '' : m.variant}\n`).join(''));
  run('subscribers', 'import', list, '--newsletter', name, '--basis', 'made up');
  run('extra', name, 'judge');
  const { revision } = JSON.parse(run('show', `${name}/extra-judge`, '--json')).edition;
  const stories = (revision.lead ? 1 : 0) + revision.blocks.reduce((n, b) => n + b.items.length, 0);
  if (stories !== pictures.length) throw new Error(`${name} has ${stories} stories, not ${pictures.length}`);
  run('approve', `${name}/extra-judge`, '--yes');
  run('send', `${name}/extra-judge`, '--json');
  return readers;
}

const to = raw => /^To:.*?([^\s<]+@[^\s>]+)/ms.exec(raw)[1];

// arrived finds each wanted mail in the mailbox.
function arrived(mailbox, wanted) {
  const files = fs.readdirSync(mailbox).map(f => path.join(mailbox, f));
  const all = new Map(files.map(f => [to(fs.readFileSync(f, 'latin1')), f]));
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
