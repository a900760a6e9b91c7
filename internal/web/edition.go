package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

const (
	archiveLength = 100                   // editions that the archive lists
	aWhile        = "public, max-age=300" // a corrected edition shows within minutes
)

// edition is an edition on the web: the same for every reader.
func (s *site) edition(w http.ResponseWriter, r *http.Request) error {
	letter, ok := s.n.Config.Newsletter(r.PathValue("newsletter"))
	slot := digest.Slot(r.PathValue("slot"))
	if !ok || !slot.Valid() {
		return fmt.Errorf("edition: %w", store.ErrNotFound)
	}
	row, err := s.n.Store.EditionBySlot(r.Context(), letter.Name, slot)
	if err != nil {
		return err
	}
	number, err := s.public(r.Context(), row)
	if err != nil {
		return err
	}
	page, err := s.pages.get(revision{row.ID, number}, func() (string, error) { return s.render(r.Context(), letter, row, number) })
	if err != nil {
		return err
	}
	if page, err = s.n.MirrorPage(r.Context(), letter, row, page); err != nil {
		return err
	}
	h := w.Header()
	// Its styles are inline, as the mail's are.
	h.Set("Content-Security-Policy", s.policy("style-src 'unsafe-inline'; form-action 'none'"))
	h.Set("Content-Type", "text/html; charset=utf-8")
	sum := sha256.Sum256([]byte(page))
	send(w, r, []byte(page), hex.EncodeToString(sum[:8]), aWhile)
	return nil
}

func (s *site) render(ctx context.Context, letter *config.Newsletter, row store.Edition, number int) (string, error) {
	stored, err := s.n.Store.Said(ctx, row.ID, number)
	if err != nil {
		return "", err
	}
	return s.n.WebPage(ctx, &newsroom.Printed{Edition: row, Letter: letter, Stored: stored, Revision: stored.Content})
}

// public is the revision of an edition that everyone may read: the one that is
// frozen or was sent. While a sent edition is open for mending, what its readers
// have got stays, since the mails link there. A draft is never shown. Errors:
// store.ErrNotFound.
func (s *site) public(ctx context.Context, row store.Edition) (int, error) {
	switch row.State {
	case digest.Frozen, digest.Sending, digest.Sent:
		return row.Revision, nil
	case digest.Draft, digest.Held, digest.Approved:
		number, err := s.mailed.get(revision{row.ID, row.Revision}, func() (int, error) { return s.newestMailed(ctx, row) })
		if number > 0 || err != nil {
			return number, err
		}
	}
	return 0, fmt.Errorf("edition %s is %s: %w", row.Name(), row.State, store.ErrNotFound)
}

// newestMailed is the newest revision of a reopened edition that some reader has;
// 0 where nobody has any. Its mailings are over: reopening ends them.
func (s *site) newestMailed(ctx context.Context, row store.Edition) (int, error) {
	mailings, err := s.n.Store.Mailings(ctx, row.ID)
	if err != nil {
		return 0, err
	}
	number := 0
	for _, m := range mailings {
		counts, err := s.n.Store.CountMailing(ctx, m.ID)
		if err != nil {
			return 0, err
		}
		if counts.Accepted > 0 {
			number = max(number, m.Revision)
		}
	}
	return number, nil
}

// archive lists the editions that were sent, newest first.
func (s *site) archive(r *http.Request) (answer, error) {
	letter, ok := s.n.Config.Newsletter(r.PathValue("newsletter"))
	if !ok {
		return s.nothing(r)
	}
	rows, err := s.n.Store.Editions(r.Context(), letter.Name, 0)
	if err != nil {
		return answer{}, err
	}
	var entries []templates.ArchiveEntry
	for _, row := range sentOf(rows) {
		e, err := s.entries.get(revision{row.ID, row.Revision}, func() (templates.ArchiveEntry, error) { return s.archived(r.Context(), letter, row) })
		if err != nil {
			return answer{}, err
		}
		entries = append(entries, e)
	}
	return answer{letter: letter, page: templates.ArchivePage{Editions: entries, Feed: s.base + newsroom.PathFeed + letter.Name}, keep: aWhile}, nil
}

// sentOf are the newest editions that were sent.
func sentOf(rows []store.Edition) []store.Edition {
	var sent []store.Edition
	for _, row := range rows {
		if row.State == digest.Sent && len(sent) < archiveLength {
			sent = append(sent, row)
		}
	}
	return sent
}

func (s *site) archived(ctx context.Context, letter *config.Newsletter, row store.Edition) (templates.ArchiveEntry, error) {
	stored, err := s.n.Store.Said(ctx, row.ID, row.Revision)
	if err != nil {
		return templates.ArchiveEntry{}, err
	}
	return templates.ArchiveEntry{
		Subject: stored.Content.Subject, At: row.At.In(letter.Location), Stories: len(stored.Content.Items()),
		URL: s.base + newsroom.PathEdition + letter.Name + "/" + string(row.Slot),
	}, nil
}
