package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// dataCopy is everything that we hold about a reader, for themselves.
type dataCopy struct {
	Found
	Got []gotEdition `json:"editions"`
}

type gotEdition struct {
	Edition string     `json:"edition"`
	State   string     `json:"state"`
	Variant string     `json:"variant,omitempty"`
	At      *time.Time `json:"at,omitempty"`
}

// SendCopy mails a reader everything that we hold about them, by the token of their
// export link: once a day at most, however often it is asked for. A locked node notes
// the wish, and mails once it is unlocked. Errors: ErrNotYours, or the store's.
func (n *Newsroom) SendCopy(ctx context.Context, newsletter, token string) error {
	s, letter, err := n.tokenReader(ctx, subscribers.Export, newsletter, token)
	if err != nil {
		return err
	}
	err = n.mailCopy(ctx, s, letter)
	if errors.Is(err, subscribers.ErrLocked) {
		return n.Store.WantCopy(ctx, store.WantedCopy{Number: s.Number, Newsletter: letter.Name}, n.Clock())
	}
	return err
}

// takeCopies mails the copies that were asked for while the node was locked.
func (n *Newsroom) takeCopies(ctx context.Context) error {
	wanted, err := n.Store.WantedCopies(ctx, inboxAtOnce)
	for _, w := range wanted {
		if err != nil {
			return err
		}
		s, findErr := n.Store.SubscriberByNumber(ctx, w.Number)
		letter, ours := n.Config.Newsletter(w.Newsletter)
		if findErr == nil && ours {
			switch err := n.mailCopy(ctx, s, letter); {
			case errors.Is(err, subscribers.ErrLocked):
				return nil // until it is unlocked again
			case n.stale(ctx, err):
				return store.ErrKeysChanged
			case errors.Is(err, subscribers.ErrDamaged): // it must not keep those behind it
				n.Log.Error("a copy that a reader asked for cannot be made, and is dropped", "newsletter", w.Newsletter, "error", err)
			case err != nil:
				return err
			}
		}
		err = n.Store.ForgetWantedCopy(ctx, w.Number)
	}
	return err
}

func (n *Newsroom) mailCopy(ctx context.Context, s store.Subscriber, letter *config.Newsletter) error {
	held, err := n.dataOf(ctx, s)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return err
	}
	form, err := n.formFor(ctx, letter, s)
	if err != nil {
		return err
	}
	to := subscribers.Address{Typed: held.Address}
	dedupe := fmt.Sprintf("export/%s/%s", subscribers.ID(s.ID), n.Clock().UTC().Format(time.DateOnly))
	msg, err := n.readersLetter(n.Clock(), letter, form, templates.DataCopy{Newsletter: letter.Title, JSON: string(text)}, to, dedupe)
	if err != nil {
		return err
	}
	l, err := n.sealLetter(ctx, "export", to, sealedLetter{From: letter.Envelope, To: to.Typed, Message: msg}, dedupe)
	if err != nil {
		return err
	}
	l.ToIndex = s.Index
	_, _, err = n.Store.PutLetter(ctx, l)
	return err
}

func (n *Newsroom) dataOf(ctx context.Context, s store.Subscriber) (dataCopy, error) {
	reason, _, err := n.Store.Suppressed(ctx, s.Index)
	if err != nil {
		return dataCopy{}, err
	}
	found, err := n.found(ctx, s, reason)
	if err != nil {
		return dataCopy{}, err
	}
	got, err := n.Store.GotBy(ctx, s.Number)
	held := dataCopy{Found: found, Got: []gotEdition{}}
	for _, g := range got {
		e := gotEdition{Edition: g.Newsletter + "/" + g.Slot, State: g.State, Variant: g.Variant}
		if !g.At.IsZero() {
			e.At = &g.At
		}
		held.Got = append(held.Got, e)
	}
	return held, err
}

// Erase deletes a reader by the token of their erasure link, and tells them so by a
// last mail, of which nothing is kept once it is sent; a locked node cannot send one:
// mailed says so. With never their address is barred from every mail after that: of it
// stays a keyed hash. Errors: ErrNotYours, or the store's.
func (n *Newsroom) Erase(ctx context.Context, newsletter, token string, never bool) (mailed bool, err error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Erase, newsletter, token)
	if err != nil {
		return false, err
	}
	typed, err := n.Keys.Open(addressOf(s.ID), s.Address)
	if err != nil && !errors.Is(err, subscribers.ErrLocked) {
		return false, err
	}
	locked := err != nil
	form, err := n.formFor(ctx, letter, s)
	if err != nil {
		return false, err
	}
	if never {
		if err := n.Store.Suppress(ctx, s.Index, string(subscribers.ReasonAsked), n.Clock()); err != nil {
			return false, err
		}
	}
	if err := n.Store.DeleteSubscriber(ctx, s.ID); err != nil || locked {
		return false, err // a locked node deletes, and cannot say so by mail
	}
	to, dedupe := subscribers.Address{Typed: typed}, "erased/"+subscribers.NewID().String()
	msg, err := n.readersLetter(n.Clock(), letter, form, templates.Erased{Newsletter: letter.Title, Never: never}, to, dedupe)
	if err != nil {
		return false, err
	}
	l, err := n.sealLetter(ctx, "erased", to, sealedLetter{From: letter.Envelope, To: typed, Message: msg}, dedupe)
	if err != nil {
		return false, err
	}
	l.ToIndex = nil // nothing finds the address by it, and no suppression keeps it back
	_, _, err = n.Store.PutLetter(ctx, l)
	return err == nil, err
}
