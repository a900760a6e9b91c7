package templates

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"golang.org/x/net/html"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// marked are the catalogues with marks around everything that they say: ⟦By ⟧{names}.
func marked(t *testing.T) *words.Set {
	t.Helper()
	said := regexp.MustCompile(`(\{[a-z]+\})|[^{]+`)
	mark := func(s string) string {
		return said.ReplaceAllStringFunc(s, func(piece string) string {
			if strings.HasPrefix(piece, "{") {
				return piece
			}
			return "⟦" + piece + "⟧"
		})
	}
	dir := fstest.MapFS{}
	for _, lang := range words.Builtin().Languages() {
		c := *words.For(lang)
		v := reflect.ValueOf(&c).Elem()
		for i := range v.NumField() {
			switch f := v.Field(i).Addr().Interface().(type) {
			case *string:
				if name := v.Type().Field(i).Name; name != "Language" && name != "Dir" {
					*f = mark(*f)
				}
			case *[]string:
				list := slices.Clone(*f)
				for j := range list {
					list[j] = mark(list[j])
				}
				*f = list
			case *words.Forms:
				forms := words.Forms{}
				for form, s := range *f {
					forms[form] = mark(s)
				}
				*f = forms
			}
		}
		text, err := yaml.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		dir[lang+".yaml"] = &fstest.MapFile{Data: text}
	}
	set, wrong := words.Load(dir, "marked")
	if wrong != nil {
		t.Fatal(wrong[0])
	}
	return set
}

// wordless is an edition, its look and links without a letter: whatever letter a reader
// sees comes from a catalogue, or from our own code.
func wordless() (digest.Revision, Look, Links) {
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	picture := &digest.Image{URL: "https://news.example/a.jpg", Alt: "11", Caption: "12", Credit: "13", Width: 1200, Height: 675}
	article := strings.Repeat("<p>"+strings.Repeat("21 ", 400)+"</p>", 60)
	item := func(img *digest.Image) digest.Item {
		return digest.Item{
			Story: digest.Story{Title: "31", URL: "https://news.example/31", Teaser: "32", HTML: article, Authors: []string{"33", "34", "35"}, Image: img, Published: at, Correction: "36"},
			Also:  []digest.Link{{Title: "37", URL: "https://other.example/"}}, Kicker: "38", Section: "39",
		}
	}
	lead, paid := item(picture), item(nil)
	paid.Story.Sponsor = "41"
	rev := digest.Revision{
		Newsletter: "weekly", Title: "51", Slot: "2026-11-01T09:00", At: at, Intro: "52 *53* [54](https://news.example/).\n\n- 55", Lead: &lead,
		Blocks: []digest.Block{{Name: "56", Items: []digest.Item{
			item(picture), item(picture), item(picture), item(nil), paid, {Story: digest.Story{Title: "57", URL: "https://news.example/57"}},
		}}},
		Corrections: []digest.Correction{{Story: lead.Story, At: at, Text: "58"}},
	}
	amount := []Amount{{Sum: "61", URL: "https://pay.example/"}}
	look := Look{
		Title: "71", Tagline: "72", Draft: true,
		Footer:  Footer{Address: "73\n74", PrivacyURL: "https://news.example/privacy", Contact: "desk@news.example", Note: "75"},
		Support: &Appeal{Title: "76", Text: "77", Once: amount, Monthly: amount, Annual: amount},
	}
	links := linksOf()
	links.Greeting = "81"
	return rev, look, links
}

// TestEverythingIsInTheNewslettersLanguage renders every mail, letter and page in
// every language and theme, and finds any letter that no catalogue says.
func TestEverythingIsInTheNewslettersLanguage(t *testing.T) {
	set := marked(t)
	form := Form{Action: "/post", Hidden: []Hidden{{Name: "token", Value: "t"}}}
	for _, name := range ThemeNames() {
		theme, err := Load(name, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range words.Builtin().Languages() {
			rev, look, links := wordless()
			rev.Language = lang
			check := func(what string, r Rendered, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				for part, text := range map[string]string{"subject": r.Subject, "preheader": r.Preheader, "HTML": seenOf(r.HTML), "text": r.Text} {
					if left := unsaid(text); left != "" {
						t.Errorf("%s, %s, the %s of %s: %q is in no catalogue", name, lang, part, what, left)
					}
				}
			}
			for _, v := range []Variant{Digest, Full, TextOnly, Private, Web} {
				r, err := theme.Render(rev, v, look, links)
				check(string(v), r, err)
				if v == Full && len(r.Shortened) == 0 {
					t.Error("no article is shortened, and the words for that are not tried")
				}
			}
			greeting := set.For(lang).Greet("91")
			for what, l := range map[string]Letter{
				"confirmation": Confirmation{Newsletters: []string{"92", "93", "94"}, URL: "https://news.example/c", Greeting: greeting},
				"welcome":      Welcome{Newsletter: "96", Latest: digest.Link{Title: "97", URL: "https://news.example/e"}, Greeting: greeting},
				"data":         DataCopy{Newsletter: "98", JSON: "99"},
				"erased":       Erased{Newsletter: "90", Never: true},
				"neutral":      Neutral{Letter: Erased{Newsletter: "90"}, Subject: "89"},
				"goodbye":      Goodbye{Newsletter: "95", Undo: "https://news.example/b", Greeting: greeting},
			} {
				r, err := theme.Letter(l, look, lang)
				check(what, r, err)
			}
			site := Site{Look: look, Language: lang, Stylesheet: "/s.css", Home: "/", Subscribe: "/subscribe", Archive: "/archive", Privacy: "/privacy"}
			for what, p := range wordlessPages(form, rev.At) {
				var b strings.Builder
				err := theme.Page(&b, site, p)
				check("page "+what, Rendered{HTML: b.String()}, err)
			}
		}
	}
}

// wordlessPages is every page in every state.
func wordlessPages(form Form, at time.Time) map[string]Page {
	options := []Option{{Name: "a", Title: "1", About: "2", On: true}, {Name: "b", Title: "3"}}
	formats := []Variant{Digest, Full, TextOnly, Private}
	all := map[string]Page{
		"empty archive": ArchivePage{},
		"erased, kept":  ErasedPage{Never: true},
		"hidden":        AppealPage{Form: form, Choice: AppealChoice{Weeks: 5, Until: Moment(at)}, Saved: true},
		"never":         AppealPage{Form: form, Choice: AppealChoice{Weeks: 1, Never: true}},
		"preferences":   PreferencesPage{Form: form, Newsletters: options, Formats: formats, Format: TextOnly, Pause: PauseChoice{Until: Moment(at), Weeks: []int{1, 2, 4}}, Export: "/x", Erase: "/d", Appeal: &AppealChoice{Weeks: 8, Until: Moment(at)}, Saved: true},
	}
	for _, problem := range []Problem{NoProblem, BadAddress, NoneChosen, TooManyAsks} {
		all["subscribe "+string(problem)] = SubscribePage{Form: form, Newsletters: options, AskName: true, Formats: formats, Format: Digest, Problem: problem, Preview: "/e"}
	}
	for name, p := range pagesOf() {
		if _, have := all[name]; have || name == "subscribe" {
			continue
		}
		switch page := p.(type) {
		case ConfirmPage:
			page.Newsletters = []string{"4", "5"}
			p = page
		case ConfirmedPage:
			page.Newsletters = []string{"6"}
			p = page
		case UnsubscribePage:
			page.Newsletter = "7"
			p = page
		case UnsubscribedPage:
			page.Newsletter = "8"
			p = page
		case ReturnPage:
			page.Newsletter = "9"
			p = page
		case DetourPage:
			page.Title, page.Tries, page.Story.HTML = "", []string{"https://10.example/11"}, "<p>12</p>"
			p = page
		case EmbedPage:
			continue // it is HTML: what it says is on the sign-up page, too
		case PrivacyPage:
			p = PrivacyPage{Markdown: "14"}
		case ArchivePage:
			p = ArchivePage{Feed: "/a/feed", Editions: []ArchiveEntry{{Subject: "10", URL: "/10", At: at, Stories: 3}}}
		}
		all[name] = p
	}
	return all
}

// spokenAttrs are read out, or shown.
var spokenAttrs = []string{"alt", "title", "aria-label", "aria-roledescription", "aria-description", "placeholder"}

// seenOf is what a reader of a page sees or hears, piece by piece.
func seenOf(page string) string {
	var seen []string
	silent := false
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(seen, "\n")
		case html.TextToken:
			if !silent {
				seen = append(seen, string(z.Text()))
			}
		case html.EndTagToken:
			silent = false
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			silent = tok.Data == "style" || tok.Data == "script"
			about := ""
			for _, a := range tok.Attr {
				if a.Key == "name" || a.Key == "property" {
					about = a.Val
				}
			}
			for _, a := range tok.Attr {
				described := a.Key == "content" && slices.Contains([]string{"description", "og:title", "og:description", "og:site_name"}, about)
				if slices.Contains(spokenAttrs, a.Key) || described {
					seen = append(seen, a.Val)
				}
			}
		}
	}
}

var (
	saidMark = regexp.MustCompile(`(?s)⟦.*?⟧`)
	address  = regexp.MustCompile(`(https?://|mailto:)\S+`)
)

// unsaid is what is left of a text without what catalogues say and without addresses,
// if there is a letter in it.
func unsaid(text string) string {
	left := address.ReplaceAllString(saidMark.ReplaceAllString(text, ""), "")
	if i := strings.IndexFunc(left, unicode.IsLetter); i >= 0 {
		return strings.TrimSpace(left[max(0, i-20):min(len(left), i+60)])
	}
	return ""
}
