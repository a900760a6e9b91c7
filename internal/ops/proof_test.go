package ops

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

var (
	frameOf   = regexp.MustCompile(`<iframe src="([^"]+)"[^>]* sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox">`)
	pictureIn = regexp.MustCompile(`src="(/m/[^"]+)"`)
)

// TestProofPanes looks at every pane of every variant.
func TestProofPanes(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	s := r.proof(ProofOptions{Edition: "weekly"})
	page, h := s.answer("/", http.StatusOK)
	has(t, "the page", page, "The Friday letter", ref, `<b class="state">draft</b>`, `aria-current="page">digest</a>`, `href="/?variant=text"`, `href="/?variant=web"`,
		`<b class="from" dir="auto">The Harbour Observer</b>`, "<b>Harbour &lt;bridge&gt; to close</b>", "Fish market moves indoors",
		`id="text-text"`, `id="text-html"`, "&lt;!DOCTYPE html&gt;", `id="text-message"`, "Content-Transfer-Encoding: quoted-printable", "reader@example.org",
		"! <script>", `! style="`, "! ZgotmplZ", "! onload=")
	has(t, "its policy", h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'", "frame-ancestors 'none'", "! unsafe", "! https:")
	frames := frameOf.FindAllStringSubmatch(page, -1)
	if len(frames) != 7 || strings.Count(page, "<iframe") != 7 {
		t.Errorf("the page has %d frames in a sandbox: %q", len(frames), frames)
	}
	for look, wanted := range map[string][]string{
		"light":      {"@media (max-width:0){", "! prefers-color-scheme", "<style>:root{color-scheme:light}</style>", `src="/m/`, "@media print{"},
		"dark":       {"@media (min-width:0){", "! prefers-color-scheme", "<style>:root{color-scheme:dark}</style>", `src="/m/`},
		"images-off": {"! src=", "<img ", "alt=", "@media (max-width:0){"},
		"no-styles":  {"! @media", `style="`, "Harbour &lt;bridge&gt; to close"},
		"print":      {"@media screen{", "! @media print"},
	} {
		body, h := s.answer("/pane/digest/"+look, http.StatusOK)
		has(t, look, body, append(wanted, `<base target="_blank">`, "! src=\"https:", "! <script")...)
		has(t, "the policy of "+look, h.Get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline'", "sandbox allow-same-origin allow-popups", "frame-ancestors 'self'", "! allow-scripts", "! https:")
		if none := strings.Contains(h.Get("Content-Security-Policy"), "img-src 'none'"); none != (look == "images-off") {
			t.Errorf("%s: pictures are barred: %t", look, none)
		}
		if h.Get("X-Frame-Options") != "SAMEORIGIN" {
			t.Errorf("%s: %v", look, h)
		}
	}
	picture := pictureIn.FindStringSubmatch(s.get("/pane/digest/light", http.StatusOK))
	if picture == nil {
		t.Fatal("no picture in the mail")
	}
	if _, h := s.answer(picture[1], http.StatusOK); h.Get("Content-Type") != "image/jpeg" && h.Get("Content-Type") != "image/png" {
		t.Error(h)
	}
	text := s.get("/?variant=text", http.StatusOK)
	has(t, "the text variant", text, `aria-current="page">text</a>`, "! <iframe", `id="text-text"`, "! text-html", `id="text-message"`, "Fish market moves indoors", `class="row pocket"`)
	web := s.get("/?variant=web", http.StatusOK)
	has(t, "the web version", web, `aria-current="page">web</a>`, "/pane/web/light", `id="text-html"`, "! text-message", "! row pocket")
	has(t, "a variant that is none", s.get("/?variant=gopher", http.StatusOK), `aria-current="page">digest</a>`)
	private, h := s.answer("/pane/private/light", http.StatusOK)
	has(t, "the private mail", private, `src="data:image/`, "! /m/", "! cid:")
	has(t, "its policy", h.Get("Content-Security-Policy"), "img-src 'self' data:;")
	has(t, "its source", s.get("/?variant=private", http.StatusOK), "cid:", "Content-Disposition: inline", "Content-Transfer-Encoding: base64")
	for _, path := range []string{"/pane/digest/mauve", "/pane/text/light", "/pane/gopher/light", "/m/none.png", "/assets/none.js", "/metrics"} {
		s.get(path, http.StatusNotFound)
	}
	for _, name := range regexp.MustCompile(`/assets/[0-9a-f]+\.(css|js)`).FindAllString(page, -1) {
		s.get(name, http.StatusOK)
	}
}

// TestProofHosts: the page is this machine's own, under its own names.
func TestProofHosts(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	r.Config.Listen.Ops = "0.0.0.0:8481" // of no matter here
	p, err := newProof(t.Context(), r.Newsroom, ProofOptions{Edition: ref})
	must(t, err)
	for host, status := range map[string]int{
		"localhost:8482": http.StatusOK, "127.0.0.1:8482": http.StatusOK, "[::1]:8482": http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest, "localhost.evil.example:8482": http.StatusMisdirectedRequest, "10.0.0.6:8482": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/", "/pane/digest/light"} {
			req := httptest.NewRequest("GET", path, nil)
			req.Host = host
			w := httptest.NewRecorder()
			p.handler().ServeHTTP(w, req)
			if w.Code != status {
				t.Errorf("%q asks for %s: %d", host, path, w.Code)
			}
		}
	}
}

// TestProofReloads saves what an edition is made of, well and badly.
func TestProofReloads(t *testing.T) {
	r := open(t, Options{})
	dir := r.Config.Dir
	must(t, os.Mkdir(filepath.Join(dir, "templates"), 0o755))
	config := filepath.Join(dir, newsroom.ConfigFile)
	yaml, err := os.ReadFile(config)
	must(t, err)
	r.draft()
	s := r.proof(ProofOptions{Edition: "weekly"})
	const mail = "/pane/digest/light"
	troubled := func(after string, wanted ...string) {
		t.Helper()
		s.until(after, "/", append(wanted, `<section class="trouble">`, "Below is what rendered last.", "<iframe")...)
	}

	partial := filepath.Join(dir, "templates", "masthead.html")
	put(t, partial, []byte("<h1>A masthead of ours</h1>\n"))
	s.until("a partial came", mail, "A masthead of ours")
	has(t, "the page", s.get("/", http.StatusOK), `! class="trouble"`)

	put(t, partial, []byte("<h1>\n{{.Nonesuch}}</h1>\n"))
	troubled("a partial broke", wrongRoom, "masthead.html:2:", "Nonesuch")
	has(t, "the mail", s.get(mail, http.StatusOK), "A masthead of ours")

	// The edition goes on changing under the mistake.
	_, err = r.Edit(t.Context(), ref, []byte("subject: Bridge news\n"))
	must(t, err)
	troubled("an edit was stored", "masthead.html:2:", "<b>Bridge news</b>")

	put(t, partial, []byte("<h1>Mended by us</h1>\n"))
	s.until("the partial was mended", "/", `! class="trouble"`, "<b>Bridge news</b>")
	has(t, "the mail", s.get(mail, http.StatusOK), "Mended by us")

	put(t, config, []byte(strings.Replace(string(yaml), "title:", "titel:", 1)))
	troubled("the configuration broke", wrongRoom, "broadsheet.yaml:6:5:", "titel", "! "+dir)
	put(t, config, []byte(strings.Replace(string(yaml), "The Friday letter", "The Saturday letter", 1)))
	s.until("the configuration was mended", "/", `! class="trouble"`, "The Saturday letter")

	must(t, os.Remove(partial))
	s.until("the partial went", mail, "! Mended by us")

	own := filepath.Join(dir, "words", "en.yaml")
	must(t, os.Mkdir(filepath.Dir(own), 0o755))
	put(t, own, []byte("read_web: Look at it in a browser\n"))
	s.until("words came", mail, "Look at it in a browser")
	put(t, own, []byte("\nread_web: [a list]\n"))
	troubled("the words broke", wrongRoom, "en.yaml:2:")
	must(t, os.RemoveAll(filepath.Dir(own)))
	s.until("the words went", mail, "! Look at it in a browser")

	r.send()
	s.until("it was sent", "/", `<b class="state">sent</b>`, "<iframe", `! class="trouble"`)
	must(t, s.stop())
	has(t, "the terminal", s.said(), "true ", "masthead.html:2:", "broadsheet.yaml:6:5:", "false Mended, and rendered again.", "false Rendered again.", "! @reader.example")
}

// TestProofBeginsBroken shows what is wrong from the first, and the edition when it is
// mended.
func TestProofBeginsBroken(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	partial := filepath.Join(r.Config.Dir, "templates", "masthead.html")
	must(t, os.Mkdir(filepath.Dir(partial), 0o755))
	put(t, partial, []byte("<h1>\n{{.Nonesuch}}</h1>\n"))
	again, err := r.Reread()
	if err == nil || again != nil {
		t.Fatal("read again, the newsroom has nothing against a partial that is wrong")
	}
	r.Newsroom, err = newsroom.Open(t.Context(), newsroom.Options{
		Dir: r.Config.Dir, Clock: r.Clock, Who: "test", Log: r.Log, Lookup: func(string) (string, bool) { return "", false },
	})
	must(t, err)
	t.Cleanup(func() { _ = r.Newsroom.Close() })
	s := r.proof(ProofOptions{Edition: ref})
	has(t, "the page", s.get("/", http.StatusOK), "masthead.html:2:", "Nonesuch", "! <iframe")
	put(t, partial, []byte("<h1>Mended by us</h1>\n"))
	s.until("the partial was mended", "/", `! class="trouble"`, "<iframe")
	has(t, "the mail", s.get("/pane/digest/light", http.StatusOK), "Mended by us")
}

// TestProofOfFile shows an editor's file that is being written.
func TestProofOfFile(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	file := filepath.Join(t.TempDir(), "friday.yaml")
	s := r.proof(ProofOptions{Edition: ref, File: file})
	has(t, "without the file", s.get("/", http.StatusOK), wrongFile, "there is no such file", "edit "+ref+" --print", "<b>Harbour &lt;bridge&gt; to close</b>")

	begun, err := r.BeginEdit(t.Context(), ref)
	must(t, err)
	put(t, file, begun.Text)
	s.until("the file came", "/", `! class="trouble"`, "changes nothing of it")

	subject := regexp.MustCompile(`(?m)^subject:.*$`)
	text := subject.ReplaceAll(begun.Text, []byte("subject: All about the bridge"))
	put(t, file, text)
	s.until("the file changed", "/", "<b>All about the bridge</b>", "which is not taken yet", `! class="trouble"`)
	has(t, "its mail", s.get("/pane/digest/light", http.StatusOK), `src="/m/`, "! home:")
	if e, err := r.Edition(t.Context(), ref); err != nil || e.Revision.Subject == "All about the bridge" {
		t.Errorf("the edition was changed by looking at it: %v", err)
	}

	put(t, file, append([]byte("colour: red\n"), text...))
	s.until("the file broke", "/", wrongFile, "friday.yaml: ", "line 1:", "colour", "<b>All about the bridge</b>")

	put(t, file, text)
	s.until("the file was mended", "/", `! class="trouble"`, "<b>All about the bridge</b>")

	_, err = r.Edit(t.Context(), ref, text)
	must(t, err)
	s.until("the file was taken", "/", `! class="trouble"`, "! not taken yet", "<b>All about the bridge</b>")

	_, err = r.Edit(t.Context(), ref, []byte("subject: Somebody else's\n"))
	must(t, err)
	s.until("somebody else edited", "/", wrongFile, "was edited meanwhile", "Somebody else&#39;s")
}

// TestProofLint shows what is wrong with a mail, for as long as it is.
func TestProofLint(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	s := r.proof(ProofOptions{Edition: ref})
	has(t, "the page", s.get("/", http.StatusOK), `id="findings"`, `data-shows="lint"`, "! subject-long")
	has(t, "the web version", s.get("/?variant=web", http.StatusOK), "! findings")
	_, err := r.Edit(t.Context(), ref, []byte("subject: "+strings.Repeat("Very long ", 10)+"\n"))
	must(t, err)
	s.until("a long subject", "/", `<li class="warning"><h3><b>warning</b> subject-long</h3>`, `<p class="at">Subject</p>`)
	_, err = r.Edit(t.Context(), ref, []byte("subject: Short again\n"))
	must(t, err)
	s.until("a short subject", "/", "! subject-long", "! subject-placeholder")

	// What the edition says, whatever the variant.
	_, err = r.Edit(t.Context(), ref, []byte("subject: The Friday letter\n"))
	must(t, err)
	const placeholder = `<li class="error"><h3><b>error</b> subject-placeholder</h3>`
	s.until("a subject that nobody wrote", "/", placeholder)
	has(t, "the text variant", s.get("/?variant=text", http.StatusOK), placeholder)
}

// TestProofOfUsual begins with what most readers get.
func TestProofOfUsual(t *testing.T) {
	r := open(t, Options{})
	r.Config.Newsletters[0].Format = templates.Private
	r.draft()
	s := r.proof(ProofOptions{Edition: ref})
	has(t, "the page", s.get("/", http.StatusOK), `aria-current="page">private</a>`)
	has(t, "the page of the digest", s.get("/?variant=digest", http.StatusOK), `aria-current="page">digest</a>`)
}

// TestProofWithoutDraft waits for one.
func TestProofWithoutDraft(t *testing.T) {
	r := open(t, Options{})
	if _, err := newProof(t.Context(), r.Newsroom, ProofOptions{Edition: "weekly"}); err == nil || !strings.Contains(err.Error(), "there is no edition weekly") {
		t.Errorf("no edition at all: %v", err)
	}
	_, _, err := r.Store.OpenEdition(t.Context(), store.NewEdition{Newsletter: "weekly", Slot: slot, At: friday, Kind: store.Regular, OpenedAt: friday, Who: "test"})
	must(t, err)
	s := r.proof(ProofOptions{Edition: "weekly"})
	has(t, "the page", s.get("/", http.StatusOK), wrongEdition, "has no draft yet", "broadsheet draft weekly --slot "+slot, "as soon as there is one", "! <iframe", "! Below is")
	s.get("/pane/digest/light", http.StatusNotFound)
	r.draft()
	s.until("it was drafted", "/", `! class="trouble"`, "<iframe", "Harbour &lt;bridge&gt; to close")
}

// TestProofKeeps shows what rendered last, where the edition cannot be read any more.
func TestProofKeeps(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	s := r.proof(ProofOptions{Edition: ref})
	must(t, r.Store.Close())
	s.until("the store went", "/", wrongEdition, "Below is what rendered last.", "<iframe")
	has(t, "the mail", s.get("/pane/digest/light", http.StatusOK), "Harbour &lt;bridge&gt; to close")
}

// TestProofEnds lets whoever waits go.
func TestProofEnds(t *testing.T) {
	r := open(t, Options{})
	r.draft()
	s := r.proof(ProofOptions{Edition: ref})
	begun := time.Now()
	must(t, s.stop())
	if took := time.Since(begun); took > drainTime/2 {
		t.Errorf("it took %s to end, with a page open", took)
	}
}

func TestLoopback(t *testing.T) {
	first, err := Loopback(0)
	must(t, err)
	defer first.Close()
	var port int
	_, err = fmt.Sscanf(first.Addr().String(), "127.0.0.1:%d", &port)
	must(t, err)
	second, err := Loopback(port)
	must(t, err)
	defer second.Close()
	if second.Addr().String() == first.Addr().String() || !strings.HasPrefix(second.Addr().String(), "127.0.0.1:") {
		t.Errorf("%s is taken, and then %s", first.Addr(), second.Addr())
	}
}
