// Which mails are judged. A row is a newsletter that is made up, sent, and judged as
// its readers of each variant get it. Add a row for a new language or theme, and a
// name to the variants of a row for a new variant.

// The limits of SpamAssassin: words in Cyrillic or Arabic cost points by themselves.
const latin = -1.0, other = 0;

export const languages = {
  en: { spam: latin }, de: { spam: latin }, fr: { spam: latin },
  ru: { spam: other }, uk: { spam: other }, ar: { spam: other },
};

// theme '' is the built-in one that needs no word in the configuration.
export const rows = [
  { language: 'en', theme: '', variants: ['digest', 'text'] },
  { language: 'ru', theme: '', variants: ['digest', 'text'] },
  { language: 'uk', theme: '', variants: ['digest'] },
  { language: 'de', theme: '', variants: ['digest'] },
  { language: 'fr', theme: '', variants: ['digest'] },
  { language: 'ar', theme: '', variants: ['digest', 'text'] },
];

// What a mail may be at most.
export const limits = {
  htmlBytes: 25_000, // eight stories
  fullBytes: 102_400 - 20_000, // articles inside: Gmail clips near 102 kB
  outlookWindows: 4, // features that Outlook for Windows lacks
};
