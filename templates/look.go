package templates

// Look is what a newsroom changes without touching a partial. The zero value of
// every field but Title keeps the default.
type Look struct {
	Theme   string // a built-in theme, whose colours and fonts stand where there are none here; empty: DefaultTheme
	Title   string // the newsletter's name for readers; required
	Tagline string // one line under it

	LogoURL    string // https address at the newsroom's own site; empty: the title is set in type
	LogoAlt    string // what the logo says; empty: Title
	LogoWidth  int    // pixels as shown, 560 at most
	LogoHeight int

	Light, Dark Palette
	Fonts       Fonts
	Footer      Footer
	Support     *Appeal // nil: no appeal

	Neutral bool // subject and preheader do not say what is in the mail, and nor may what an inbox shows behind them

	Draft bool // marks the mail, above everything, as not sent to readers
}

// Palette holds colours as "#rrggbb". Every one that text is set in must reach a
// contrast of 4.5 to 1 on Paper (WCAG 2.2, 1.4.3): Check computes it.
type Palette struct {
	Paper  string // background
	Ink    string // text
	Muted  string // bylines, captions, footer
	Accent string // kickers, section names, links
	Rule   string // thin lines; decoration, held to no contrast
}

// Fonts are font stacks as CSS has them, without quotes: "Georgia, Times New
// Roman, serif". No font is ever fetched: name what readers' machines have.
type Fonts struct {
	Head string // headlines and masthead
	Body string // running text
	Note string // bylines, section names, footer
}

// Footer is the end of every mail.
type Footer struct {
	Address    string // postal address, which many laws ask for; its line breaks are kept
	PrivacyURL string
	Contact    string // mail address that people read
	Note       string // a line of the newsroom's own
}

// Appeal asks for support: every amount is a link to the newsroom's own payment
// page.
type Appeal struct {
	Title   string
	Text    string
	Once    []Amount
	Monthly []Amount
	Annual  []Amount
	Remind  int // weeks for which "remind me later" hides it; 0: DefaultRemind
}

// DefaultRemind is how many weeks "remind me later" means where nobody says.
const DefaultRemind = 8

// Weeks is how many weeks "remind me later" means.
func (a *Appeal) Weeks() int {
	if a.Remind > 0 {
		return a.Remind
	}
	return DefaultRemind
}

// Amount is one button of an appeal.
type Amount struct {
	Sum   string // "10 €": the button says "10 € a month", in the newsletter's language
	Label string // what the button says, in place of a sum: "Another amount"
	URL   string
}

// Links are the addresses around the stories. Unsubscribe, Preferences and Appeal may
// hold merge markers, which must be made of letters and digits alone so that no
// escaping touches them. An empty link leaves its words out.
type Links struct {
	Web         string // the edition on the web: one address for all readers
	Unsubscribe string
	Preferences string
	Appeal      string // where one reader hides the appeal: a merge marker, as Preferences
	Home        string // the newsroom's site
	Privacy     string // empty: Look.Footer.PrivacyURL
	Pictures    string // begins the addresses of the pictures that articles may show; empty: none
	Greeting    Greeting
}

// Greeting is a merge marker of letters and digits that the mailer replaces, for
// each reader, by a whole line ("Dear Ada,"; words.Catalogue.Greet makes it) or
// by nothing. Empty: the mail greets nobody.
type Greeting string
