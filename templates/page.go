package templates

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// pageView is what the partials of a page read.
type pageView struct {
	W         *words.Catalogue
	Lang, Dir string
	Look      Look
	Site      Site
	Page      any // the page, as its partial reads it
	Title     string
	Address   []string
}

// Page writes a readers' page: complete HTML, without script or inline style, so
// that "default-src 'none'; style-src 'self'; img-src https:; form-action 'self'"
// may guard it. (An edition on the web, the variant Web, has its styles inline and
// needs "style-src 'unsafe-inline'".)
func (t *Theme) Page(w io.Writer, site Site, p Page) error {
	look := site.Look
	look.Theme = t.name
	look = look.withDefaults()
	if err := look.Check(); err != nil {
		return fmt.Errorf("the look of a page: %w", err)
	}
	c := t.spoken.For(site.Language)
	look.Title = clean(look.Title, titleRunes)
	look.LogoURL = link(look.LogoURL, site.Home)
	v := &pageView{W: c, Lang: c.Language, Dir: c.Dir, Look: look, Site: site, Page: seen(p, c), Address: lines(look.Footer.Address)}
	v.Title = p.title(v)
	out, err := t.execute("page-"+p.partial()+".html", v)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, out)
	return err
}

// archiveView is an ArchivePage in words.
type archiveView struct {
	Editions []archiveLine
	Feed     string
}

type archiveLine struct {
	Subject, URL string
	About        string // "Friday, 27 November 2026 · 8 stories"
}

// seen is a page as its partial reads it: with no time, see [Moment].
func seen(p Page, w *words.Catalogue) any {
	if d, ok := p.(DetourPage); ok {
		return d.view(w)
	}
	if p, ok := p.(PrivacyPage); ok {
		return p.view()
	}
	archive, ok := p.(ArchivePage)
	if !ok {
		return p
	}
	v := archiveView{Feed: archive.Feed}
	for _, e := range archive.Editions {
		line := archiveLine{Subject: e.Subject, URL: e.URL, About: w.Date(e.At)}
		if e.Stories > 0 {
			line.About += " · " + w.StoryCount(e.Stories)
		}
		v.Editions = append(v.Editions, line)
	}
	return v
}

// One fills a phrase with the title of a newsletter.
func (v *pageView) One(phrase, title string) string {
	return words.Fill(clean(phrase, lineRunes), "title", clean(title, titleRunes))
}

// All fills a phrase with the titles of several.
func (v *pageView) All(phrase string, titles []string) string {
	return v.One(phrase, v.W.List(titles))
}

// Indexed tells whether search engines may list the page.
func (v *pageView) Indexed() bool {
	switch v.Page.(type) {
	case SubscribePage, archiveView, privacyView:
		return true
	}
	return false
}

// Complaint is what a form lacks, in words.
func (v *pageView) Complaint() string {
	switch p := v.Page.(type) {
	case SubscribePage:
		return map[Problem]string{BadAddress: v.W.ProblemAddress, NoneChosen: v.W.ProblemChoice, TooManyAsks: v.W.ProblemLimit}[p.Problem]
	case PreferencesPage:
		if p.Problem == BadDay {
			return words.Fill(v.W.ProblemDay, "day", p.Pause.First)
		}
	}
	return ""
}

// BadAddress tells whether the address field is at fault.
func (v *pageView) BadAddress() bool {
	p, ok := v.Page.(SubscribePage)
	return ok && p.Problem == BadAddress
}

// BadDay tells whether the day until which a reader pauses is at fault.
func (v *pageView) BadDay() bool {
	p, ok := v.Page.(PreferencesPage)
	return ok && p.Problem == BadDay
}

// format is a form of the mail to choose.
type format struct {
	Name  Variant
	Title string
	On    bool
}

// Formats are those of the page to choose from; none where there is no choice.
func (v *pageView) Formats() []format {
	var offered []Variant
	var chosen Variant
	switch p := v.Page.(type) {
	case SubscribePage:
		offered, chosen = p.Formats, p.Format
	case PreferencesPage:
		offered, chosen = p.Formats, p.Format
	}
	if len(offered) < 2 {
		return nil
	}
	titles := map[Variant]string{Digest: v.W.FormatDigest, Full: v.W.FormatFull, TextOnly: v.W.FormatText, Private: v.W.FormatPrivate}
	all := make([]format, len(offered))
	for i, name := range offered {
		all[i] = format{name, titles[name], name == chosen}
	}
	return all
}

// Later is "Remind me in 8 weeks".
func (v *pageView) Later(c AppealChoice) string { return v.W.Count(v.W.AppealLater, c.Weeks) }

// AppealState says that the appeal is hidden, and how long; empty where it is shown.
func (v *pageView) AppealState(c AppealChoice) string {
	switch {
	case c.Never:
		return v.W.AppealHidden
	case c.Hidden():
		return words.Fill(v.W.AppealUntil, "date", v.W.Date(time.Time(c.Until)))
	}
	return ""
}

// PrivacyURL is where the privacy policy is; empty: there is none.
func (v *pageView) PrivacyURL() string {
	return firstOf(v.Site.Privacy, v.Look.Footer.PrivacyURL)
}

// Feed is the address of the page's Atom feed; empty where it has none.
func (v *pageView) Feed() string {
	if a, ok := v.Page.(archiveView); ok {
		return a.Feed
	}
	return ""
}

// AgreeBefore and AgreeAfter stand around the link in "By subscribing you agree to the
// privacy policy."
func (v *pageView) AgreeBefore() string {
	before, _, _ := strings.Cut(v.W.Agree, "{privacy}")
	return before
}

// AgreeAfter see AgreeBefore.
func (v *pageView) AgreeAfter() string {
	_, after, _ := strings.Cut(v.W.Agree, "{privacy}")
	return after
}

// Pause is "Send nothing for 4 weeks".
func (v *pageView) Pause(weeks int) string { return v.W.Count(v.W.PauseWeeks, weeks) }

// Paused says until when.
func (v *pageView) Paused(c PauseChoice) string {
	return words.Fill(v.W.PauseUntil, "date", v.W.Date(time.Time(c.Until)))
}

// FootLinks are the links under every page.
func (v *pageView) FootLinks() []digest.Link {
	all := []digest.Link{
		{Title: words.Fill(v.W.Visit, "title", v.Look.Title), URL: v.Site.Home},
		{Title: v.W.SubscribeButton, URL: v.Site.Subscribe},
		{Title: v.W.ArchiveLink, URL: v.Site.Archive},
		{Title: v.W.Privacy, URL: v.PrivacyURL()},
	}
	var some []digest.Link
	for _, l := range all {
		if l.URL != "" {
			some = append(some, l)
		}
	}
	return some
}

func (SubscribePage) title(v *pageView) string     { return v.One(v.W.SubscribeTitle, v.Look.Title) }
func (EmbedPage) title(v *pageView) string         { return v.W.EmbedTitle }
func (ExportPage) title(v *pageView) string        { return v.W.ExportTitle }
func (ExportedPage) title(v *pageView) string      { return v.W.ExportedTitle }
func (ErasePage) title(v *pageView) string         { return v.W.EraseTitle }
func (ErasedPage) title(v *pageView) string        { return v.W.ErasedTitle }
func (CheckMailPage) title(v *pageView) string     { return v.W.CheckTitle }
func (ConfirmPage) title(v *pageView) string       { return v.W.ConfirmTitle }
func (ConfirmedPage) title(v *pageView) string     { return v.W.ConfirmedTitle }
func (p UnsubscribePage) title(v *pageView) string { return v.One(v.W.UnsubscribeTitle, p.Newsletter) }
func (UnsubscribedPage) title(v *pageView) string  { return v.W.UnsubscribedTitle }
func (p ReturnPage) title(v *pageView) string      { return v.One(v.W.ReturnTitle, p.Newsletter) }
func (PreferencesPage) title(v *pageView) string   { return v.W.PreferencesTitle }
func (AppealPage) title(v *pageView) string        { return v.W.AppealTitle }
func (ArchivePage) title(v *pageView) string       { return v.W.ArchiveTitle }
func (NotFoundPage) title(v *pageView) string      { return v.W.NotfoundTitle }
func (ExpiredPage) title(v *pageView) string       { return v.W.ExpiredTitle }
func (ErrorPage) title(v *pageView) string         { return v.W.ErrorTitle }
