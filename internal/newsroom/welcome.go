package newsroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// welcomeWithin is how long after the yes a reader is still welcomed: who presses the
// button of an old mail once more is not.
const welcomeWithin = 24 * time.Hour

// welcome greets a reader who has confirmed just now, where the newsletter does so, once.
// Where that fails, the reader is subscribed all the same. A locked node greets nobody.
func (n *Newsroom) welcome(ctx context.Context, id subscribers.ID, letter *config.Newsletter) {
	if !letter.Welcome {
		return
	}
	err := n.putWelcome(ctx, id, letter)
	if err != nil && !errors.Is(err, subscribers.ErrLocked) {
		n.Log.Error("a new reader cannot be welcomed", "newsletter", letter.Name, "error", err)
	}
}

func (n *Newsroom) putWelcome(ctx context.Context, id subscribers.ID, letter *config.Newsletter) error {
	s, err := n.Store.SubscriberByID(ctx, id)
	if err != nil {
		return err
	}
	for _, t := range s.Ties {
		if t.Newsletter != letter.Name || t.State != store.Confirmed || n.Clock().Sub(t.ConfirmedAt) > welcomeWithin {
			continue
		}
		typed, err := n.Keys.Open(addressOf(s.ID), s.Address)
		if err != nil {
			return err
		}
		display, err := n.nameOf(s)
		if err != nil {
			return err
		}
		latest, err := n.latest(ctx, letter)
		if err != nil {
			return err
		}
		form, err := n.formFor(ctx, letter, s)
		if err != nil {
			return err
		}
		address, err := subscribers.ParseAddress(typed)
		if err != nil {
			return err
		}
		dedupe := fmt.Sprintf("welcome/%s/%s/%s", letter.Name, id, t.ConfirmedAt.UTC().Format(time.DateOnly))
		msg, err := n.readersLetter(n.Clock(), letter, form, templates.Welcome{
			Newsletter: letter.Title, Latest: latest, Greeting: n.greeting(letter, display),
		}, address, dedupe)
		if err != nil {
			return err
		}
		_, err = n.putLetter(ctx, "welcome", letter.Envelope, address, msg, dedupe)
		return err
	}
	return nil
}

// latest is the newest edition of a newsletter that was sent, on the web; zero where
// there is none.
func (n *Newsroom) latest(ctx context.Context, letter *config.Newsletter) (digest.Link, error) {
	rows, err := n.Store.Editions(ctx, letter.Name, 0)
	if err != nil {
		return digest.Link{}, err
	}
	for _, row := range rows {
		if row.State == digest.Sent {
			stored, err := n.Store.Revision(ctx, row.ID, row.Revision)
			return digest.Link{Title: stored.Content.Subject, URL: n.EditionURL(letter.Name, row.Slot)}, err
		}
	}
	return digest.Link{}, nil
}
