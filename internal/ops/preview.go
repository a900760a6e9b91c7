package ops

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// preview renders an edition as it stands, drafts too:
// /preview/NEWSLETTER/SLOT?variant=NAME, of those that are mailed, or web.
func (d *desk) preview(w http.ResponseWriter, r *http.Request) {
	variant := templates.Variant(r.URL.Query().Get("variant"))
	if variant == "" {
		variant = templates.Digest
	}
	body, status, err := d.rendered(r, variant)
	if err != nil {
		d.fail(w, r, status, err)
		return
	}
	h := w.Header()
	// The mail's styles are inline, and a logo is at the newsroom's own site.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	if textAlone(variant) {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	_, _ = w.Write([]byte(body))
}

// textAlone tells whether a variant has no HTML: text, or a twin of it.
func textAlone(v templates.Variant) bool {
	return v == templates.TextOnly || strings.HasPrefix(string(v), string(templates.TextOnly)+"-")
}

// rendered is an edition in a variant, its pictures shown from here: the readers'
// address may not be up yet.
func (d *desk) rendered(r *http.Request, v templates.Variant) (body string, status int, err error) {
	slot := digest.Slot(r.PathValue("slot"))
	if !slot.Valid() {
		return "", http.StatusNotFound, errors.New("this is no slot: write 2026-11-27T09:00, or extra-NAME")
	}
	row, err := d.n.Store.EditionBySlot(r.Context(), r.PathValue("newsletter"), slot)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Revision == 0 {
		return "", http.StatusNotFound, errors.New("this edition has no draft")
	}
	if err != nil {
		return "", http.StatusInternalServerError, err
	}
	if there := append(d.n.Mailed(row.Newsletter), templates.Web); !slices.Contains(there, v) {
		return "", http.StatusNotFound, fmt.Errorf("there is no such variant; there are %v", there)
	}
	if body, err = d.body(r, row, v); err != nil {
		return "", http.StatusInternalServerError, err
	}
	return strings.ReplaceAll(body, d.n.MediaURL(""), newsroom.PathMedia), http.StatusOK, nil
}

func (d *desk) body(r *http.Request, row store.Edition, v templates.Variant) (string, error) {
	if v == templates.Web {
		e, err := d.n.Edition(r.Context(), row.Name())
		if err != nil {
			return "", err
		}
		return d.n.WebPage(r.Context(), &e.Printed)
	}
	files, err := d.n.Preview(r.Context(), row.Name())
	if err != nil {
		return "", err
	}
	ending := "-" + string(v) + ".html"
	if textAlone(v) {
		ending = "-" + string(v) + ".txt"
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name, ending) {
			return string(f.Bytes), nil
		}
	}
	return "", fmt.Errorf("the preview of %s has no %s", row.Name(), v)
}

// picture serves a picture of an edition.
func (d *desk) picture(w http.ResponseWriter, r *http.Request) {
	m, err := d.n.Picture(r.Context(), r.PathValue("name"))
	if errors.Is(err, store.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		d.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", m.Type)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(m.Bytes))
}
