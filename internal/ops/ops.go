package ops

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// Options are what the page is told of the process around it.
type Options struct {
	// LastBeat is when the schedule was last looked at; zero before the first
	// time. Nil: no schedule runs in this process.
	LastBeat func() time.Time
	// Version of the program. Empty: as it was built.
	Version string
	// Hosts are names that the page may be asked for by, beside this machine's
	// own and the host of listen.ops.
	Hosts []string
}

// desk is what every route works with.
type desk struct {
	n *newsroom.Newsroom
	o Options
}

// Handler serves the operators' page. Its metrics have a registry of their own.
func Handler(n *newsroom.Newsroom, o Options) http.Handler {
	if o.Version == "" {
		o.Version = builtVersion()
	}
	d := &desk{n: n, o: o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.editions)
	mux.HandleFunc("GET /healthz", d.health)
	mux.Handle("GET /metrics", d.metrics())
	mux.HandleFunc("GET /preview/{newsletter}/{slot}", d.preview)
	mux.HandleFunc("GET "+newsroom.PathMedia+"{name}", d.picture)
	mux.HandleFunc("GET /assets/{name}", d.stylesheet)
	return d.guard(mux)
}

// guard lets in only who asks for us by our own name: a page on the web could
// otherwise point its name at this machine and read what is here (DNS rebinding).
func (d *desk) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers(w.Header())
		if !d.mayAsk(r.Host) {
			http.Error(w, "This page answers to the names of this machine only, such as http://localhost:8481, and to the host in listen: ops.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// headers are those of every answer; a route may loosen what it must.
func headers(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// mayAsk tells whether a Host header names us. Where we listen on every address,
// any address written in numbers does: rebinding needs a name.
func (d *desk) mayAsk(hostport string) bool {
	host := hostOf(hostport)
	own := hostOf(d.n.Config.Listen.Ops)
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "localhost", err == nil && ip.IsLoopback():
		return true
	case slices.Contains(d.o.Hosts, host):
		return true
	case own == "" || own == "0.0.0.0" || own == "::":
		return err == nil
	}
	return host == own
}

// hostOf is the host of "host:port", "host" or "[v6]:port", in lower case.
func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

const drainTime = 5 * time.Second

// Serve serves the operators' page on a listener until ctx ends, and then returns
// nil. It closes the listener.
func Serve(ctx context.Context, n *newsroom.Newsroom, l net.Listener, o Options) error {
	return run(ctx, &http.Server{
		Handler:           Handler(n, o),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}, l)
}

// run lets a server serve a listener until ctx ends.
func run(ctx context.Context, server *http.Server, l net.Listener) error {
	server.ErrorLog = log.New(io.Discard, "", 0) // its lines name clients' addresses
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	draining, stop := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer stop()
	err := server.Shutdown(draining)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-ended
	return err
}

// fail answers with an error in words. The page is for operators: they see it.
func (d *desk) fail(w http.ResponseWriter, r *http.Request, status int, err error) {
	if status >= http.StatusInternalServerError && r.Context().Err() == nil {
		d.n.Log.Error("operators' page", "route", r.Pattern, "error", err)
	}
	http.Error(w, err.Error(), status)
}
