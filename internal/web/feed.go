package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

// atomFeed is an Atom feed (RFC 4287), as far as an archive needs one.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	About   string      `xml:"subtitle,omitempty"`
	Updated string      `xml:"updated"`
	Author  atomAuthor  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary,omitempty"`
}

// feed is the archive of a newsletter as Atom: the editions that were sent, newest first.
func (s *site) feed(w http.ResponseWriter, r *http.Request) error {
	letter, ok := s.n.Config.Newsletter(r.PathValue("newsletter"))
	if !ok {
		return fmt.Errorf("feed: %w", store.ErrNotFound)
	}
	rows, err := s.n.Store.Editions(r.Context(), letter.Name, 0)
	if err != nil {
		return err
	}
	archive := s.n.ArchiveURL(letter.Name)
	f := atomFeed{
		Lang: letter.Language, ID: archive, Title: letter.Title, About: letter.Tagline, Author: atomAuthor{letter.From.Name},
		Links: []atomLink{{"alternate", "text/html", archive}, {"self", "application/atom+xml", s.n.FeedURL(letter.Name)}},
	}
	newest := time.Unix(0, 0).UTC() // of a feed without an entry, which must say some time all the same
	for _, row := range sentOf(rows) {
		stored, err := s.n.Store.Revision(r.Context(), row.ID, row.Revision)
		if err != nil {
			return err
		}
		published := row.At
		if row.ChangedAt.Before(published) { // sent ahead of its slot: readers of feeds hide what lies ahead
			published = row.ChangedAt
		}
		if row.ChangedAt.After(newest) {
			newest = row.ChangedAt
		}
		at := s.n.EditionURL(letter.Name, row.Slot)
		f.Entries = append(f.Entries, atomEntry{
			ID: at, Title: stored.Content.Subject, Summary: stored.Content.Preheader,
			Published: atomTime(published.In(letter.Location)), Updated: atomTime(row.ChangedAt), Link: atomLink{"alternate", "text/html", at},
		})
	}
	f.Updated = atomTime(newest)
	body := bytes.NewBufferString(xml.Header)
	if err := xml.NewEncoder(body).Encode(f); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	sum := sha256.Sum256(body.Bytes())
	send(w, r, body.Bytes(), hex.EncodeToString(sum[:8]), aWhile)
	return nil
}

// atomTime is a date as Atom has it (RFC 4287 3.3).
func atomTime(t time.Time) string { return t.Truncate(time.Second).Format(time.RFC3339) }
