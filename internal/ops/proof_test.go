package ops

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// shown is a proof that is served, and a page that listens for its versions.
type shown struct {
	t        *testing.T
	url      string
	versions chan string
	stop     func() error // ends it, and gives what it ended with

	mu     sync.Mutex
	spoken []Spoken
}

// proof serves a proof of the room's edition.
func (r *room) proof(o ProofOptions) *shown {
	r.t.Helper()
	l, err := Loopback(0)
	must(r.t, err)
	s := &shown{t: r.t, url: "http://" + l.Addr().String(), versions: make(chan string, 100)}
	o.Say = func(said Spoken) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.spoken = append(s.spoken, said)
	}
	ctx, stop := context.WithCancel(r.t.Context())
	ended, ready := make(chan error, 1), make(chan bool)
	go func() { ended <- ServeProof(ctx, r.Newsroom, l, o, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		r.t.Fatal(err)
	}
	s.stop = sync.OnceValue(func() error {
		stop()
		return <-ended
	})
	r.t.Cleanup(func() {
		_ = s.stop()
		http.DefaultClient.CloseIdleConnections()
	})
	s.listen()
	return s
}

// listen takes in the versions, as a page does. The first is the one that stands.
func (s *shown) listen() {
	answer, err := http.Get(s.url + "/versions")
	must(s.t, err)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if version, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				s.versions <- version
			}
		}
	}()
	s.t.Cleanup(func() {
		_ = answer.Body.Close()
		<-ended
	})
	s.until("it was opened", "/")
}

// until waits for a version whose page, or pane, holds what is wanted, and gives it. A
// machine that is busy with other tests may take seconds, and show a state in between.
func (s *shown) until(after, path string, wanted ...string) string {
	s.t.Helper()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	page := ""
	for {
		select {
		case <-s.versions:
			if page = s.get(path, http.StatusOK); holds(page, wanted...) {
				return page
			}
		case <-late.C:
			has(s.t, path+" after "+after, page, wanted...)
			s.t.Fatalf("no such version after: %s", after)
		}
	}
}

func (s *shown) get(path string, status int) string {
	s.t.Helper()
	body, _ := s.answer(path, status)
	return body
}

func (s *shown) answer(path string, status int) (string, http.Header) {
	s.t.Helper()
	answer, err := http.Get(s.url + path)
	must(s.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(s.t, err)
	if answer.StatusCode != status {
		s.t.Fatalf("%s: %d, want %d: %s", path, answer.StatusCode, status, body)
	}
	return string(body), answer.Header
}

// said is everything that was told to the terminal.
func (s *shown) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, x := range s.spoken {
		all = append(all, fmt.Sprintf("%t %s", x.Wrong, x.Text))
	}
	return strings.Join(all, "\n")
}

// holds tells whether a text has all that is wanted; "! x" is not wanted.
func holds(text string, wanted ...string) bool {
	for _, w := range wanted {
		bad, not := strings.CutPrefix(w, "! ")
		if not == strings.Contains(text, bad) {
			return false
		}
	}
	return true
}

func has(t *testing.T, what, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if bad, not := strings.CutPrefix(w, "! "); not {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", what, bad)
			}
		} else if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}

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
	s.until("a short subject", "/", "! subject-long")
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

func TestDressed(t *testing.T) {
	const ours = `<base target="_blank"><style>:root{color-scheme:light}</style>`
	for _, c := range []struct {
		look     look
		in, want string
	}{
		{lookLight, "<p>", ours + "<p>"},
		{lookLight, "<HTML><Head lang=x><p a='1'>&amp;<!--[if mso]><table><![endif]-->", "<HTML><Head lang=x>" + ours + "<p a='1'>&amp;<!--[if mso]><table><![endif]-->"},
		{lookLight, "<style>@media screen and ( Prefers-Color-Scheme : DARK ){a{}}</style>", ours + "<style>@media screen and (max-width:0){a{}}</style>"},
		{lookLight, "<style>@media (prefers-color-scheme:light){a{}}</style>", ours + "<style>@media (min-width:0){a{}}</style>"},
		{lookLight, "<p>@media (prefers-color-scheme:dark){", ours + "<p>@media (prefers-color-scheme:dark){"},
		{lookDark, `<head><source media="(prefers-color-scheme: dark)" srcset="d.png"><img src="l.png">`, strings.Replace("<head>"+ours, "light", "dark", 1) + `<source media="(min-width:0)" srcset="d.png"><img src="l.png">`},
		{lookImages, `<img src="a.png" srcset='b.png 2x' alt="A &quot;b&quot;"><td background=c.png>`, ours + `<img alt="A &#34;b&#34;"><td>`},
		{lookStyles, `a<style>b</style>c<STYLE>d</STYLE><p style="e">f`, ours + `ac<p style="e">f`},
		{lookPrinted, "<style>@media print{a{}}@media only screen and (min-width:3px){b{}}</style>", ours + "<style>@media screen{a{}}@media only print and (min-width:3px){b{}}</style>"},
	} {
		if got := dressed(c.in, c.look); got != c.want {
			t.Errorf("%s: %s\nbecame %s\nwant   %s", c.look, c.in, got, c.want)
		}
	}
}

func TestInboxOf(t *testing.T) {
	for in, want := range map[string]string{
		"<head><title>No</title><style>no{}</style></head><div style=display:none>First.</div><p>Then &amp;\n there": "First. Then & there",
		"<div>First.&zwnj;&nbsp;&zwnj;&nbsp;</div><p>Then":                                                           "First.\u00a0\u00a0\u00a0\u00a0 Then",
		strings.Repeat("я", 300): strings.Repeat("я", snippetRunes),
	} {
		if got := snippet(textOf(in)); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
	if got := decoded("=?UTF-8?q?Br=C3=BCcke?= news"); got != "Brücke news" {
		t.Error(got)
	}
}

func TestFolded(t *testing.T) {
	line := strings.Repeat("QUJD", 19) + "\r\n"
	got := folded([]byte("A: b\r\n\r\n" + strings.Repeat(line, 1203) + "QQ==\r\n--end\r\n"))
	if want := "A: b\n\n" + strings.ReplaceAll(strings.Repeat(line, 3), "\r", "") + "[1,200 lines more]\nQQ==\n--end\n"; got != want {
		t.Errorf("%s", got)
	}
}
