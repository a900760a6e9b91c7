package web

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// How long a client may take, so that slow ones cannot use up the listener, and
// how long the answers under way may take once the listener is to stop.
const (
	headerTime = 5 * time.Second
	readTime   = 15 * time.Second
	writeTime  = 30 * time.Second
	idleTime   = time.Minute
	drainTime  = 10 * time.Second
)

// Serve serves the readers' pages on a listener until ctx ends; then it finishes
// what is under way and returns nil. It closes the listener.
func Serve(ctx context.Context, n *newsroom.Newsroom, l net.Listener) error {
	return serve(ctx, newServer(Handler(n, Options{}), n.Log), l)
}

func newServer(h http.Handler, out *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxBody,
		ErrorLog:          log.New(quiet{out}, "", 0),
	}
}

func serve(ctx context.Context, server *http.Server, l net.Listener) error {
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
		err = server.Close() // who still reads has had their time
	}
	<-ended
	return err
}

// quiet takes the server's own log lines. Nearly all name a client's address; only
// those about the listener itself are passed on.
type quiet struct{ log *slog.Logger }

func (q quiet) Write(line []byte) (int, error) {
	if text := strings.TrimSpace(string(line)); strings.HasPrefix(text, "http: Accept error:") {
		q.log.Warn("the readers' listener", "error", text)
	}
	return len(line), nil
}
