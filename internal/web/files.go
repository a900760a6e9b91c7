package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// forEver is for what is named by its hash: the same address always gives the
// same bytes.
const forEver = "public, max-age=31536000, immutable"

// work is the script that a browser does its work with.
//
//go:embed work.js
var work []byte

// nameScript is the name of a script: it changes when the script does.
func nameScript(script []byte) string {
	sum := sha256.Sum256(script)
	return hex.EncodeToString(sum[:6]) + ".js"
}

// picture serves a picture of a mail.
func (s *site) picture(w http.ResponseWriter, r *http.Request) error {
	m, err := s.n.Picture(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", m.Type)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // mail is read on webmail's pages
	send(w, r, m.Bytes, m.Hash, forEver)
	return nil
}

// asset serves the stylesheet of a look, or the script.
func (s *site) asset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if name == nameScript(work) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		send(w, r, work, name, forEver)
		return nil
	}
	css, ok := s.sheets[name]
	if !ok {
		return fmt.Errorf("stylesheet: %w", store.ErrNotFound)
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	send(w, r, css, name, forEver)
	return nil
}

// robots keeps search engines off the readers' own pages.
func (s *site) robots(w http.ResponseWriter, r *http.Request) error {
	text := "User-agent: *\n"
	for _, path := range []string{
		newsroom.PathUnsubscribe, newsroom.PathPreferences, newsroom.PathAppeal, newsroom.PathConfirm, newsroom.PathReturn,
		newsroom.PathExport, newsroom.PathErase, newsroom.PathDetour,
	} {
		text += "Disallow: " + s.base + path + "\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	send(w, r, []byte(text), "", "public, max-age=86400")
	return nil
}

// send writes bytes that may be kept, and answers 304 to who has them (RFC 9110
// 13.1.2). tag names the bytes; empty: nothing does.
func send(w http.ResponseWriter, r *http.Request, body []byte, tag, keep string) {
	h := w.Header()
	h.Set("Cache-Control", keep)
	if tag != "" {
		h.Set("ETag", `"`+tag+`"`)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
