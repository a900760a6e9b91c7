package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// A sign-up on a locked node:
//
//	typed --sealed to the public key--> inbox --unlocked--> the list
//	  '--in memory, to the relay--> confirmation --followed--> noted in the inbox
//
// The node cannot tell whether it knows the address, nor whether it is suppressed; all
// it knows is whom it has mailed since it started.

// inboxComma stands between the names of a sign-up's newsletters.
const inboxComma = ","

func inboxPlace(id subscribers.ID) subscribers.Place {
	return subscribers.Place{Table: "inbox", Row: id, Field: "sign-up"}
}

// ErrNeverUnlocked says that a node has no web key yet.
var ErrNeverUnlocked = errors.New("this node has no web key yet, so it takes no sign-up, no link in a mail works, and its editors hear nothing: \"broadsheet unlock\" it once; one with \"key: web\" gets it from \"broadsheet keys web\"")

// signUpLocked takes a sign-up on a node that holds the web key alone. It does the same
// for every address, whether it has mailed it or not: what is to be mailed is written
// later, and nobody waits for it.
func (n *Newsroom) signUpLocked(ctx context.Context, kept sealedSignUp, address subscribers.Address, wait time.Duration) error {
	if !n.HasWebKey() {
		return ErrNeverUnlocked
	}
	now := n.Clock()
	id := subscribers.NewID()
	if err := n.putInbox(ctx, id, strings.Join(kept.Newsletters, inboxComma), kept, now); err != nil {
		return err
	}
	if n.holder.mail.reserve(address, now) {
		n.holder.mail.put(memoryLetter{id: id, due: now.Add(wait), typed: address.Typed, asked: kept})
	}
	return nil
}

func (n *Newsroom) putInbox(ctx context.Context, id subscribers.ID, names string, kept sealedSignUp, now time.Time) error {
	plain, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	sealed, err := n.Keys.WebKey().SealInbox(inboxPlace(id), string(plain))
	if err != nil {
		return err
	}
	return n.Store.PutInbox(ctx, store.Inbound{ID: id, Kind: store.InboxJoined, Newsletter: names, Sealed: sealed, CreatedAt: now})
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
	n.holder.inbox.Lock() // for one at a time it is half the work; for more it would be as right
	defer n.holder.inbox.Unlock()
	for !n.Keys.Locked() {
		rows, err := n.Store.InboxWaiting(ctx, inboxAtOnce)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return n.takeCopies(ctx)
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
	if in.Kind == store.InboxLeft {
		return n.takeLeft(ctx, in)
	}
	var typed sealedSignUp
	plain, err := n.Keys.OpenInbox(inboxPlace(in.ID), in.Sealed)
	if errors.Is(err, subscribers.ErrLocked) {
		return err
	}
	if n.stale(ctx, err) {
		return store.ErrKeysChanged
	}
	if err == nil {
		err = json.Unmarshal([]byte(plain), &typed)
	}
	var address subscribers.Address
	if err == nil && len(typed.Versions) != len(typed.Newsletters) {
		err = fmt.Errorf("%w: what it holds is no sign-up", subscribers.ErrDamaged)
	}
	if err == nil {
		address, err = subscribers.ParseAddress(typed.Address)
	}
	if err != nil { // it never will open: it must not keep those behind it
		n.Log.Error("a sign-up cannot be opened and is dropped", "error", err)
		_, err = n.Store.TakeInbox(ctx, in, 0)
		return err
	}
	return n.takeJoined(ctx, in, address, typed)
}

// takeJoined makes of a sign-up what it would have become on an unlocked node.
func (n *Newsroom) takeJoined(ctx context.Context, in store.Inbound, address subscribers.Address, kept sealedSignUp) error {
	rows, err := n.pending(ctx, in.ID, kept, address, in.CreatedAt)
	for i := 0; i < len(rows) && err == nil; i++ {
		rows[i].Again, err = n.asksAgain(ctx, rows[i], in)
	}
	if err != nil {
		return err
	}
	results, err := n.Store.PutSubscribers(ctx, rows)
	if err != nil {
		return err
	}
	alias, ask := int64(0), false
	for i, who := range results {
		switch confirmed := !in.ConfirmedAt.IsZero(); {
		case who.Number == 0, who.Outcome == store.Left: // suppressed, or left since
		case confirmed:
			var state *store.ErrState
			if err := n.Store.Confirm(ctx, who.ID, rows[i].Tie.Newsletter, n.welcomes(rows[i].Tie.Newsletter), in.ConfirmedAt); err != nil && !errors.As(err, &state) {
				return err
			}
		default:
			if ask = true; who.ID != in.ID {
				alias = who.Number
			}
		}
	}
	if ask || !in.MailedAt.IsZero() && len(rows) > 0 {
		if err := n.askLate(ctx, in, rows, address); err != nil {
			return err
		}
	}
	_, err = n.Store.TakeInbox(ctx, in, alias) // one that was confirmed at this moment comes once more
	return err
}

// askLate mails the confirmation that the locked node could not, or notes that it did.
func (n *Newsroom) askLate(ctx context.Context, in store.Inbound, rows []store.NewSubscriber, address subscribers.Address) error {
	if !in.MailedAt.IsZero() {
		return n.Store.NoteAsked(ctx, rows[0].Index, in.MailedAt)
	}
	l, err := n.askLetter(ctx, rows, address, "confirm/"+subscribers.ID(in.ID).String())
	if err != nil {
		return err
	}
	return n.Store.AskOnce(ctx, l, n.holder.asker, n.Clock(), askEvery)
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
		if t.Newsletter == one.Tie.Newsletter && t.LeftAt.After(asked) {
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
