// Which mails are judged. A row is a newsletter that is made up, sent, and judged as
// its readers of each variant get it. Add a row for a new language or theme, and a
// name to the variants of a row for a new variant.

// The limits of SpamAssassin: words in Cyrillic or Arabic cost points by themselves.
const latin = -1.0, other = 0;

export const languages = {
  en: { spam: latin }, de: { spam: latin }, fr: { spam: latin },
  ru: { spam: other }, uk: { spam: other }, ar: { spam: other },
};

export const themes = ['broadsheet', 'plain', 'brief'];
const variants = ['digest', 'full', 'text', 'private'];

// Every variant in each language and theme; and in three scripts the newspaper as it
// comes to those who hid the appeal.
export const rows = Object.keys(languages).flatMap(language => themes.map(theme => (
  { language, theme, variants: [...variants, ...quiet(language, theme)] })));

function quiet(language, theme) {
  if (theme !== 'broadsheet' || !['en', 'ru', 'ar'].includes(language)) return [];
  return language === 'en' ? ['digest-quiet', 'full-quiet', 'text-quiet'] : ['digest-quiet'];
}

// What a mail may be at most.
export const limits = {
  htmlBytes: 25_000, // eight stories
  fullBytes: 80_000, // articles inside: Gmail clips near 102 kB, and links grow on the way
  outlookWindows: 4, // features that Outlook for Windows lacks
};
