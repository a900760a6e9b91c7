// Mails that were good, each spoiled for one judge, who must say so.
import fs from 'node:fs';
import path from 'node:path';

// change replaces once, and fails where there is nothing to replace.
function change(text, from, to) {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to spoil: no ${from}`);
  return changed;
}

const raws = [
  ['headers', 'one click is spelled wrongly', /one click/, m => change(m, 'List-Unsubscribe=One-Click', 'List-Unsubscribe=Yes')],
  ['headers', 'a header line is long', /lines of 78/, m => change(m, 'Feedback-ID:', 'X-Long: ' + 'word '.repeat(20) + 'end\r\nFeedback-ID:')],
  ['headers', 'the program names itself', /program or machine/, m => change(m, 'Feedback-ID:', 'X-Mailer: Broadsheet\r\nFeedback-ID:')],
  ['headers', 'HTML stands before text', /text first/, m => change(change(m, 'Content-Type: text/plain', 'Content-Type: text/x'), 'Content-Type: text/html', 'Content-Type: text/plain')],
  ['headers', 'the text lacks the link to the site', /every link is in the text/, m => change(m, /(Content-Type: text\/plain[\s\S]*?\r\n)https:\/\/[^/\r]+\/?\r\n/, '$1')],
  ['headers', 'Reply-To is not signed', /signed: reply-to/, m => change(m, /Reply-To:Reply-To:/, '')],
  ['opendkim', 'a word was changed on the way', /does not verify/, m => change(m, /\r\n\r\n([\s\S]*)Harbour/, '\r\n\r\n$1Habrour')],
  ['opendkim', 'the subject was changed on the way', /does not verify/, m => change(m, 'Subject: ', 'Subject: Not ')],
  ['spamassassin', 'nobody signed it', /DKIM_VALID_AU|DMARC/, m => change(m, /^DKIM-Signature:[\s\S]*?\r\n(?=[A-Z])/, '')],
  ['spamassassin', 'another domain is its author', /DMARC_PASS/, m => change(m, /^From:.*$/m, 'From: The Bank <bank@example.com>')],
  ['spamassassin', 'it says what spam says', /points/, m => change(m, /\r\n--=_[^\r]*--\r\n$/, s => '\r\nXJS*C4JDBQADN1.NSBNXJTA*NEMARTIN*C.34X\r\n' + s)],
  ['terminal', 'markup in the text', /neomutt shows/, m => change(m, /(Content-Type: text\/plain[^\r]*\r\n\r\n)/, '$1<p class=3D"x">&nbsp;Hello</p>\r\n')],
  ['lint', 'one click is missing', /one-click/, m => change(m, /^List-Unsubscribe-Post:.*\r\n/m, '')],
  ['lint', 'a header line is long', /line-78/, m => change(m, 'Feedback-ID:', 'X-Long: ' + 'word '.repeat(20) + 'end\r\nFeedback-ID:')],
];

const pages = [
  ['size', 'ten more kilobytes', /allowed/, h => change(h, '</body>', `<p lang="en" dir="ltr">${'ten '.repeat(2500)}</p></body>`)],
  ['html-validate', 'an element is not closed', /close-order/, h => change(h, '</h1>', '')],
  ['html-validate', 'an id is there twice', /no-dup-id/, h => change(h, /<h3/g, '<h3 id="a"')],
  ['caniemail', 'a grid', /Gmail lacks|Outlook apps lacks/, h => change(h, '<h1 class', '<h1 data-x="" class').replace(/<div style="padding/, '<div style="position:fixed;mix-blend-mode:multiply;padding')],
  ['caniemail', 'five features that Outlook for Windows lacks', /Outlook for Windows lacks/, h => change(h, /<div style="padding/, '<div style="float:left;overflow:hidden;min-width:10px;opacity:.9;border-radius:3px;box-shadow:0 0 1px red;padding')],
  ['axe', 'pale words', /color-contrast/, h => change(h, /color:#625c52/g, 'color:#bbbbbb')],
  ['axe', 'pale words in the dark alone', /dark: color-contrast/, h => change(h, /(prefers-color-scheme:dark\)\{[\s\S]*?\.m\{color:)#[0-9a-f]{6}/, '$1#3a3a3a')],
  ['axe', 'a picture without words', /image-alt/, h => change(h, /<img([^>]*) alt="[^"]*"/, '<img$1')],
  ['axe', 'a column that is as wide as a desk', /stands out/, h => change(h, 'max-width:648px', 'min-width:648px')],
  ['markup', 'a table of data, by its looks', /tables are for show/, h => change(h, / role="none"/g, '')],
  ['markup', 'no direction within the body', /lang and dir/, h => change(h, /(role="article"[^>]*) dir="ltr"/, '$1')],
  ['markup', 'a link that says nothing', /where they go/, h => change(h, /(<h3[^>]*><a[^>]*>)[^<]*/, '$1Read more')],
  ['markup', 'a link that is not underlined', /underlined/, h => change(h, /(<p class="m"[^>]*><a[^>]*)text-decoration:underline/, '$1text-decoration:none')],
  ['markup', 'no zoom', /zoom/, h => change(h, 'initial-scale=1', 'initial-scale=1, maximum-scale=1')],
];

const secluded = [
  ['a picture from the site', /fetches https/, h => change(h, /src="cid:[^"]*"/, 'src="https://news.observer.example/m/1.jpg"')],
  ['a link that names the reader', /reader's own/, h => change(h, /href="https:\/\/observer[^"]*"/, 'href="https://news.observer.example/p/en0/YMcSsPOqNWZSzQSzlkjjXERzalGfKxGhVXU"')],
];

/** The spoiled mails, each with the judge who must object and what it must say. */
export function spoiled(mails, dir) {
  const good = mails.find(m => m.name === 'en broadsheet digest'), hidden = mails.find(m => m.name === 'en broadsheet private');
  return [
    ...raws.map(([judge, by, expect, spoil], i) => {
      const file = path.join(dir, `spoiled-${i}.eml`);
      fs.writeFileSync(file, spoil(good.raw), 'latin1');
      return { ...good, judge, by, expect, file, html: '' };
    }),
    ...pages.map(([judge, by, expect, spoil]) => ({ ...good, judge, by, expect, html: spoil(good.html) })),
    ...secluded.map(([by, expect, spoil]) => ({ ...hidden, judge: 'private', by, expect, html: spoil(hidden.html) })),
  ];
}
