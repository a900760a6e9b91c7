package demo

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/web"
)

// mailsShown is how much of the mailbox the page lists.
const mailsShown = 20

//go:embed pages
var pageFiles embed.FS

var layouts = sync.OnceValue(func() *template.Template { // embedded and tested
	return template.Must(template.New("").Funcs(template.FuncMap{
		"kb":    func(n int) string { return strconv.Itoa((n+512)/1024) + " kB" },
		"group": group,
	}).ParseFS(pageFiles, "pages/*.html"))
})

// group writes 1204 as "1,204".
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// pages serves what the demo shows.
type pages struct {
	d    *Demo
	base string // of this machine: "http://127.0.0.1:8480"
	site string // of the newspaper: what the mails carry
}

// Handler serves the demo's page, the mails, and behind them the readers' pages,
// with the newspaper's addresses rewritten to base, where it is served.
func (d *Demo) Handler(base string) http.Handler {
	p := &pages{d: d, base: base, site: strings.TrimSuffix(d.Newsroom.Config.Site.String(), "/")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.front)
	mux.HandleFunc("GET /demo/style.css", p.style)
	mux.HandleFunc("GET /demo/mail/{name}", p.mail)
	mux.HandleFunc("GET /demo/view/{name}/{kind}", p.view)
	mux.Handle("/", p.rewritten(web.Handler(d.Newsroom, web.Options{FrameAncestors: base})))
	return mux
}

// place is one of the readers' pages.
type place struct{ Name, URL, About string }

func (p *pages) front(w http.ResponseWriter, r *http.Request) {
	mails, err := p.d.Mailbox.newest(mailsShown)
	if err != nil {
		p.fail(w, err)
		return
	}
	sample, err := p.d.Mailbox.edition()
	if err != nil {
		p.fail(w, err)
		return
	}
	status, err := p.d.Newsroom.Status(r.Context(), p.d.Ref())
	if err != nil {
		p.fail(w, err)
		return
	}
	e, err := p.d.Newsroom.Edition(r.Context(), p.d.Ref())
	if err != nil {
		p.fail(w, err)
		return
	}
	p.show(w, "front.html", map[string]any{
		"Edition": e, "Sample": sample, "Mails": mails, "Status": status, "Places": p.places(sample),
		"Dir": p.d.Dir, "Kept": p.d.Kept, "Box": p.d.Mailbox.Dir, "Tabs": tabs,
	})
}

// tabs are the ways of showing the edition.
var tabs = []struct{ Name, Kind, Class, About string }{
	{"Desktop", viewLight, "desktop", "a mail program on a desk, 720 pixels wide"},
	{"Phone", viewLight, "phone", "375 pixels wide"},
	{"Dark", viewDark, "desktop", "where the reader’s machine is set to dark"},
	{"Images off", viewPlain, "desktop", "many programs show no picture until they are asked to"},
	{"Text", "text", "desktop", "the same edition, for programs and people that want no HTML"},
	{"Source", "source", "wide", "the message, byte for byte as the mail server got it"},
}

// places are the pages of the sample's reader. Their links are in the mail.
func (p *pages) places(m Mail) []place {
	find := func(path string) string {
		link := regexp.MustCompile(regexp.QuoteMeta(p.site+path) + `[^\s"<>]+`).FindString(m.Text)
		return p.here(link)
	}
	list := []place{
		{"The edition on the web", find(newsroom.PathEdition), "One address for everyone; it tells nobody apart."},
		{"Unsubscribe", find(newsroom.PathUnsubscribe), "This reader’s own link. One button, and a way back."},
		{"Preferences", find(newsroom.PathPreferences), "This reader’s choices: which newsletters, HTML or text."},
		{"Subscribe", p.base + newsroom.PathSubscribe, "Sign up: the mail to confirm it arrives in the mailbox below."},
		{"Archive", p.here(p.d.Newsroom.ArchiveURL(Newsletter)), "Every edition so far."},
	}
	var known []place
	for _, l := range list {
		if l.URL != "" {
			known = append(known, l)
		}
	}
	return known
}

// mail shows one message: its headers, as it is read, and its bytes.
func (p *pages) mail(w http.ResponseWriter, r *http.Request) {
	m, err := p.d.Mailbox.Mail(r.PathValue("name"))
	if err != nil {
		p.fail(w, err)
		return
	}
	p.show(w, "mail.html", m)
}

// view is the content of a frame: one message, in one way.
func (p *pages) view(w http.ResponseWriter, r *http.Request) {
	m, err := p.d.Mailbox.Mail(r.PathValue("name"))
	if err != nil {
		p.fail(w, err)
		return
	}
	kind := r.PathValue("kind")
	switch {
	case kind == "text":
		p.show(w, "text.html", p.here(m.Text))
	case kind == "source":
		p.show(w, "text.html", strings.ToValidUTF8(string(m.Raw), "\uFFFD"))
	case kind != viewLight && kind != viewDark && kind != viewPlain:
		http.NotFound(w, r)
	case m.HTML == "":
		p.show(w, "text.html", p.here(m.Text))
	default:
		// The frame is sandboxed: whatever a mail holds, it runs nothing.
		w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src "+p.base+"; style-src 'unsafe-inline'; base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox")
		p.write(w, []byte(p.here(view(m.HTML, kind))))
	}
}

func (p *pages) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, pageFiles, "pages/style.css")
}

func (p *pages) show(w http.ResponseWriter, layout string, data any) {
	var out bytes.Buffer
	if err := layouts().ExecuteTemplate(&out, layout, data); err != nil {
		p.fail(w, err)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'")
	p.write(w, out.Bytes())
}

func (p *pages) write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}

func (p *pages) fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoEdition) {
		status = http.StatusNotFound
	}
	http.Error(w, err.Error(), status)
}
