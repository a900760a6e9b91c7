package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptSite is a newspaper's site at $SITE: the files of a folder, in which $SITE
// stands for its address, and a picture wherever one is asked for.
type scriptSite struct {
	*httptest.Server
	dir string

	mu    sync.Mutex
	asked map[string]int
}

type siteKey struct{}

// scriptSiteCommand is
//
//	site serve DIR      serve a folder at $SITE
//	site asked N PATH   a path was asked for so many times
func scriptSiteCommand(ts *testscript.TestScript, neg bool, args []string) {
	switch {
	case neg || len(args) < 2:
		ts.Fatalf("usage: site serve DIR; site asked N PATH")
	case args[0] == "serve" && len(args) == 2:
		s := &scriptSite{dir: ts.MkAbs(args[1]), asked: map[string]int{}}
		s.Server = httptest.NewServer(s)
		ts.Defer(s.Close)
		ts.Setenv("SITE", s.URL)
		siteOf(ts).scriptSite = s
	case args[0] == "asked" && len(args) == 3:
		want, err := strconv.Atoi(args[1])
		ts.Check(err)
		s := siteOf(ts)
		s.mu.Lock()
		defer s.mu.Unlock()
		if got := s.asked[args[2]]; got != want {
			ts.Fatalf("%s was asked for %d times, want %d; in all: %v", args[2], got, want, s.asked)
		}
	default:
		ts.Fatalf("usage: site serve DIR; site asked N PATH")
	}
}

// siteHolder is put into a script's environment before there is a site.
type siteHolder struct{ *scriptSite }

func siteOf(ts *testscript.TestScript) *siteHolder { return ts.Value(siteKey{}).(*siteHolder) }

func (s *scriptSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked[r.URL.RequestURI()]++
	s.mu.Unlock()
	data, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(r.URL.Path)))
	switch {
	case err == nil:
		http.ServeContent(w, r, r.URL.Path, time.Time{}, strings.NewReader(strings.ReplaceAll(string(data), "$SITE", s.URL)))
	case strings.HasSuffix(r.URL.Path, ".jpg"):
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(aPicture())
	default:
		http.NotFound(w, r)
	}
}

func aPicture() []byte {
	p := image.NewGray(image.Rect(0, 0, 640, 400))
	for i := range p.Pix {
		p.Pix[i] = color.Gray{Y: uint8(i % 251)}.Y
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, p, nil)
	return b.Bytes()
}
