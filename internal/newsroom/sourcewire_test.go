package newsroom_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// wire is a server of feeds that counts who asks for what.
type wire struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // paths, in order
	how   http.HandlerFunc
}

func openWire(t *testing.T, how http.HandlerFunc) *wire {
	t.Helper()
	w := &wire{how: how}
	w.Server = httptest.NewServer(w)
	t.Cleanup(w.Close)
	return w
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r.URL.Path)
	how := w.how
	w.mu.Unlock()
	how(out, r)
}

func (w *wire) answers(how http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.how = how
}

// since gives the paths asked for since the last call.
func (w *wire) since() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := strings.Join(w.asked, " ")
	w.asked = nil
	return asked
}

func rss(names ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link><description>d</description>`)
	for _, name := range names {
		fmt.Fprintf(&b, "<item><title>About the %s</title><link>https://wire.example/%s</link><pubDate>Thu, 26 Nov 2026 08:00:00 +0000</pubDate></item>", name, name)
	}
	return b.String() + "</channel></rss>"
}

func feeds(names ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rss(names...)) }
}

func fails(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
	}
}

// from is a newsletter's source at an address.
func from(address string) settings {
	return settings{"sources": "[{name: wire, url: \"" + address + "\", allow_private: true}]"}
}

func (r *room) fetch() newsroom.SourceReport {
	r.t.Helper()
	reports, err := r.n.Fetch(r.t.Context(), "")
	if err != nil || len(reports) == 0 {
		r.t.Fatalf("%+v %v", reports, err)
	}
	return reports[0]
}

func (r *room) fetchDue() {
	r.t.Helper()
	if err := r.n.FetchDue(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) source(name string) store.SourceState {
	r.t.Helper()
	st, err := r.n.Store.SourceState(r.t.Context(), "weekly", name)
	if err != nil {
		r.t.Fatal(err)
	}
	return st
}
