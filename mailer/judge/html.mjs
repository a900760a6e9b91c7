// What programs say of a mail's HTML without showing it: html-validate, caniemail's
// data and @emailens/engine, and the accessibility rules that the Email Markup
// Consortium reports on.
import * as emailens from '@emailens/engine';
import { caniemail } from 'caniemail';
import * as cheerio from 'cheerio';
import { HtmlValidate } from 'html-validate';
import { limits } from './matrix.mjs';

// The rules that are off ask for what mail cannot do, or is better without.
const validator = new HtmlValidate({
  root: true, extends: ['html-validate:recommended'], elements: ['html5'],
  rules: {
    'no-inline-style': 'off', // mail clients want it
    'no-conditional-comment': 'off', // Outlook
    'no-deprecated-attr': 'off', // cellpadding and the like: Outlook
    'prefer-native-element': 'off', // role="article" on a div: webmail drops article
    'prefer-tbody': 'off', 'doctype-style': 'off', 'void-style': 'off', 'attr-quotes': 'off', 'no-trailing-whitespace': 'off', 'tel-non-breaking': 'off', 'long-title': 'off',
    'wcag/h30': 'error', 'wcag/h36': 'error', 'wcag/h37': 'error', 'wcag/h67': 'error',
  },
});

export async function validate(mail) {
  const report = await validator.validateString(mail.html);
  const found = report.results.flatMap(r => r.messages.map(m => `${m.ruleId} at ${m.line}: ${m.message}`));
  return { figures: `${found.length} errors`, objections: found };
}

const clients = {
  Gmail: ['gmail.desktop-webmail', 'gmail.ios', 'gmail.android'],
  Apple: ['apple-mail.macos', 'apple-mail.ios'],
  'Outlook apps': ['outlook.ios', 'outlook.android', 'outlook.macos'],
  'Outlook for Windows': ['outlook.windows'],
  Yahoo: ['yahoo.desktop-webmail', 'yahoo.ios', 'yahoo.android'],
};
// No mail is without these.
const everywhere = new Set(['<body> element', '<style> element', '!important keyword', '<meta> element', '<link> element']);

export function compatibility(mail) {
  const lacks = {};
  for (const [family, some] of Object.entries(clients)) {
    const titles = some.flatMap(client => [...caniemail({ clients: [client], html: mail.html }).issues.errors.values()].flat().map(i => i.title));
    lacks[family] = [...new Set(titles)].filter(t => !everywhere.has(t));
  }
  const audit = emailens.auditEmail(mail.html);
  const objections = [];
  for (const family of ['Gmail', 'Apple', 'Outlook apps']) {
    if (lacks[family].length) objections.push(`${family} lacks ${lacks[family].join(', ')}`);
  }
  if (lacks['Outlook for Windows'].length > limits.outlookWindows) objections.push(`Outlook for Windows lacks ${lacks['Outlook for Windows'].join(', ')}`);
  if (audit.size.clipped) objections.push('Gmail clips it');
  for (const i of audit.accessibility.issues.filter(i => i.severity === 'error')) objections.push(`emailens: ${i.rule}`);
  const scores = Object.values(audit.compatibility.scores).map(s => s.score);
  return {
    figures: `lacking in ${Object.entries(lacks).map(([f, l]) => `${f} ${l.length}`).join(', ')}; emailens ${Math.min(...scores)} at least`,
    objections,
  };
}

export function size(mail) {
  const bytes = Buffer.byteLength(mail.html), most = mail.variant.startsWith('full') ? limits.fullBytes : limits.htmlBytes;
  return { figures: `${(bytes / 1000).toFixed(1)} kB of HTML`, objections: bytes > most ? [`${bytes} bytes of HTML; ${most} are allowed`] : [] };
}

// secluded asks of a private mail that it fetches nothing, and that no link but the one
// to leave tells whose mail it is.
export function secluded(mail) {
  const $ = cheerio.load(mail.html), objections = [];
  const pictures = $('img').toArray();
  for (const i of pictures) if (!/^cid:/.test(i.attribs.src ?? '')) objections.push(`fetches ${i.attribs.src}`);
  if ($('link, iframe, object, embed, script, [background]').length || /url\(|@import/i.test(mail.html)) objections.push('fetches something from elsewhere');
  const leave = /^List-Unsubscribe:\s*<(https:[^>]+)>/m.exec(mail.raw)[1];
  for (const a of $('a[href]').toArray()) {
    if (/[A-Za-z0-9_-]{30,}/.test(a.attribs.href) && a.attribs.href !== leave) objections.push(`a link of the reader's own: ${a.attribs.href}`);
  }
  return { figures: `${pictures.length} pictures inside, nothing fetched`, objections };
}

const vague = /^(click here|click|here|read more|more|learn more|this link|link|continue|view|details|далее|читать далее|подробнее|здесь|докладніше|тут|hier|mehr|weiterlesen|ici|lire la suite|المزيد|هنا|اقرأ المزيد)[\s.!»›→>]*$/i;

// markup asks what the Email Markup Consortium asks; each rule names what breaks it.
const markup = {
  'html has lang and dir': $ => $('html:not([lang]), html:not([dir])'),
  'all in the body has lang and dir': $ => $('body').children().filter((_, e) => !['style', 'script'].includes(e.tagName)).filter((_, e) => !$(e).attr('lang') || !/^(ltr|rtl|auto)$/.test($(e).attr('dir') ?? '')),
  'tables are for show': $ => $('table').filter((_, t) => !/^(none|presentation)$/.test($(t).attr('role') ?? '') && !$(t).find('th').length),
  'a title': $ => ($('head > title').text().trim() ? [] : ['title']),
  'one h1, first of all': $ => ($('h1').length === 1 && $('h1,h2,h3,h4,h5,h6').first().is('h1') ? [] : ['h1']),
  'no level of heading left out': $ => $('h1,h2,h3,h4,h5,h6').toArray().map(e => +e.tagName[1]).filter((level, i, all) => i && level > all[i - 1] + 1),
  'headings say something': $ => $('h1,h2,h3,h4,h5,h6').filter((_, h) => !$(h).text().trim() && !$(h).find('img[alt]').length),
  'links say where they go': $ => $('a[href]').filter((_, a) => !said($, a) || vague.test(said($, a))),
  'the same words lead to one place': $ => {
    const where = new Map();
    $('a[href]').each((_, a) => where.set(said($, a), new Set(where.get(said($, a))).add($(a).attr('href'))));
    return [...where].filter(([, to]) => to.size > 1).map(([words]) => words);
  },
  'links in a text are underlined': $ => $('p a, li a, td a').filter((_, a) => /text-decoration\s*:\s*none/.test($(a).attr('style') ?? '') && !$(a).closest('h1,h2,h3,h4,h5,h6').length),
  'pictures have alt, width and height': $ => $('img:not([alt]), img:not([width])'),
  'linked pictures have words': $ => $('a img').filter((_, i) => !$(i).attr('alt') && !$(i).closest('a').text().trim()),
  'alt is not the name of a file': $ => $('img[alt]').filter((_, i) => /\.(png|jpe?g|gif|webp)$|^(image|photo|picture)$/i.test($(i).attr('alt').trim())),
  'zoom is allowed': $ => $('meta[name=viewport]').filter((_, m) => /user-scalable\s*=\s*(no|0)|maximum-scale/.test($(m).attr('content'))),
  'text of 14 px at least': $ => $('[style]').filter((_, e) => /font(-size)?\s*:[^;]*?\b(\d+)px/.test($(e).attr('style')) && +/font(?:-size)?\s*:[^;]*?\b(\d+)px/.exec($(e).attr('style'))[1] < 14),
  'text is not justified': $ => $('[style*="justify"]'),
  'no script and no form': $ => $('script, form, input, iframe, object, embed'),
  'ids are there once': $ => $('[id]').toArray().map(e => e.attribs.id).filter((id, i, all) => all.indexOf(id) !== i),
};
const said = ($, a) => ($(a).text() + $(a).find('img').toArray().map(i => $(i).attr('alt') ?? '').join(' ') + ($(a).attr('aria-label') ?? '')).trim();

export function accessible(mail) {
  const $ = cheerio.load(mail.html), objections = [];
  for (const [rule, breakers] of Object.entries(markup)) {
    const n = breakers($).length;
    if (n) objections.push(`${rule}: broken ${n} times`);
  }
  if (/<v:(?![^>]*\balt=)/i.test(mail.html)) objections.push('VML without words');
  return { figures: `${Object.keys(markup).length} rules, ${objections.length} broken`, objections };
}
