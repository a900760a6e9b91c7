package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// partialDoc is what a newsroom is told of a partial.
type partialDoc struct {
	about string
	data  reflect.Type // what it is given
	named string       // what that is called
}

var (
	ofEdition  = partialDoc{data: reflect.TypeFor[edition](), named: "the edition"}
	ofSection  = partialDoc{data: reflect.TypeFor[section](), named: "a section"}
	ofRow      = partialDoc{data: reflect.TypeFor[row](), named: "a row of a section"}
	ofStory    = partialDoc{data: reflect.TypeFor[story](), named: "a story"}
	ofPicture  = partialDoc{data: reflect.TypeFor[shown](), named: "a story with .Pic, its picture at a size"}
	ofHeadline = partialDoc{data: reflect.TypeFor[story](), named: "a story, or a correction"}
	ofLetter   = partialDoc{data: reflect.TypeFor[letter](), named: "the letter"}
	ofPage     = partialDoc{data: reflect.TypeFor[pageView](), named: "the page"}
	ofForm     = partialDoc{data: reflect.TypeFor[Form](), named: "a form"}
	ofChoices  = partialDoc{data: reflect.TypeFor[Option](), named: "a list of newsletters, each with"}
)

func (d partialDoc) is(about string) partialDoc {
	d.about = about
	return d
}

var partialDocs = map[string]partialDoc{
	"wrapper.html":     ofEdition.is("the whole mail: head, and the order of all that follows"),
	"style.html":       ofEdition.is("what phones, dark mode and printers do otherwise"),
	"social.html":      ofEdition.is("what other sites show of the page on the web"),
	"preheader.html":   ofEdition.is("the line beside the subject in a mailbox"),
	"masthead.html":    ofEdition.is("title or logo, tagline, date, link to the web"),
	"nameplate.html":   ofEdition.is("the logo, or the title"),
	"intro.html":       ofEdition.is("the greeting and the editor's words"),
	"lead.html":        ofStory.is("the first story"),
	"section.html":     ofSection.is("a section: its heading and rows"),
	"pair.html":        ofRow.is("two stories side by side"),
	"column.html":      ofStory.is("one of two stories side by side"),
	"single.html":      ofStory.is("a story on its own, its picture at the side"),
	"story.html":       ofStory.is("the words of a story, in a pair or on its own"),
	"brief.html":       ofStory.is("a story with nothing but a headline"),
	"headline.html":    ofHeadline.is("a headline with its link"),
	"lang.html":        ofHeadline.is("the language of a story in another language"),
	"picture.html":     ofPicture.is("a picture"),
	"after.html":       ofStory.is("under a story: byline, correction, also covered"),
	"full.html":        ofEdition.is("the stories of the full text: contents, articles"),
	"sponsor.html":     ofStory.is("what a sponsor paid for: the label, then the story without it"),
	"article.html":     ofStory.is("a story with its article"),
	"corrections.html": ofEdition.is("what the edition takes back of earlier ones"),
	"appeal.html":      ofEdition.is("the appeal for support"),
	"footer.html":      ofEdition.is("why the reader gets it, the links, the postal address"),
	"letter.html":      ofLetter.is("a mail to one person: confirmation, goodbye"),

	"page-top.html":          ofPage.is("how every readers' page begins"),
	"page-bottom.html":       ofPage.is("how every readers' page ends"),
	"page-name.html":         ofPage.is("the logo or title above a page"),
	"page-hidden.html":       ofForm.is("what a form carries unseen"),
	"page-choices.html":      ofChoices.is("newsletters to tick"),
	"page-hiding.html":       ofPage.is("what becomes of the appeal for support"),
	"page-formats.html":      ofPage.is("the forms of the mail to choose from"),
	"page-subscribe.html":    ofPage.is("the sign-up"),
	"page-checkmail.html":    ofPage.is("after a sign-up: look into your mailbox"),
	"page-confirm.html":      ofPage.is("the button that confirms"),
	"page-confirmed.html":    ofPage.is("it is confirmed"),
	"page-preferences.html":  ofPage.is("what comes, and in what form"),
	"page-appeal.html":       ofPage.is("hiding the appeal for support"),
	"page-unsubscribe.html":  ofPage.is("the button that leaves"),
	"page-unsubscribed.html": ofPage.is("the reader has left, and may come back"),
	"page-return.html":       ofPage.is("the button that comes back"),
	"page-archive.html":      ofPage.is("earlier editions"),
	"page-detour.html":       ofPage.is("no mirror works: the addresses to try, and the story"),
	"page-pause.html":        ofPage.is("for how long nothing is sent"),
	"page-embed.html":        ofPage.is("the sign-up form, to copy into a page elsewhere"),
	"page-privacy.html":      ofPage.is("the privacy policy"),
	"page-export.html":       ofPage.is("the button that mails a reader their data"),
	"page-exported.html":     ofPage.is("a reader's data are on their way"),
	"page-erase.html":        ofPage.is("the button that deletes a reader"),
	"page-erased.html":       ofPage.is("the reader is deleted"),
	"page-notfound.html":     ofPage.is("there is no such page"),
	"page-expired.html":      ofPage.is("a link that no longer works"),
	"page-error.html":        ofPage.is("a fault of ours"),
}

// PartialInfo is a partial, for those who look for the one to change.
type PartialInfo struct {
	Name  string `json:"name"`
	About string `json:"about"`
	Data  string `json:"data"` // what it is given
}

// Infos lists a theme's partials: those of mails first, then those of pages.
func (t *Theme) Infos() []PartialInfo {
	var all []PartialInfo
	for _, name := range t.Partials() {
		d := partialDocs[name]
		all = append(all, PartialInfo{name, d.about, d.named})
	}
	slices.SortStableFunc(all, func(a, b PartialInfo) int {
		page := func(i PartialInfo) int { return strings.Count(i.Name, "page-") }
		return page(a) - page(b)
	})
	return all
}

// Copy is a built-in partial for a newsroom to change: under a comment, which no
// mail ever holds, on what it is, what data it has, and which text it was copied
// from.
func (t *Theme) Copy(name string) ([]byte, error) {
	text, err := t.Partial(name)
	if err != nil {
		return nil, err
	}
	d := partialDocs[name]
	var b strings.Builder
	fmt.Fprintf(&b, "{{/*\n%s of the theme %s: %s.\n", name, t.name, d.about)
	fmt.Fprintf(&b, "Copied from built-in %s; \"broadsheet theme diff\" shows how they differ.\n\n", stampOf(text))
	fmt.Fprintf(&b, "It is given %s:\n", d.named)
	if d.data == nil {
		return nil, fmt.Errorf("%s is not documented", name)
	}
	own, shared := d.names()
	writeNames(&b, own)
	if len(shared) > 0 {
		b.WriteString("and what is the edition's:\n")
		writeNames(&b, shared)
	}
	b.WriteString(".W has the words of the language (docs/themes.md), .Css \"name\" a style.\n")
	b.WriteString("*/ -}}\n")
	return append([]byte(b.String()), text...), nil
}

// names are the fields of the data, and those that it shares with the edition.
func (d partialDoc) names() (own, shared []string) {
	for _, f := range fields(d.data) {
		if d.data != ofEdition.data && len(f.Index) > 1 && d.data.Field(f.Index[0]).Type == reflect.TypeFor[*edition]() {
			shared = append(shared, "."+f.Name)
		} else {
			own = append(own, "."+f.Name)
		}
	}
	return own, shared
}

func writeNames(b *strings.Builder, names []string) {
	b.WriteString(wrapText(strings.Join(names, " "), "  ", "  ") + "\n")
}

// stampOf names a text by its hash.
func stampOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

var stamped = lazyregexp.New(`^\{\{/\*[^}]*Copied from built-in ([0-9a-f]{12})`)

// withoutHead is a partial's text without the comment that Copy puts above it.
func withoutHead(text string) string {
	if stamped.MatchString(text) {
		if _, rest, found := strings.Cut(text, "*/ -}}\n"); found {
			return rest
		}
	}
	return text
}

// Compared is a newsroom's partial beside the built-in one of its theme.
type Compared struct {
	Name, File   string
	Builtin, Own string
	Outdated     bool // the built-in one has changed since the copy was made
}

// Compare sets a newsroom's partials, in the folders that [Load] would take, beside those
// of a built-in theme. They need not make sense: the difference may show why.
func Compare(name string, folders ...Folder) ([]Compared, error) {
	base, err := Named(name)
	if err != nil {
		return nil, err
	}
	t := &Theme{builtin: base.builtin, partials: base.partials, own: map[string]ownPartial{}}
	for _, folder := range folders {
		if _, err := t.take(folder); err != nil {
			return nil, err
		}
	}
	return t.Compare(), nil
}

// Compare sets the newsroom's partials beside the built-in ones.
func (t *Theme) Compare() []Compared {
	var all []Compared
	for _, name := range t.Partials() {
		own, changed := t.own[name]
		if !changed {
			continue
		}
		text, err := t.Partial(name)
		if err != nil {
			continue // it is listed
		}
		c := Compared{Name: name, File: own.file, Builtin: string(text), Own: withoutHead(own.text)}
		if m := stamped.FindStringSubmatch(own.text); m != nil {
			c.Outdated = m[1] != stampOf(text)
		}
		all = append(all, c)
	}
	return all
}
