package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
)

// maxBody bounds what a form may hold, in bytes.
const maxBody = 16 << 10

// guard stands around every route: security headers, a limit on the body, a log
// line by route, and a plain answer where the program itself is at fault.
func (s *site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &watched{ResponseWriter: w}
		begun := s.n.Clock()
		defer func() {
			if fault := recover(); fault != nil {
				if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(fault)
				}
				// What was thrown may hold what a reader typed: where is enough.
				s.n.Log.Error("panic", "route", r.Pattern, "stack", string(debug.Stack()))
				if seen.status == 0 {
					s.apologise(seen, s.letterOf(r))
				}
			}
			if s.unlogged(r) {
				return
			}
			// The route, never the address asked for: that may hold a token.
			s.n.Log.LogAttrs(r.Context(), slog.LevelDebug, "page", slog.String("route", r.Pattern),
				slog.Int("status", seen.status), slog.Duration("took", s.n.Clock().Sub(begun).Round(time.Microsecond)))
		}()
		s.headers(w.Header())
		if r.ContentLength > maxBody {
			s.write(seen, r, s.failure(r, errTooLarge))
			return
		}
		r.Body = http.MaxBytesReader(seen, r.Body, maxBody)
		next.ServeHTTP(seen, r)
	})
}

// headers are those of every answer; a route may loosen what it must.
func (s *site) headers(h http.Header) {
	h.Set("Content-Security-Policy", s.policy("style-src 'self'; form-action 'self'"))
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if s.o.FrameAncestors == "" {
		h.Set("X-Frame-Options", "DENY")
	}
}

// policy is a Content-Security-Policy with a route's own allowances in it.
func (s *site) policy(own string) string {
	framers := s.o.FrameAncestors
	if framers == "" {
		framers = "'none'"
	}
	return "default-src 'none'; img-src " + s.pictureOrigins() + "; " + own + "; base-uri 'none'; frame-ancestors " + framers
}

// pictureOrigins are where the pages' pictures come from: ourselves, by whichever
// address, and where on the newsroom's own domain the newsletters' logos are.
func (s *site) pictureOrigins() string {
	origins := []string{"'self'", origin(s.n.Config.Site)}
	for _, letter := range s.n.Config.Newsletters {
		if u, err := url.Parse(letter.Look.LogoURL); err == nil && s.n.Config.Own(letter.Look.LogoURL) {
			origins = append(origins, origin(u))
		}
	}
	return strings.Join(origins, " ")
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// watched remembers the status of an answer.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
