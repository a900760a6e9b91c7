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

// A sign-up on a locked node:
//
//	typed --sealed to the public key--> inbox --unlocked--> the list
//	  '--in memory, to the relay--> confirmation --followed--> noted in the inbox
//
// The node cannot tell whether it knows the address, nor whether it is suppressed; all
// it knows is whom it has mailed since it started.

// inbound is what the inbox keeps of a sign-up, sealed.
type inbound struct {
	Address string `json:"address"`
	Name    string `json:"name,omitempty"`
	Format  string `json:"format,omitempty"`
}

func inboxPlace(id subscribers.ID) subscribers.Place {
	return subscribers.Place{Table: "inbox", Row: id, Field: "sign-up"}
}

// ErrNeverUnlocked says that a node has no web key yet.
var ErrNeverUnlocked = errors.New("this node takes nobody yet: \"broadsheet unlock\" it once, so that it has its web key")

// signUpLocked takes a sign-up on a node that holds the web key alone.
func (n *Newsroom) signUpLocked(ctx context.Context, letter *config.Newsletter, address subscribers.Address, display string, v templates.Variant) error {
	if !n.HasWebKey() {
		return ErrNeverUnlocked
	}
	now := n.Clock()
	forget, fresh := n.holder.mail.reserve(letter.Name, address, now)
	if !fresh {
		return nil
	}
	id := subscribers.NewID()
	err := n.putInbox(ctx, id, letter, inbound{Address: address.Typed, Name: subscribers.CleanName(display), Format: chosenFormat(letter, v)}, now)
	if err != nil {
		forget()
		return err
	}
	msg, err := n.confirmation(letter, address, id, 0)
	if err != nil { // it is mailed once the node is unlocked
		n.Log.Error("a confirmation cannot be made", "newsletter", letter.Name, "error", err)
		return nil
	}
	n.holder.mail.put(memoryLetter{id: id, due: now, letter: sealedLetter{From: letter.Envelope, To: address.Typed, Message: msg}})
	return nil
}

func (n *Newsroom) putInbox(ctx context.Context, id subscribers.ID, letter *config.Newsletter, in inbound, now time.Time) error {
	plain, err := json.Marshal(in)
	if err != nil {
		return err
	}
	sealed, err := n.Keys.WebKey().SealInbox(inboxPlace(id), string(plain))
	if err != nil {
		return err
	}
	return n.Store.PutInbox(ctx, store.Inbound{ID: id, Kind: store.InboxJoined, Newsletter: letter.Name, Sealed: sealed, CreatedAt: now})
}

// inboxReader finds whom the link of a confirmation belongs to that a locked node has
// mailed: a reader, where the inbox was taken over, or nobody yet.
func (n *Newsroom) inboxReader(ctx context.Context, id subscribers.ID) (s store.Subscriber, waits bool, err error) {
	in, err := n.Store.InboxByID(ctx, id)
	if err != nil {
		return s, false, err
	}
	if in.Number == 0 {
		return s, len(in.Sealed) > 0, nil
	}
	s, err = n.Store.SubscriberByNumber(ctx, in.Number)
	return s, false, err
}

const inboxAtOnce = 200

// TakeInbox takes over what came while the node was locked, in order. A locked node
// does nothing.
func (n *Newsroom) TakeInbox(ctx context.Context) error {
	for !n.Keys.Locked() {
		rows, err := n.Store.InboxWaiting(ctx, inboxAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, in := range rows {
			err := n.takeIn(ctx, in)
			if errors.Is(err, subscribers.ErrLocked) {
				return nil // until it is unlocked again
			}
			if err != nil {
				return fmt.Errorf("take over the inbox: %w", err)
			}
		}
	}
	return nil
}

func (n *Newsroom) takeIn(ctx context.Context, in store.Inbound) error {
	letter, ours := n.Config.Newsletter(in.Newsletter)
	if !ours {
		_, err := n.Store.TakeInbox(ctx, in, 0)
		return err
	}
	if in.Kind == store.InboxLeft {
		return n.takeLeft(ctx, in)
	}
	var typed inbound
	plain, err := n.Keys.OpenInbox(inboxPlace(in.ID), in.Sealed)
	if errors.Is(err, subscribers.ErrLocked) {
		return err
	}
	if err == nil {
		err = json.Unmarshal([]byte(plain), &typed)
	}
	var address subscribers.Address
	if err == nil {
		address, err = subscribers.ParseAddress(typed.Address)
	}
	if err != nil { // it never will open: it must not keep those behind it
		n.Log.Error("a sign-up cannot be opened and is dropped", "error", err)
		_, err = n.Store.TakeInbox(ctx, in, 0)
		return err
	}
	return n.takeJoined(ctx, in, letter, address, typed)
}

// takeJoined makes of a sign-up what it would have become on an unlocked node.
func (n *Newsroom) takeJoined(ctx context.Context, in store.Inbound, letter *config.Newsletter, address subscribers.Address, typed inbound) error {
	one, err := n.newReaderAs(in.ID, letter, subscribers.Row{Address: address, Name: typed.Name, Variant: typed.Format},
		store.Consent{Week: subscribers.WeekOf(in.CreatedAt), Path: string(subscribers.PathForm)})
	if err != nil {
		return err
	}
	one.Tie.State, one.Tie.JoinedAt, one.Tie.ConfirmedAt = store.Pending, in.CreatedAt, time.Time{}
	one.Again, err = n.asksAgain(ctx, one, in)
	if err != nil {
		return err
	}
	results, err := n.Store.PutSubscribers(ctx, []store.NewSubscriber{one})
	if err != nil {
		return err
	}
	who, confirmed := results[0], !in.ConfirmedAt.IsZero()
	var alias int64
	switch {
	case who.Number == 0, who.Outcome == store.Left: // suppressed, or left since
	case confirmed:
		var state *store.ErrState
		if err := n.Store.Confirm(ctx, who.ID, letter.Name, in.ConfirmedAt); err != nil && !errors.As(err, &state) {
			return err
		}
	default:
		if who.ID != in.ID {
			alias = who.Number
		}
		err = n.confirmLate(ctx, in, letter, address, who.ID)
	}
	if err != nil {
		return err
	}
	_, err = n.Store.TakeInbox(ctx, in, alias) // one that was confirmed at this moment comes once more
	return err
}

// confirmLate mails the confirmation that the locked node could not.
func (n *Newsroom) confirmLate(ctx context.Context, in store.Inbound, letter *config.Newsletter, address subscribers.Address, id subscribers.ID) error {
	if !in.MailedAt.IsZero() {
		return nil
	}
	s, err := n.Store.SubscriberByID(ctx, id)
	if err != nil {
		return err
	}
	return n.putConfirmation(ctx, letter, address, s)
}

// asksAgain tells whether a sign-up overrides a goodbye: only one that was said before.
func (n *Newsroom) asksAgain(ctx context.Context, one store.NewSubscriber, in store.Inbound) (bool, error) {
	asked := in.CreatedAt
	if in.ConfirmedAt.After(asked) {
		asked = in.ConfirmedAt
	}
	s, err := n.Store.SubscriberByIndex(ctx, one.Index)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	for _, t := range s.Ties {
		if t.Newsletter == in.Newsletter && t.LeftAt.After(asked) {
			return false, err
		}
	}
	return true, err
}

// takeLeft says the goodbye that a locked node could not.
func (n *Newsroom) takeLeft(ctx context.Context, in store.Inbound) error {
	s, err := n.Store.SubscriberByNumber(ctx, in.Number)
	if err == nil {
		err = n.sayGoodbye(ctx, s.ID, in.Newsletter, in.CreatedAt)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	_, err = n.Store.TakeInbox(ctx, in, 0)
	return err
}
