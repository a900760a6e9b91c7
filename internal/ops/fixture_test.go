package ops

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/internal/trial"
)

func TestMain(m *testing.M) {
	trial.NoNames()
	goleak.VerifyTestMain(m)
}

const sample = `
site: https://news.harbour-observer.example
relays: [{address: "%s", tls: none}]
newsletters:
  - name: weekly
    title: The Friday letter
    from: The Harbour Observer <news@harbour-observer.example>
    schedule: "0 9 * * FRI"
    timezone: Europe/Berlin
    hold_below: 1
    give_up: 1d
    sources: [{folder: stories}]
`

const (
	slot    = "2026-11-27T09:00"
	ref     = "weekly/" + slot
	refused = "refused.reader@reader.example" // by the relay, for good
)

var friday = time.Date(2026, 11, 27, 8, 0, 30, 0, time.UTC)

// room is a newsroom on SQLite in a temporary folder, with one reader, whom the
// relay refuses.
type room struct {
	*newsroom.Newsroom
	t    *testing.T
	desk http.Handler
}

func open(t *testing.T, o Options) *room {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "stories"), 0o755))
	for name, title := range map[string]string{"bridge": "Harbour <bridge> to close", "market": "Fish market moves indoors"} {
		put(t, filepath.Join(dir, "stories", name+".md"), fmt.Appendf(nil,
			"---\ntitle: %s\nlink: https://harbour-observer.example/%s\ndate: 2026-11-25\nimage: sea.png\n---\nWhat happened.\n", title, name))
	}
	put(t, filepath.Join(dir, "stories", "sea.png"), trial.PNG(t, 600, 300))
	must(t, newsroom.Init(t.Context(), dir, fmt.Appendf(nil, sample, relay(t))))
	storetest.Schema(t, filepath.Join(dir, "broadsheet.db"))
	n, err := newsroom.Open(t.Context(), newsroom.Options{
		Dir: dir, Clock: func() time.Time { return friday }, Who: "test", Log: slog.New(slog.DiscardHandler),
		Lookup: func(string) (string, bool) { return "", false },
	})
	must(t, err)
	t.Cleanup(func() { _ = n.Close() })
	r := &room{Newsroom: n, t: t, desk: Handler(n, o)}
	r.readers(refused)
	return r
}

// readers adds readers to the weekly.
func (r *room) readers(typed ...string) {
	r.t.Helper()
	_, err := r.Import(r.t.Context(), strings.NewReader("email\n"+strings.Join(typed, "\n")+"\n"), newsroom.ImportOptions{Newsletter: "weekly", Basis: "asked us"})
	must(r.t, err)
}

// thousand adds a thousand of them, whom the relay takes.
func (r *room) thousand() {
	r.t.Helper()
	var typed []string
	for i := range 1000 {
		typed = append(typed, fmt.Sprintf("reader-%d@reader.example", i))
	}
	r.readers(typed...)
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(path, data, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *room) draft() {
	r.t.Helper()
	_, err := r.Draft(r.t.Context(), "weekly", slot, true)
	must(r.t, err)
}

func (r *room) send() {
	r.t.Helper()
	_, err := r.Approve(r.t.Context(), ref)
	must(r.t, err)
	_, err = r.Send(r.t.Context(), ref, newsroom.SendOptions{})
	must(r.t, err)
}

func (r *room) get(path string) *httptest.ResponseRecorder { return r.getAs("localhost:8481", path) }

func (r *room) getAs(host, path string) *httptest.ResponseRecorder {
	req := httptest.NewRequest("GET", path, nil)
	req.Host = host
	w := httptest.NewRecorder()
	r.desk.ServeHTTP(w, req)
	return w
}

// want checks the status, that the answer holds each of some texts, and that it
// holds no address of a reader.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the answer lacks %q: %s", text, w.Body)
		}
	}
	if strings.Contains(w.Body.String(), "@reader.example") {
		t.Error("the answer holds a reader's address")
	}
}

// relay is an SMTP server on loopback that takes every recipient but one.
func relay(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := gosmtp.NewServer(backend{})
	trial.Serve(t, server, l)
	return l.Addr().String()
}

type backend struct{}

func (backend) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return session{}, nil }

type session struct{}

func (session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (session) Reset()                                 {}
func (session) Logout() error                          { return nil }

func (session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if to == refused {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	return nil
}

func (session) Data(body io.Reader) error {
	_, err := io.Copy(io.Discard, body)
	return err
}
