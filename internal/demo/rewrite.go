package demo

import (
	"bytes"
	"net/http"
	"strings"
)

// rewritten turns the newspaper's addresses, in what a handler answers, to this
// machine's, so that every link of every page works here.
func (p *pages) rewritten(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held := &heldAnswer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(held, r)
		body := held.body.Bytes()
		h := w.Header()
		if location := h.Get("Location"); location != "" {
			h.Set("Location", p.here(location))
		}
		if kind := h.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && len(body) > 0 {
			body = []byte(p.here(string(body)))
			h.Del("Content-Length")
			h.Del("ETag") // of other bytes
		}
		w.WriteHeader(held.status)
		_, _ = w.Write(body)
	})
}

// heldAnswer keeps an answer until it is whole.
type heldAnswer struct {
	http.ResponseWriter
	status int
	begun  bool
	body   bytes.Buffer
}

func (a *heldAnswer) WriteHeader(status int) {
	if !a.begun {
		a.status, a.begun = status, true
	}
}

func (a *heldAnswer) Write(b []byte) (int, error) {
	a.begun = true
	return a.body.Write(b)
}
