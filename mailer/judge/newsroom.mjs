// Writes the newsrooms that send the mails: one configuration for all, the stories of
// each language, and what an editor lays over an edition.
import fs from 'node:fs';
import path from 'node:path';
import { rows, themes } from './matrix.mjs';

export const domain = 'observer.example';
const site = `https://news.${domain}`, links = `https://${domain}`;
const pictures = ['lighthouse', 'ferry', 'market', null, 'bridge', null, 'marsh', null];
const authors = [[0], [1], [0, 1], [2], [1], [0], [2], [2]]; // three of each at most: "author_max"
const sections = [0, 0, 0, 0, 1, 1, 1, 2];

/** letterName is short: it stands in the link to leave, which has a header line to fit. */
export const letterName = r => r.language + themes.indexOf(r.theme);
export const words = language => JSON.parse(fs.readFileSync(new URL(`newsrooms/${language}.json`, import.meta.url), 'utf8'));

/** Writes the configuration, and of each language the story that will be corrected. */
export function writeNewsroom(dir, demo, listen) {
  fs.mkdirSync(dir, { recursive: true });
  for (const language of new Set(rows.map(r => r.language))) {
    const { week } = words(language);
    for (const folder of [language, elsewhere(language)]) fs.mkdirSync(path.join(dir, folder), { recursive: true });
    if (week) writeStory(dir, language, 9, { ...week.corrected, teaser: week.corrected.was }, { section: words(language).sections[0] }, week.corrected.was);
  }
  // A file of JSON is one of YAML.
  fs.writeFileSync(path.join(dir, 'broadsheet.yaml'), JSON.stringify({
    site, listen, database: 'broadsheet.db', key: 'file:broadsheet.key',
    relays: [{ name: 'demo', address: demo.relay, tls: 'none' }],
    dkim: [{ selector: 'judge', key: `file:dkim/${domain}.judge.pem` }],
    newsletters: rows.map(r => letter(r, words(r.language))),
  }, null, 1));
}

const elsewhere = language => `${language}-elsewhere`;

function letter(r, w) {
  const to = (way, text, i) => ({ amount: text, url: `${links}/support/${way}/${i}` });
  const look = {
    theme: r.theme, note: w.note,
    support: {
      title: w.support.title, text: w.support.text,
      once: w.support.once.map((t, i) => to('once', t, i)), monthly: w.support.monthly.map((t, i) => to('monthly', t, i)), annual: w.support.annual.map((t, i) => to('annual', t, i)),
    },
  };
  return {
    name: letterName(r), title: w.title, tagline: w.tagline, language: r.language,
    from: `${JSON.stringify(w.title)} <news@${domain}>`, reply_to: `desk@${domain}`, unsubscribe_mailto: `leave@${domain}`,
    list_id: `${letterName(r)}.news.${domain}`, feedback_sender: 'observer', schedule: '0 9 * * FRI', timezone: 'UTC',
    stories: w.week ? 9 : 8, // one is sponsored
    greeting: !!w.week,
    sources: [{ name: 'stories', folder: r.language }, { name: 'partners', folder: elsewhere(r.language) }],
    sections: [{ name: w.sections[0], rest: true }, { name: w.sections[1], min: 1 }, { name: w.sections[2], min: 1, lead: false }],
    formats: ['digest', 'full', 'text', 'private'], address: w.address.join('\n'), privacy: `${links}/privacy`, look,
  };
}

function writeStory(dir, language, number, story, more, text) {
  const front = {
    title: story.title, link: `${links}/${language}/${number}`, date: new Date(Date.now() - number * 3600_000).toISOString(), teaser: story.teaser, ...more,
  };
  const head = Object.entries(front).map(([k, v]) => `${k}: ${JSON.stringify(v)}`).join('\n');
  fs.writeFileSync(path.join(dir, language, `${number}.md`), `---\n${head}\n---\n\n${text}\n`);
}

/** Writes the eight stories of a language, and what else the week has brought. */
export function writeStories(dir, language, from) {
  const w = words(language);
  w.stories.forEach((s, i) => {
    const more = { section: w.sections[sections[i]], authors: authors[i].map(a => w.authors[a]), value: 90 - 5 * i };
    if (pictures[i]) {
      fs.copyFileSync(path.join(from, pictures[i] + '.png'), path.join(dir, language, pictures[i] + '.png'));
      Object.assign(more, { image: pictures[i] + '.png', alt: s.alt, caption: s.caption, credit: w.credit });
    }
    writeStory(dir, language, i + 1, s, more, w.week ? article(w, i) : s.body);
  });
  if (!w.week) return;
  const { also, corrected } = w.week;
  writeStory(dir, elsewhere(language), 1, also, { section: w.sections[0], link: `https://coast.example/${language}/lighthouse`, value: 5 }, also.teaser);
  writeStory(dir, language, 9, { ...corrected, teaser: corrected.is }, { section: w.sections[0], correction: corrected.correction }, corrected.is);
}

// article makes an article of over 800 words, of all that an article is made of. It
// begins with its story's own words, by which it is told from the others; what follows
// are the week's, in another order for each.
function article(w, i) {
  const { heads, items, table, link } = w.week;
  const all = w.stories.flatMap((_, k) => { const s = w.stories[(i + k) % w.stories.length]; return [s.body, s.teaser]; });
  const row = cells => `| ${cells.join(' | ')} |`, [body, teaser] = all, own = [];
  while (own.join(' ').split(/\s+/).length < 110) own.push(body, `> ${teaser}`, `**${body}**`);
  const parts = [...own, `## ${heads[0]}`, ...all.slice(2), `## ${heads[1]}`, items.map(t => `- ${t}`).join('\n'),
    [row(table[0]), '|---|---|', ...table.slice(1).map(row)].join('\n'), `### ${heads[2]}`];
  for (let k = 1, n = parts.join(' ').split(/\s+/).length; n < 820; k += 3) {
    parts.push(all[k % all.length] + ' ' + all[(k + 5) % all.length]);
    n += parts.at(-1).split(/\s+/).length;
  }
  return [...parts, `[${link}](${links}/about)`].join('\n\n');
}

/** The editor's file for an edition: a script's, which names changes alone. */
export function edit(language, corrected) {
  const { week } = words(language);
  return JSON.stringify({
    intro: week.intro.replace('{links}', links),
    add: [{ link: 'https://ropes.example/works', title: week.sponsor.title, teaser: week.sponsor.teaser, sponsor: week.sponsor.name, section: words(language).sections[1] }],
    corrections: { [corrected]: week.corrected.correction },
  });
}

// greeted is what a greeting alone says: a name with a mark behind it.
const greeted = w => new RegExp(`${w.authors[0]}\\s*[,،!]`);

/** What a mail lacks of what was put into its edition, or has though its variant has not. */
export function amiss(m) {
  if (m.name.startsWith('demo')) return [];
  const w = words(m.language), flat = s => s.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '), variant = m.variant.replace('-quiet', '');
  const must = { appeal: [w.support.title, m.variant === variant && variant !== 'private'] };
  w.stories.forEach((s, i) => { must[`story ${i + 1}`] = [s.title, true]; });
  if (w.week) {
    Object.assign(must, {
      sponsored: [w.week.sponsor.title, true], label: [w.week.sponsor.name, true], correction: [w.week.corrected.correction, true],
      intro: [w.week.intro.split('\n').at(-1).replaceAll('*', ''), m.theme !== 'brief'], greeting: [greeted(w), m.theme !== 'brief' && variant !== 'private'],
      also: [w.week.also.title, m.theme !== 'brief' || variant === 'full'], article: [w.week.heads[1], variant === 'full'],
    });
  }
  return Object.entries(must).flatMap(([what, [said, wanted]]) => [m.html, m.text].filter(Boolean).filter(part => (said.test ? said.test(flat(part)) : flat(part).includes(said)) !== wanted)
    .map(part => `${wanted ? 'no ' : ''}${what} in the ${part === m.html ? 'HTML' : 'text'}`));
}
