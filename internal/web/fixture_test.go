package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

func TestMain(m *testing.M) {
	trial.NoNames()
	goleak.VerifyTestMain(m)
}

// The newsroom of the tests: a weekly in English, sent at nine on Fridays, and a
// letter in Russian.
const sample = `
site: https://news.harbour-observer.example
relays: [{address: "%s", tls: none}]
newsletters:
  - name: weekly
    title: The Friday letter
    tagline: Four stories, every Friday at nine
    from: The Harbour Observer <news@harbour-observer.example>
    schedule: "0 9 * * FRI"
    hold_below: 1
    sources: [{folder: stories}]
    look: {support: {title: Keep the lamp lit, monthly: [{amount: 5 €, url: "https://harbour-observer.example/give"}]}}
  - name: tides
    title: Приливы
    from: The Harbour Observer <news@harbour-observer.example>
    language: ru
    schedule: "0 18 * * SUN"
    hold_below: 1
    look: {accent: "#003366"}
    sources: [{folder: stories}]
`

const (
	slot     = "2026-11-27T09:00"
	ref      = "weekly/" + slot
	webRef   = newsroom.PathEdition + ref
	visitor  = "198.51.100.7:40123"
	ada, ben = "ada.reader@reader.example", "ben.reader@reader.example"
)

var friday = time.Date(2026, 11, 27, 9, 0, 30, 0, time.UTC)

// room is a newsroom on SQLite in a temporary folder, its pages, and the relay that
// takes its mail.
type room struct {
	*newsroom.Newsroom
	t     *testing.T
	dir   string
	pages http.Handler
	post  *inbox
	log   *trial.Log
	ahead atomic.Int64 // of friday, in nanoseconds
}

func (r *room) now() time.Time { return friday.Add(time.Duration(r.ahead.Load())) }

// later sets the clock to some time after friday.
func (r *room) later(d time.Duration) { r.ahead.Store(int64(d)) }

// open makes a newsroom with two readers of the weekly. At the end of the test its
// log must name nobody.
func open(t *testing.T, o Options) *room {
	t.Helper()
	return configured(t, o, nil)
}

// configured is such a newsroom with changes to its configuration.
func configured(t *testing.T, o Options, change func(*config.Config) error) *room {
	t.Helper()
	r := &room{t: t, dir: t.TempDir(), post: relay(t), log: &trial.Log{}}
	write(t, r.dir, "bridge", "Harbour bridge to close for six months", "image: bridge.png\nalt: The bridge\n")
	write(t, r.dir, "market", "Fish market moves indoors", "")
	put(t, filepath.Join(r.dir, "stories", "bridge.png"), trial.PNG(t, 600, 300))
	must(t, newsroom.Init(t.Context(), r.dir, fmt.Appendf(nil, sample, r.post.address)))
	storetest.Schema(t, filepath.Join(r.dir, "broadsheet.db"))
	n, err := newsroom.Open(t.Context(), newsroom.Options{
		Dir: r.dir, Clock: r.now, Who: "test", Config: change,
		Lookup: func(string) (string, bool) { return "", false },
		Log:    slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	must(t, err)
	r.Newsroom, r.pages = n, Handler(n, o)
	t.Cleanup(func() {
		_ = n.Close()
		r.checkLog()
	})
	for _, typed := range []string{ada, ben} {
		_, err := n.Add(t.Context(), "weekly", typed, "", "", "asked us at the harbour fair")
		must(t, err)
	}
	return r
}

// checkLog holds the log to its promise: no address, no token, no client.
func (r *room) checkLog() {
	tokens := regexp.MustCompile(`[A-Za-z0-9_-]{40,}`)
	for line := range strings.Lines(r.log.String()) {
		if strings.Contains(line, "@") || strings.Contains(line, "198.51.100") || tokens.MatchString(line) {
			r.t.Errorf("the log tells of a reader: %s", line)
		}
	}
}

func write(t *testing.T, dir, name, title, more string) {
	t.Helper()
	put(t, filepath.Join(dir, "stories", name+".md"), fmt.Appendf(nil,
		"---\ntitle: %s\nlink: https://harbour-observer.example/%s\ndate: 2026-11-25\nsection: News\n%s---\nWhat happened, in a few words.\n", title, name, more))
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, data, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// draft, approve and send bring the weekly's edition on.
func (r *room) draft() {
	r.t.Helper()
	d, err := r.Draft(r.t.Context(), "weekly", slot, true)
	must(r.t, err)
	if len(d.Warnings) > 0 {
		r.t.Fatal(d.Warnings)
	}
}

func (r *room) approve() {
	r.t.Helper()
	_, err := r.Approve(r.t.Context(), ref)
	must(r.t, err)
}

func (r *room) send() {
	r.t.Helper()
	a, err := r.Send(r.t.Context(), ref, newsroom.SendOptions{})
	must(r.t, err)
	if a.Accepted == 0 || !a.Complete() {
		r.t.Fatalf("not sent: %+v", a)
	}
}

// sent is a newsroom whose edition has been sent.
func sent(t *testing.T) *room {
	t.Helper()
	r := open(t, Options{})
	r.draft()
	r.approve()
	r.send()
	return r
}

// signUp signs somebody up, who has not confirmed.
func (r *room) signUp(newsletter, typed string) {
	r.t.Helper()
	must(r.t, r.SignUp(r.t.Context(), newsroom.SignUp{Newsletters: []string{newsletter}, Address: typed}))
	must(r.t, r.TakeSignUps(r.t.Context()))
}

// token is a reader's link for a purpose.
func (r *room) token(purpose subscribers.Purpose, newsletter, typed string) string {
	r.t.Helper()
	s := r.reader(typed)
	return r.Keys.Token(purpose, newsletter, s.ID, uint32(s.Generation))
}

func (r *room) reader(typed string) store.Subscriber {
	r.t.Helper()
	address, err := subscribers.ParseAddress(typed)
	must(r.t, err)
	index, err := r.Keys.Index(address)
	must(r.t, err)
	s, err := r.Store.SubscriberByIndex(context.Background(), index)
	must(r.t, err)
	return s
}

// state is where a reader's tie to a newsletter stands; empty for none.
func (r *room) state(newsletter, typed string) store.SubscriptionState {
	r.t.Helper()
	for _, tie := range r.reader(typed).Ties {
		if tie.Newsletter == newsletter {
			return tie.State
		}
	}
	return ""
}

func (r *room) wantState(newsletter, typed string, want store.SubscriptionState) {
	r.t.Helper()
	if got := r.state(newsletter, typed); got != want {
		r.t.Errorf("the tie to %s is %q, want %q", newsletter, got, want)
	}
}

// fingerprint is over every byte that the store has on disk.
func (r *room) fingerprint() string {
	r.t.Helper()
	h := sha256.New()
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(r.dir, "broadsheet.db"+end))
		must(r.t, err)
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ask asks for a page. body may be empty; kind is its Content-Type.
func (r *room) ask(method, path, kind, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.RemoteAddr = visitor
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	r.pages.ServeHTTP(w, req)
	return w
}

func (r *room) get(path string) *httptest.ResponseRecorder { return r.ask("GET", path, "", "") }

const formKind = "application/x-www-form-urlencoded"

func (r *room) form(path, body string) *httptest.ResponseRecorder {
	return r.ask("POST", path, formKind, body)
}

// want checks the status, and that the page holds each of some texts.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %q: %s", text, w.Body)
		}
	}
}

// inbox is a relay on loopback that takes every message.
type inbox struct {
	address string

	mu    sync.Mutex
	mails map[string]*mail.Message // the last to each recipient
	all   map[string]int           // how many each has got
	raw   map[string][][]byte      // what each has got
}

func relay(t *testing.T) *inbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	in := &inbox{address: l.Addr().String(), mails: map[string]*mail.Message{}, all: map[string]int{}, raw: map[string][][]byte{}}
	server := gosmtp.NewServer(in)
	trial.Serve(t, server, l)
	return in
}

// to is the last mail to an address, nil for none.
func (in *inbox) to(address string) *mail.Message {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.mails[address]
}

// each are all mails to an address, as they came.
func (in *inbox) each(address string) [][]byte {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.raw[address]
}

// count is how many mails an address has got.
func (in *inbox) count(address string) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.all[address]
}

func (in *inbox) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{in: in}, nil }

type session struct {
	in *inbox
	to string
}

func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *session) Reset()                                 {}
func (s *session) Logout() error                          { return nil }

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *session) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.in.mails[s.to] = m
	s.in.all[s.to]++
	s.in.raw[s.to] = append(s.in.raw[s.to], raw)
	return nil
}
