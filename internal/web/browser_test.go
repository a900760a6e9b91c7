package web

import (
	"context"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/parts"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// browser is a real Chromium before a newsroom's pages, worked by its keyboard alone.
type browser struct {
	*room
	ctx  context.Context
	site string
	axe  string           // axe-core's script; empty: it is not installed
	w    *words.Catalogue // of the language that the pages are in

	mu    sync.Mutex
	cries []string // what its console says
	seen  int      // events: none would mean that nobody listens
	asked int      // requests of it
}

// browse opens a Chromium on a newsroom that is served on this machine.
func browse(t *testing.T, width int64, scheme string, change func(*config.Config)) *browser {
	t.Helper()
	program := parts.Chromium.Need(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	b := &browser{site: "http://" + l.Addr().String()} // this machine is safe to a browser: it has crypto.subtle
	b.room = configured(t, Options{}, func(c *config.Config) error {
		for i := range c.Newsletters {
			c.Newsletters[i].Formats = []templates.Variant{templates.Digest, templates.TextOnly}
		}
		if change != nil {
			change(c)
		}
		return nil
	})
	if script, err := os.ReadFile(parts.Axe.Find()); err == nil {
		b.axe = string(script)
	} else if parts.Required(parts.Axe.Name) {
		t.Fatalf("axe-core is missing, and BROADSHEET_REQUIRE asks for it: make judge installs it")
	} else {
		t.Log("left out: axe-core, for it is not installed (make judge does)")
	}
	served, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(served, b.Newsroom, l) }()
	allocated, free := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute))...)
	ctx, closed := chromedp.NewContext(allocated)
	b.ctx = ctx
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		closed()
		free()
		stop()
		must(t, <-ended)
	})
	must(t, chromedp.Listen(ctx, b.listen))
	_, err = chromedp.Call(ctx, cdplog.Enable, cdp.Empty{})
	must(t, err)
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(t, err)
	b.look(width, scheme)
	return b
}

// look sets the size of the window, and day or night.
func (b *browser) look(width int64, scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: 1, Mobile: width < 500})
	must(b.t, err)
	_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	must(b.t, err)
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen++
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		if e.Entry.Source != cdplog.EntrySourceNetwork { // it asks for /favicon.ico by itself
			b.cries = append(b.cries, e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		b.asked++
		ours := strings.HasPrefix(e.Request.URL, b.site+"/") || strings.HasPrefix(e.Request.URL, b.Config.Site.String()+"/")
		if !ours && strings.HasPrefix(e.Request.URL, "http") {
			b.cries = append(b.cries, "something of another site is asked for: "+e.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		b.cries = append(b.cries, e.ExceptionDetails.Text)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	must(b.t, chromedp.Do(ctx, steps...))
}

// ask is what an expression of the page comes to.
func ask[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	v, err := chromedp.Run(ctx, action)
	must(b.t, err)
	return v
}

// opened waits for a page by its heading, and has it looked at.
func (b *browser) opened(heading string) {
	b.t.Helper()
	there := chromedp.Poll[bool](fmt.Sprintf(`document.readyState === "complete" && document.querySelector("h1")?.textContent === %q`, heading))
	for range 20 { // the page before it may go away while it is asked
		ctx, stop := context.WithTimeout(b.ctx, 20*time.Second)
		_, err := chromedp.Run(ctx, there)
		stop()
		if err == nil {
			break
		}
		if !strings.Contains(err.Error(), "(-32000)") {
			b.t.Fatalf("%s does not come: %v", heading, err)
		}
	}
	// A telephone's innerWidth grows with a page that stands out.
	if ask(b, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > document.documentElement.clientWidth`)) {
		b.t.Errorf("%s: it is wider than its window", heading)
	}
	if b.axe == "" {
		return
	}
	ask(b, chromedp.Evaluate[bool](b.axe+"; true"))
	found := ask(b, chromedp.Evaluate[[]string](`axe.run(document).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join("; ")))`, chromedp.EvalAwaitPromise))
	for _, v := range found {
		b.t.Errorf("%s: axe-core finds %s", heading, v)
	}
}

func (b *browser) visit(path, heading string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.site + path))
	b.opened(heading)
}

// tab goes to an element as the Tab key does, and checks that it shows where it is.
func (b *browser) tab(selector string) {
	b.t.Helper()
	for range 40 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if ask(b, chromedp.Evaluate[bool](fmt.Sprintf(`document.activeElement.matches(%q)`, selector))) {
			if !ask(b, chromedp.Evaluate[bool](`getComputedStyle(document.activeElement).outlineStyle !== "none"`)) {
				b.t.Errorf("%s has the focus, and does not show it", selector)
			}
			return
		}
	}
	b.t.Fatalf("Tab never comes to %s", selector)
}

func (b *browser) press(key, heading string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(key))
	b.opened(heading)
}

// TestInABrowser: a reader signs up, confirms from the mail that arrived, changes what
// they get, leaves, comes back, leaves by one click, and erases themselves, in a real
// Chromium, by keyboard alone: on a telephone in the dark, and from the right to the left.
func TestInABrowser(t *testing.T) {
	for _, c := range []struct {
		language string
		width    int64
		scheme   string
	}{{"en", 360, "dark"}, {"ar", 360, "light"}, {"ru", 1000, "dark"}} {
		t.Run(c.language, func(t *testing.T) {
			b := browse(t, c.width, c.scheme, func(cfg *config.Config) {
				letter := &cfg.Newsletters[0]
				letter.Language = c.language
				letter.Look.Footer.PrivacyURL = "/privacy/weekly"
				letter.Privacy = "# Privacy"
			})
			b.w = b.Theme(&b.Config.Newsletters[0]).Words(c.language)
			b.join()
			b.change()
			b.leaves()
			b.erases()
			b.silent()
		})
	}
}

// of is a phrase of the newsletter's language about it.
func (b *browser) of(phrase string) string {
	return words.Fill(phrase, "title", b.Config.Newsletters[0].Look.Title)
}

func (b *browser) join() {
	t, w := b.t, b.w
	b.visit("/subscribe", b.of(w.SubscribeTitle))
	b.tab("#email")
	b.do(chromedp.KeyEvent("nobody@"))
	ask(b, chromedp.Evaluate[bool](`document.querySelector("main form").noValidate = true`)) // as a browser does that knows no such field
	b.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".problem"))
	b.opened(b.of(w.SubscribeTitle))
	b.visit("/subscribe", b.of(w.SubscribeTitle))
	b.tab("#email")
	b.do(chromedp.KeyEvent(newcomer))
	b.press(kb.Enter, w.CheckTitle)
	must(t, b.SendLetters(t.Context())) // at once: the browser has done its work
	m := b.post.to(newcomer)
	if m == nil {
		t.Fatal("no confirmation came")
	}
	b.visit(confirmLink.FindStringSubmatch(textOf(t, m))[1], w.ConfirmTitle)
	b.wantState("weekly", newcomer, store.Pending)
	b.tab("main button")
	b.press(kb.Enter, w.ConfirmedTitle)
	b.wantState("weekly", newcomer, store.Confirmed)
}

func (b *browser) change() {
	t, w := b.t, b.w
	b.visit(b.preferences(), w.PreferencesTitle)
	b.tab("#format-digest")
	b.do(chromedp.KeyEvent(kb.ArrowDown)) // text
	b.tab("#pause-none")
	b.do(chromedp.KeyEvent(kb.ArrowDown)) // two weeks
	b.save()
	tie := b.reader(newcomer).Ties[0]
	if tie.Variant != string(templates.TextOnly) || !tie.PausedUntil.Equal(friday.AddDate(0, 0, 14)) {
		t.Errorf("chosen: %+v", tie)
	}
	b.tab("#pause-day")
	b.do(chromedp.KeyEvent("12242026")) // as the browser's own language writes it
	b.save()
	if tie := b.reader(newcomer).Ties[0]; tie.PausedUntil.Format(time.DateOnly) != "2026-12-24" {
		t.Errorf("paused until %s", tie.PausedUntil)
	}
}

func (b *browser) preferences() string {
	return newsroom.PathPreferences + "weekly/" + b.token(subscribers.Preferences, "weekly", newcomer)
}

func (b *browser) save() {
	b.t.Helper()
	b.tab("main button")
	ask(b, chromedp.Evaluate[bool](`document.querySelector(".saved")?.remove(); true`))
	b.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".saved"))
	b.opened(b.w.PreferencesTitle)
}

func (b *browser) leaves() {
	w := b.w
	leave := newsroom.PathUnsubscribe + "weekly/" + b.token(subscribers.Unsubscribe, "weekly", newcomer)
	b.visit(leave, b.of(w.UnsubscribeTitle))
	b.tab("main button")
	b.press(kb.Enter, w.UnsubscribedTitle)
	b.wantState("weekly", newcomer, store.Unsubscribed)
	b.tab("main button")
	b.press(kb.Enter, w.ConfirmedTitle)
	b.wantState("weekly", newcomer, store.Confirmed)
	b.oneClick(leave)
	b.wantState("weekly", newcomer, store.Unsubscribed)
	b.visit(newsroom.PathReturn+"weekly/"+b.token(subscribers.Return, "weekly", newcomer), b.of(w.ReturnTitle))
	b.tab("main button")
	b.press(kb.Enter, w.ConfirmedTitle)
	b.wantState("weekly", newcomer, store.Confirmed)
}

func (b *browser) erases() {
	t, w := b.t, b.w
	b.visit(b.preferences(), w.PreferencesTitle)
	b.tab(`main a[href^="` + newsroom.PathExport + `"]`)
	b.press(kb.Enter, w.ExportTitle)
	b.tab("main button")
	b.press(kb.Enter, w.ExportedTitle)
	b.visit(b.preferences(), w.PreferencesTitle)
	b.tab(`main a[href^="` + newsroom.PathErase + `"]`)
	b.press(kb.Enter, w.EraseTitle)
	b.tab("#never")
	b.do(chromedp.KeyEvent(" "))
	b.tab("main button")
	b.press(kb.Enter, w.ErasedTitle)
	must(t, b.SendLetters(t.Context()))
	subject, err := new(mime.WordDecoder).DecodeHeader(b.post.to(newcomer).Header.Get("Subject"))
	must(t, err)
	if want := b.of(w.ErasedSubject); subject != want {
		t.Errorf("the last mail is %q, want %q", subject, want)
	}
}

// silent checks that the browser had nothing to complain of, such as what the policy of a
// page keeps out, and that nothing of another site was asked for.
func (b *browser) silent() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen == 0 || b.asked == 0 {
		b.t.Error("the browser told nothing: this test hears nothing")
	}
	for _, cry := range b.cries {
		b.t.Errorf("the console says: %s", cry)
	}
}

// oneClick is what a mail program posts (RFC 8058): no cookie, no redirect.
func (b *browser) oneClick(path string) {
	b.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.PostForm(b.site+path, url.Values{"List-Unsubscribe": {"One-Click"}})
	must(b.t, err)
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK || len(r.Cookies()) > 0 {
		b.t.Errorf("one click: %s, %d cookies", r.Status, len(r.Cookies()))
	}
}

// TestWithoutScript: where script is off the sign-up does all the same, by the slower path.
func TestWithoutScript(t *testing.T) {
	b := browse(t, 360, "light", nil)
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(t, err)
	b.axe = "" // which is a script, too
	b.visit("/subscribe", "Subscribe to The Friday letter")
	b.tab("#email")
	b.do(chromedp.KeyEvent(newcomer))
	b.press(kb.Enter, "Check your mail")
	must(t, b.SendLetters(t.Context()))
	if n := b.post.count(newcomer); n != 0 {
		t.Errorf("%d mails at once: has a script run?", n)
	}
	b.later(slowerBy)
	must(t, b.SendLetters(t.Context()))
	b.visit(confirmLink.FindStringSubmatch(textOf(t, b.post.to(newcomer)))[1], "One last step")
	b.tab("main button")
	b.press(kb.Enter, "Thank you")
	b.wantState("weekly", newcomer, store.Confirmed)
}

// TestPagesInABrowser: every kind of page, by day and by night, narrow and wide, from the
// left and from the right.
func TestPagesInABrowser(t *testing.T) {
	b := browse(t, 1000, "light", func(c *config.Config) {
		c.Newsletters[1].Language = "ar"
		dead := parsed(t, "http://127.0.0.1:1/"+strings.Repeat("longway/", 6))
		c.Newsletters[0].Mirrors = &config.Mirrors{Site: parsed(t, "https://harbour-observer.example"), Links: config.ByPage, At: []*url.URL{dead}, Check: "/", Text: true, AllowPrivate: true}
		c.Newsletters[0].Privacy = "# What we know\n\n## Of you\n\nAn address.\n\n- one\n- two\n"
		c.Newsletters[0].Look.Footer.PrivacyURL = "/privacy/weekly"
	})
	b.draft()
	b.approve()
	b.send()
	for range 2 { // one look is not believed
		must(t, b.CheckMirrors(t.Context()))
	}
	b.signUp("tides", ada)
	personal := func(path string, purpose subscribers.Purpose, newsletter string) string {
		return path + newsletter + "/" + b.token(purpose, newsletter, ada)
	}
	pages := map[string]string{
		"/subscribe": "", "/subscribe?newsletter=tides": "", "/subscribe/embed": "", "/privacy/weekly": "What we know",
		newsroom.PathDetour + ref + "/1": "Harbour bridge to close for six months",
		"/a/weekly":                      "Earlier editions", "/a/tides": "", webRef: "", "/nothing": "This page is not here", "/c/weekly/x": "This link no longer works",
		personal(newsroom.PathPreferences, subscribers.Preferences, "weekly"): "Your preferences",
		personal(newsroom.PathPreferences, subscribers.Preferences, "tides"):  "",
		personal(newsroom.PathAppeal, subscribers.Preferences, "weekly"):      "Our appeal for support",
		personal(newsroom.PathUnsubscribe, subscribers.Unsubscribe, "tides"):  "",
		personal(newsroom.PathConfirm, subscribers.Confirm, "tides"):          "",
		personal(newsroom.PathExport, subscribers.Export, "weekly"):           "A copy of your data",
		personal(newsroom.PathErase, subscribers.Erase, "tides"):              "",
	}
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1000, "light"}, {1000, "dark"}, {360, "light"}, {360, "dark"}} {
		b.look(look.width, look.scheme)
		for path, heading := range pages {
			b.do(chromedp.Navigate(b.site + path))
			if heading == "" {
				heading = ask(b, chromedp.Evaluate[string](`document.querySelector("h1").textContent`))
			}
			b.opened(heading)
		}
	}
	b.silent()
}
