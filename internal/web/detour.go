package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// detour sends a reader on to a link of an edition, by the mirror that works now. It is
// no open redirect: it knows the edition's own links, by number. Where no mirror works
// it is a page that says so. Nothing is kept, and no line is logged.
func (s *site) detour(w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || r.PathValue("number") != strconv.Itoa(number) {
		return fmt.Errorf("detour: %w", store.ErrNotFound)
	}
	d, err := s.n.Detour(r.Context(), r.PathValue("newsletter"), digest.Slot(r.PathValue("slot")), number)
	if err != nil {
		return err
	}
	if d.To == "" {
		s.write(w, r, answer{letter: d.Letter, page: d.Page})
		return nil
	}
	http.Redirect(w, r, d.To, http.StatusFound)
	return nil
}

// unlogged tells whether a request leaves no line in the log: it says what somebody reads.
func (s *site) unlogged(r *http.Request) bool {
	return strings.HasPrefix(strings.TrimPrefix(r.URL.Path, s.base), newsroom.PathDetour)
}
