package demo

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// site serves feeds and pictures on loopback, as the newspaper's own site would.
type site struct {
	server   *http.Server
	listener net.Listener
	done     chan struct{}
}

// openSite listens on the port, or on any where it is taken.
func openSite(port string, slot time.Time) (*site, error) {
	l, err := listen(port)
	if err != nil {
		return nil, err
	}
	s := &site{listener: l, done: make(chan struct{})}
	files, err := Feeds(slot, s.base())
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	mux := http.NewServeMux()
	for _, f := range files {
		mux.HandleFunc("GET /"+f.Name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", f.Type)
			_, _ = w.Write(f.Bytes)
		})
	}
	mux.Handle("GET /pictures/", http.FileServerFS(pictures))
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(l)
	}()
	return s, nil
}

func (s *site) base() string { return "http://" + s.listener.Addr().String() }

func (s *site) close(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	<-s.done
	return err
}

// listen takes a port of loopback, or any free one where it is taken.
func listen(port string) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return l, nil
}

// nameOf is a feed's path for an outlet: "/news.xml"; empty where it has none.
func nameOf(outlet string) string {
	if f, ok := feedFiles[strings.TrimSpace(outlet)]; ok {
		return "/" + f.name
	}
	return ""
}
