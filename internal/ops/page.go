package ops

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// lately is how many editions are looked at, newest first.
const lately = 12

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageCSS string

	pageOf = sync.OnceValue(func() *template.Template { // embedded and tested
		return template.Must(template.New("page").Funcs(template.FuncMap{"thousands": figures.Of[int64]}).Parse(pageText))
	})
	sheet = append(templates.Stylesheet(), pageCSS...)
)

// view is what the page shows.
type view struct {
	Site       string
	Stylesheet string
	Version    string
	Health     Health
	Readers    []readers
	Lines      []line
}

// readers counts the confirmed readers of a newsletter.
type readers struct {
	Title string
	Count int64
}

// line is one edition.
type line struct {
	Edition newsroom.EditionLine
	Sent    newsroom.Accounting
	At      string // its slot, in the newsletter's zone
	Forms   []templates.Variant
}

// Rest lists what became of those to whom the edition was not handed over.
func (view) Rest(a newsroom.Accounting) string {
	var parts []string
	for _, p := range []struct {
		n    int64
		word string
	}{
		{a.Queued, "queued"},
		{a.Deferred, "deferred"},
		{a.Rejected, "rejected"},
		{a.InDoubt, "in doubt"},
		{a.Skipped, "skipped"},
	} {
		if p.n > 0 {
			parts = append(parts, figures.Of(p.n)+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// editions serves the list of editions.
func (d *desk) editions(w http.ResponseWriter, r *http.Request) {
	v := view{
		Site: d.n.Config.Site.Host, Stylesheet: templates.NameStylesheet(sheet),
		Version: d.o.Version, Health: d.look(r),
	}
	err := d.fill(r, &v)
	var body bytes.Buffer
	if err == nil {
		err = pageOf().Execute(&body, v)
	}
	if err != nil {
		d.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes())
}

func (d *desk) fill(r *http.Request, v *view) error {
	counts, err := d.n.Count(r.Context())
	if err != nil {
		return err
	}
	for _, letter := range d.n.Config.Newsletters {
		one := readers{Title: letter.Title}
		for _, c := range counts {
			if c.Newsletter == letter.Name && c.State == store.Confirmed {
				one.Count = c.Count
			}
		}
		v.Readers = append(v.Readers, one)
	}
	editions, err := d.n.Editions(r.Context(), "", lately, false)
	if err != nil {
		return err
	}
	for _, e := range editions {
		a, err := d.n.Status(r.Context(), e.Edition)
		if err != nil {
			return err
		}
		name, _, _ := strings.Cut(e.Edition, "/")
		v.Lines = append(v.Lines, line{Edition: e, Sent: a, At: d.when(e), Forms: d.n.Mailed(name)})
	}
	return nil
}

// when is an edition's slot as its newsroom's clock shows it.
func (d *desk) when(e newsroom.EditionLine) string {
	name, _, _ := strings.Cut(e.Edition, "/")
	at := e.At
	if letter, ok := d.n.Config.Newsletter(name); ok {
		at = at.In(letter.Location)
	}
	return at.Format("Monday, 2 January 2006, 15:04 MST")
}

// stylesheet serves the readers' stylesheet, and what this page adds to it.
func (d *desk) stylesheet(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("name") != templates.NameStylesheet(sheet) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(sheet))
}

// lastMailed is the newest edition of a list that is being sent or was.
func lastMailed(newestFirst []store.Edition) (store.Edition, bool) {
	for _, row := range newestFirst {
		if row.State == digest.Sending || row.State == digest.Sent {
			return row, true
		}
	}
	return store.Edition{}, false
}
