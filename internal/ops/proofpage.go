package ops

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
	"github.com/broadsheet-news/broadsheet/templates"
)

var (
	//go:embed proof.html
	proofText string
	//go:embed proof.css
	proofCSS string
	//go:embed proof.js
	proofScript []byte

	proofOf = sync.OnceValue(func() *template.Template { // embedded and tested
		return template.Must(template.New("proof").Parse(proofText))
	})
	proofSheet = append(templates.Stylesheet(), proofCSS...)
)

// pane is one way of looking at a variant: a frame with its HTML, text, or the lint.
type pane struct {
	ID, Name, About string
	Class           string // its width
	Frame           string // address of what the frame shows
	Text            string
	Lint            bool // what is wrong with it
	Findings        []lint.Finding
}

// proofView is what the page shows.
type proofView struct {
	Stylesheet, Script string
	Version            string
	Ref, File          string
	Proof              newsroom.Proof
	Troubles           []trouble
	At                 time.Time
	Variant            templates.Variant
	Inbox              *inbox // nil: no message
	Panes              []pane
}

// handler serves the proof.
func (p *proof) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.page)
	mux.HandleFunc("GET /pane/{variant}/{look}", p.frame)
	mux.HandleFunc("GET /versions", p.versions)
	mux.HandleFunc("GET "+newsroom.PathMedia+"{name}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := p.now()
		(&desk{n: n}).picture(w, r)
	})
	mux.HandleFunc("GET /assets/{name}", proofAsset)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers(w.Header())
		if host := hostOf(r.Host); host != "localhost" && !isLoopback(host) {
			http.Error(w, "This page answers to the names of this machine only, such as http://localhost:8482.", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// view is what the page shows of a variant; of the usual one, where there is no such.
func (p *proof) view(v templates.Variant) proofView {
	p.mu.Lock()
	defer p.mu.Unlock()
	view := proofView{
		Stylesheet: templates.NameStylesheet(proofSheet), Script: nameOf(proofScript) + ".js",
		Version: p.versionNow(), Ref: p.ref, File: p.o.File, Proof: p.shown, Troubles: p.troubles, At: p.at,
	}
	if p.shown.Edition == nil {
		return view
	}
	one := variantOf(p.shown, v)
	view.Variant = one.Variant
	view.Inbox = inboxOf(one, p.shown.Edition.At.In(p.shown.Edition.Letter.Location))
	one.Findings = lint.Sorted(slices.Concat(p.shown.Findings, one.Findings))
	view.Panes = p.panes(one)
	return view
}

// variantOf finds a variant; the newsletter's usual one, where there is no such.
func variantOf(shown newsroom.Proof, v templates.Variant) newsroom.Proofed {
	found := shown.Variants[0]
	for _, one := range shown.Variants {
		if one.Variant == v {
			return one
		}
		if one.Variant == shown.Edition.Letter.Format {
			found = one
		}
	}
	return found
}

func (p *proof) versionNow() string { return fmt.Sprintf("%s-%d", p.version, p.changes) }

// panes are the ways of looking at a variant.
func (p *proof) panes(one newsroom.Proofed) []pane {
	var all []pane
	framed := func(id, name, about, class string, k look) {
		if one.HTML != "" {
			address := fmt.Sprintf("/pane/%s/%s?v=%s", url.PathEscape(string(one.Variant)), k, nameOf([]byte(one.HTML)))
			all = append(all, pane{ID: id, Name: name, About: about, Class: class, Frame: address})
		}
	}
	written := func(id, name, about, class, text string) {
		if text != "" {
			all = append(all, pane{ID: id, Name: name, About: about, Class: class, Text: text})
		}
	}
	framed("desktop", "Desktop", "800 px", "wide", lookLight)
	framed("phone", "Phone", "375 px", "narrow", lookLight)
	if len(one.Message) > 0 {
		all = append(all, pane{ID: "lint", Name: "Lint", About: "what is wrong with the message, links apart", Class: "lint", Lint: true, Findings: one.Findings})
	}
	framed("dark", "Dark", "800 px, where the reader’s machine is set to dark", "wide", lookDark)
	framed("dark-phone", "Dark phone", "375 px", "narrow", lookDark)
	framed("images-off", "Images off", "800 px, as many programs show it until they are asked to load pictures", "wide", lookImages)
	written("text", "Text", "78 columns", "columns", one.Text)
	framed("no-styles", "No styles", "800 px, as in programs that take style blocks out", "wide", lookStyles)
	framed("print", "Print", "on A4", "paper", lookPrinted)
	written("html", "HTML", "source, long lines folded", "source", one.HTML)
	written("message", "Message", "source, long lines folded", "source", folded(one.Message))
	return all
}

// page serves the proof of one variant: /?variant=NAME.
func (p *proof) page(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	if err := proofOf().Execute(&body, p.view(templates.Variant(r.URL.Query().Get("variant")))); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes())
}

// frame serves a variant's HTML in one look. Nothing in it runs.
func (p *proof) frame(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	n, shown := p.n, p.shown
	p.mu.Unlock()
	k := look(r.PathValue("look"))
	switch k {
	case lookLight, lookDark, lookImages, lookStyles, lookPrinted:
	default:
		http.NotFound(w, r)
		return
	}
	if shown.Edition == nil {
		http.NotFound(w, r)
		return
	}
	one := variantOf(shown, templates.Variant(r.PathValue("variant")))
	if string(one.Variant) != r.PathValue("variant") || one.HTML == "" {
		http.NotFound(w, r)
		return
	}
	pictures := "'self' data:"
	if logo, err := url.Parse(shown.Edition.Letter.Look.LogoURL); err == nil && logo.Host != "" {
		pictures += " " + logo.Scheme + "://" + logo.Host
	}
	if k == lookImages {
		pictures = "'none'"
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src "+pictures+"; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(dressed(strings.ReplaceAll(one.Page(), n.MediaURL(""), newsroom.PathMedia), k)))
}

// versions tells a page each version that comes, the one that stands first: server-sent
// events, until the page goes or we end.
func (p *proof) versions(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	if _, err := w.Write([]byte("retry: 1000\n")); err != nil {
		return
	}
	for {
		p.mu.Lock()
		version, renewed := p.versionNow(), p.renewed
		p.mu.Unlock()
		_, err := fmt.Fprintf(w, "data: %s\n\n", version)
		if err = errors.Join(err, http.NewResponseController(w).Flush()); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-renewed:
		}
	}
}

// proofAsset serves the stylesheet and the script, which are called by their hash.
func proofAsset(w http.ResponseWriter, r *http.Request) {
	data, kind := proofSheet, "text/css"
	switch r.PathValue("name") {
	case templates.NameStylesheet(proofSheet):
	case nameOf(proofScript) + ".js":
		data, kind = proofScript, "text/javascript"
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// nameOf names bytes by their hash.
func nameOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}
