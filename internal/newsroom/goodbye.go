package newsroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// wayBackDays is how long who has left can come back by a link, and without a new
// confirmation.
const wayBackDays = 30

// goodbyeWithin is how long after a reader has left they are told so: who asks to
// leave what they left long ago gets no mail about it.
const goodbyeWithin = 24 * time.Hour

// Unsubscribe takes a reader off a newsletter by the token of their mail
// (RFC 8058), and tells them so by mail. Doing it twice is the same as once.
func (n *Newsroom) Unsubscribe(ctx context.Context, newsletter, token string) (*config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Unsubscribe, newsletter, token)
	if err != nil {
		return nil, err
	}
	return letter, n.leave(ctx, s, letter.Name)
}

// Resubscribe is the undo of Unsubscribe, by the same token, for wayBackDays.
func (n *Newsroom) Resubscribe(ctx context.Context, newsletter, token string) (*config.Newsletter, error) {
	return n.comeBack(ctx, subscribers.Unsubscribe, newsletter, token)
}

// Return is the undo of Unsubscribe by the link of the goodbye, for wayBackDays.
func (n *Newsroom) Return(ctx context.Context, newsletter, token string) (*config.Newsletter, error) {
	return n.comeBack(ctx, subscribers.Return, newsletter, token)
}

// CheckReturn tells whether the goodbye's link may be shown its page; it changes
// nothing. Errors: ErrNotYours, also where it is too late, or the store's.
func (n *Newsroom) CheckReturn(ctx context.Context, newsletter, token string) (*config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Return, newsletter, token)
	if err != nil {
		return nil, err
	}
	if state := n.wayBack(s, letter.Name); state == store.Pending {
		return nil, ErrNotYours
	}
	return letter, nil
}

func (n *Newsroom) comeBack(ctx context.Context, purpose subscribers.Purpose, newsletter, token string) (*config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, purpose, newsletter, token)
	if err != nil {
		return nil, err
	}
	switch n.wayBack(s, letter.Name) {
	case store.Confirmed:
		return letter, nil
	case store.Unsubscribed:
		return letter, n.rejoin(ctx, s, letter.Name)
	}
	return nil, ErrNotYours
}

// wayBack is where a reader's tie stands; Pending where a link leads to it no more,
// and only a new sign-up does.
func (n *Newsroom) wayBack(s store.Subscriber, newsletter string) store.SubscriptionState {
	for _, t := range s.Ties {
		if t.Newsletter == newsletter && (t.State == store.Confirmed || t.LeftAt.After(n.Clock().AddDate(0, 0, -wayBackDays))) {
			return t.State
		}
	}
	return store.Pending
}

// leave ends a reader's tie to a newsletter ("": to all), and puts goodbyes in the
// outbox. Where that fails, the reader has left all the same.
func (n *Newsroom) leave(ctx context.Context, s store.Subscriber, newsletter string) error {
	now := n.Clock()
	left, err := n.Store.Unsubscribe(ctx, s.ID, newsletter, now)
	if err != nil {
		return err
	}
	err = n.sayGoodbye(ctx, s.ID, newsletter, now)
	if errors.Is(err, subscribers.ErrLocked) {
		return n.goodbyeLater(ctx, s, newsletter, left, now)
	}
	if err != nil {
		n.Log.Error("a reader who left cannot be told so", "newsletter", newsletter, "error", err)
	}
	return nil
}

// goodbyeLater has a reader told that they left once the node is unlocked.
func (n *Newsroom) goodbyeLater(ctx context.Context, s store.Subscriber, newsletter string, left bool, now time.Time) error {
	if !left {
		return nil
	}
	for _, t := range s.Ties {
		if newsletter != "" && newsletter != t.Newsletter || t.State != store.Confirmed {
			continue
		}
		in := store.Inbound{ID: subscribers.NewID(), Kind: store.InboxLeft, Newsletter: t.Newsletter, Number: s.Number, CreatedAt: now}
		if err := n.Store.PutInbox(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// sayGoodbye tells a reader which newsletters they have left just now; not those that
// they had only asked for. The outbox holds one letter for a day's leaving, however
// often it is asked for: so none is lost when we are stopped in between, and nobody
// can be made to get many. One to a suppressed address is skipped there.
func (n *Newsroom) sayGoodbye(ctx context.Context, id subscribers.ID, newsletter string, now time.Time) error {
	s, err := n.Store.SubscriberByID(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	for _, t := range s.Ties {
		letter, ours := n.Config.Newsletter(t.Newsletter)
		asked := newsletter == "" || newsletter == t.Newsletter
		if err != nil || !ours || !asked || t.State != store.Unsubscribed || t.ConfirmedAt.IsZero() || now.Sub(t.LeftAt) > goodbyeWithin {
			continue
		}
		err = n.putGoodbye(ctx, letter, s, goodbyeWord(s.ID, t))
	}
	return err
}

// goodbyeWord is the dedupe word of the goodbye that belongs to a tie's end.
func goodbyeWord(id subscribers.ID, t store.Subscription) string {
	return fmt.Sprintf("goodbye/%s/%s/%s", t.Newsletter, id, t.LeftAt.UTC().Format(time.DateOnly))
}

func (n *Newsroom) putGoodbye(ctx context.Context, letter *config.Newsletter, s store.Subscriber, dedupe string) error {
	typed, err := n.Keys.Open(addressOf(s.ID), s.Address)
	if err != nil {
		return err
	}
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return err
	}
	display, err := n.nameOf(s)
	if err != nil {
		return err
	}
	token := n.Keys.Token(subscribers.Return, letter.Name, s.ID, uint32(s.Generation))
	form, err := n.formFor(ctx, letter, s)
	if err != nil {
		return err
	}
	msg, err := n.readersLetter(n.Clock(), letter, form, templates.Goodbye{
		Newsletter: letter.Title, Undo: n.ReturnURL(letter.Name, token), Days: wayBackDays, Greeting: n.greeting(letter, display),
	}, address, dedupe)
	if err != nil {
		return err
	}
	_, err = n.putLetter(ctx, "goodbye", letter.Envelope, address, msg, dedupe)
	return err
}

// rejoin makes a tie that the reader has ended stand again, on their own word, and
// takes back a goodbye that is not on its way yet. A suppressed address stays out.
func (n *Newsroom) rejoin(ctx context.Context, s store.Subscriber, newsletter string) error {
	now := n.Clock()
	tie := store.Subscription{Newsletter: newsletter, State: store.Confirmed, JoinedAt: now, ConfirmedAt: now}
	goodbye := ""
	for _, t := range s.Ties {
		if t.Newsletter == newsletter {
			tie.Variant, tie.Language, goodbye = t.Variant, t.Language, goodbyeWord(s.ID, t)
		}
	}
	reports, err := n.Store.PutSubscribers(ctx, []store.NewSubscriber{{
		Subscriber: s, Tie: tie, Again: true,
		Consent: store.Consent{Week: subscribers.WeekOf(now), Path: string(subscribers.PathForm), Page: "return"},
	}})
	if err != nil {
		return err
	}
	if reports[0].Outcome == store.Left { // suppressed: no page may say otherwise
		return ErrNotYours
	}
	return n.Store.DropLetter(ctx, goodbye)
}
