package newsroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// writeConfirmation writes the letter that asks for a yes, once it is to be sent.
func (n *Newsroom) writeConfirmation(ctx context.Context, l store.Letter, s sealedLetter) (sealedLetter, error) {
	reader, err := n.readerOf(ctx, l)
	if err != nil {
		return s, err
	}
	forms := map[string]templates.Variant{}
	for _, letter := range n.named(s.Ask) {
		if forms[letter.Name], err = n.formFor(ctx, letter, reader); err != nil {
			return s, err
		}
	}
	return n.confirmation(l.CreatedAt, s, reader.ID, uint32(reader.Generation), l.Dedupe, forms)
}

// confirmation fills in the letter that asks for a yes to s.Ask, in these forms. Nothing
// in it was typed by whoever signed the address up. It comes from the first of the
// newsletters, but from one that asks for a neutral subject before any other.
func (n *Newsroom) confirmation(at time.Time, s sealedLetter, id subscribers.ID, generation uint32, dedupe string, forms map[string]templates.Variant) (sealedLetter, error) {
	asked := n.named(s.Ask)
	if len(asked) == 0 {
		return s, fmt.Errorf("the newsletters of this letter: %w", store.ErrNotFound)
	}
	letter := asked[0]
	discreet := func(l *config.Newsletter) bool { return forms[l.Name] == templates.Private && l.Private.Subject != "" }
	if i := slices.IndexFunc(asked, discreet); i >= 0 {
		letter = asked[i]
	}
	var titles []string
	for _, l := range asked {
		titles = append(titles, l.Title)
	}
	token := n.Keys.Token(subscribers.Confirm, letter.Name, id, generation)
	s.From = letter.Envelope
	var err error
	s.Message, err = n.readersLetter(at, letter, forms[letter.Name], templates.Confirmation{
		Newsletters: titles, URL: n.ConfirmURL(letter.Name, token),
	}, subscribers.Address{Typed: s.To}, dedupe)
	return s, err
}

// named are the newsletters of those names that there are.
func (n *Newsroom) named(names []string) []*config.Newsletter {
	var all []*config.Newsletter
	for _, name := range names {
		if letter, ok := n.Config.Newsletter(name); ok {
			all = append(all, letter)
		}
	}
	return all
}

// Asked are the newsletters that a confirmation's link stands for: those that its
// reader has asked for and not yet confirmed, or else the link's own, if they have it.
// The first is the link's, whose look the page takes. Errors: ErrNotYours, or the
// store's.
func (n *Newsroom) Asked(ctx context.Context, newsletter, token string) ([]*config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Confirm, newsletter, token)
	if err != nil {
		return nil, err
	}
	asked, err := n.asked(ctx, s, letter)
	if err == nil && len(asked) == 0 {
		err = ErrNotYours
	}
	return asked, err
}

func (n *Newsroom) asked(ctx context.Context, s store.Subscriber, letter *config.Newsletter) (asked []*config.Newsletter, err error) {
	if s.Number == 0 { // it came to a locked node, and waits in the inbox
		in, err := n.Store.InboxByID(ctx, s.ID)
		return n.named(strings.Split(in.Newsletter, inboxComma)), err
	}
	for _, t := range s.Ties {
		other, ok := n.Config.Newsletter(t.Newsletter)
		switch {
		case !ok:
		case t.Newsletter == letter.Name && t.State != store.Unsubscribed:
			asked = slices.Insert(asked, 0, letter)
		case t.State == store.Pending:
			asked = append(asked, other)
		}
	}
	return asked, nil
}

// Confirm makes a sign-up stand for the newsletters that the page of the confirmation's
// link has shown ("nil": for all that it would show). Errors: ErrNotYours, or the
// store's.
func (n *Newsroom) Confirm(ctx context.Context, newsletter, token string, shown []string) ([]*config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Confirm, newsletter, token)
	if err != nil {
		return nil, err
	}
	if s.Number == 0 {
		asked, err := n.asked(ctx, s, letter)
		if err == nil {
			err = n.Store.ConfirmInbox(ctx, s.ID, n.Clock())
		}
		if !errors.Is(err, store.ErrNotFound) {
			return asked, err
		}
		if s, _, err = n.tokenReader(ctx, subscribers.Confirm, newsletter, token); err != nil { // taken over at this moment
			return nil, err
		}
	}
	asked, err := n.asked(ctx, s, letter)
	if err != nil {
		return nil, err
	}
	if shown != nil {
		asked = slices.DeleteFunc(asked, func(l *config.Newsletter) bool { return !slices.Contains(shown, l.Name) })
	}
	if len(asked) == 0 {
		return nil, ErrNotYours
	}
	for _, l := range asked {
		if err := n.Store.Confirm(ctx, s.ID, l.Name, l.Welcome, n.Clock()); err != nil {
			return nil, err
		}
	}
	return asked, nil
}
