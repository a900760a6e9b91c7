package newsroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// newReader seals one row.
func (n *Newsroom) newReader(ctx context.Context, letter *config.Newsletter, row subscribers.Row, consent store.Consent) (store.NewSubscriber, error) {
	return n.newReaderAs(ctx, subscribers.NewID(), letter, row, consent)
}

func (n *Newsroom) newReaderAs(ctx context.Context, id subscribers.ID, letter *config.Newsletter, row subscribers.Row, consent store.Consent) (store.NewSubscriber, error) {
	now := n.Clock()
	index, err := n.indexOf(ctx, row.Address)
	if err != nil {
		return store.NewSubscriber{}, err
	}
	version, err := n.Keys.IndexVersion()
	if err != nil {
		return store.NewSubscriber{}, err
	}
	sealed, err := n.Keys.Seal(addressOf(id), row.Address.Typed)
	if err != nil {
		return store.NewSubscriber{}, err
	}
	var sealedName []byte
	if row.Name != "" {
		if sealedName, err = n.Keys.Seal(nameOf(id), row.Name); err != nil {
			return store.NewSubscriber{}, err
		}
	}
	return store.NewSubscriber{
		Subscriber: store.Subscriber{
			ID: id, Address: sealed, Name: sealedName,
			Index: index, IndexVersion: version, CreatedAt: now,
		},
		Tie: store.Subscription{
			Newsletter: letter.Name, State: store.Confirmed, Variant: row.Variant, Language: row.Language,
			JoinedAt: now, ConfirmedAt: now, AppealUntil: appealUntil(row.NoAppeal), PausedUntil: n.pauseIn(letter, row.Paused),
		},
		Consent: consent,
	}, nil
}

// Add subscribes one reader, on the operator's word.
func (n *Newsroom) Add(ctx context.Context, newsletter, typed, display, format, basis string) (store.PutOutcome, error) {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return "", err
	}
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return "", fmt.Errorf("the address: %w", err)
	}
	variant, known := formatOf(letter, format)
	if !known {
		return "", fmt.Errorf("there is no format %q: there are digest, full, text and private", format)
	}
	consent := store.Consent{Week: subscribers.WeekOf(n.Clock()), Path: string(subscribers.PathOperator), Basis: basis}
	one, err := n.newReader(ctx, letter, subscribers.Row{Address: address, Name: subscribers.CleanName(display), Variant: variant}, consent)
	if err != nil {
		return "", err
	}
	one.Again = true
	results, err := n.Store.PutSubscribers(ctx, []store.NewSubscriber{one})
	if err != nil {
		return "", err
	}
	return results[0].Outcome, nil
}

// Removal says how far a reader is to be removed.
type Removal struct {
	Newsletter string // empty: every one
	Erase      bool   // delete the reader and everything about them
	Suppress   bool   // never mail this address again, whoever asks
}

// Remove unsubscribes, erases or suppresses one reader. Who is unsubscribed and no
// more is told so by mail, with a way back.
func (n *Newsroom) Remove(ctx context.Context, typed string, r Removal) error {
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return fmt.Errorf("the address: %w", err)
	}
	if r.Newsletter != "" {
		if _, err := n.Newsletter(r.Newsletter); err != nil {
			return err
		}
	}
	index, err := n.indexOf(ctx, address)
	if err != nil {
		return err
	}
	if r.Suppress {
		if err := n.Store.Suppress(ctx, index, string(subscribers.ReasonOperator), n.Clock()); err != nil {
			return err
		}
	}
	s, err := n.Store.SubscriberByIndex(ctx, index)
	if errors.Is(err, store.ErrNotFound) {
		if r.Suppress {
			return nil
		}
		return errors.New("nobody with that address is on the list")
	}
	if err != nil {
		return err
	}
	if r.Erase {
		return n.Store.DeleteSubscriber(ctx, s.ID)
	}
	return n.leave(ctx, s, r.Newsletter)
}

// Revoke takes back the links of a reader's own in all the mails that they have got.
func (n *Newsroom) Revoke(ctx context.Context, typed string) error {
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return fmt.Errorf("the address: %w", err)
	}
	index, err := n.indexOf(ctx, address)
	if err != nil {
		return err
	}
	s, err := n.Store.SubscriberByIndex(ctx, index)
	if errors.Is(err, store.ErrNotFound) {
		return errors.New("nobody with that address is on the list")
	}
	if err != nil {
		return err
	}
	return n.Store.Revoke(ctx, s.ID)
}

// Found is what the list holds about one reader.
type Found struct {
	Address    string     `json:"address"`
	Name       string     `json:"name,omitempty"`
	Suppressed string     `json:"suppressed,omitempty"` // why it is never mailed
	Ties       []FoundTie `json:"newsletters"`
	Consents   []FoundYes `json:"consents"`
	Since      time.Time  `json:"since"`
}

// FoundTie is the reader's tie to one newsletter.
type FoundTie struct {
	Newsletter string                  `json:"newsletter"`
	State      store.SubscriptionState `json:"state"`
	Variant    string                  `json:"variant,omitempty"`
	Language   string                  `json:"language,omitempty"`
	NoAppeal   string                  `json:"no_appeal_until,omitempty"` // a day, or subscribers.ForGood
	Paused     string                  `json:"paused_until,omitempty"`    // a day
	Welcome    string                  `json:"welcomed_with,omitempty"`   // the edition that came with the welcome
}

// FoundYes is the record of a consent.
type FoundYes struct {
	Week  string `json:"week"`
	Path  string `json:"path"`
	Basis string `json:"basis,omitempty"`
	Text  string `json:"text_version,omitempty"` // of the privacy policy
	Page  string `json:"page,omitempty"`
}

// Find looks one address up.
func (n *Newsroom) Find(ctx context.Context, typed string) (Found, error) {
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return Found{}, fmt.Errorf("the address: %w", err)
	}
	index, err := n.indexOf(ctx, address)
	if err != nil {
		return Found{}, err
	}
	reason, suppressed, err := n.Store.Suppressed(ctx, index)
	if err != nil {
		return Found{}, err
	}
	s, err := n.Store.SubscriberByIndex(ctx, index)
	if errors.Is(err, store.ErrNotFound) {
		if suppressed {
			return Found{Address: address.Typed, Suppressed: reason}, nil
		}
		return Found{}, errors.New("nobody with that address is on the list")
	}
	if err != nil {
		return Found{}, err
	}
	return n.found(ctx, s, reason)
}

// found opens a reader.
func (n *Newsroom) found(ctx context.Context, s store.Subscriber, suppressed string) (found Found, err error) {
	found = Found{Suppressed: suppressed, Since: s.CreatedAt}
	if found.Address, err = n.Keys.Open(addressOf(s.ID), s.Address); err != nil {
		return Found{}, err
	}
	if found.Name, err = n.nameOf(s); err != nil {
		return Found{}, err
	}
	for _, t := range s.Ties {
		with, err := n.welcomedWith(ctx, t)
		if err != nil {
			return Found{}, err
		}
		found.Ties = append(found.Ties, FoundTie{t.Newsletter, t.State, t.Variant, t.Language, noAppeal(t), n.pausedUntil(t), with})
	}
	consents, err := n.Store.Consents(ctx, s.Number)
	for _, c := range consents {
		found.Consents = append(found.Consents, FoundYes{c.Week, c.Path, c.Basis, c.TextVersion, c.Page})
	}
	return found, err
}

func (n *Newsroom) nameOf(s store.Subscriber) (string, error) {
	if len(s.Name) == 0 {
		return "", nil
	}
	return n.Keys.Open(nameOf(s.ID), s.Name)
}

// Count is the number of readers by newsletter and state.
func (n *Newsroom) Count(ctx context.Context) ([]store.SubscriberCount, error) {
	return n.Store.CountSubscribers(ctx)
}
