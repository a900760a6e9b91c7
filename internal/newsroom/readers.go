package newsroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer/message"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// ErrNotYours says that a link's token is not valid: forged, of another purpose,
// or of a reader who is gone. A page must not tell these apart.
var ErrNotYours = errors.New("this link is not valid")

// tokenReader finds the reader whom a token belongs to, for one purpose and
// newsletter. Errors: ErrNotYours, or the store's.
func (n *Newsroom) tokenReader(ctx context.Context, purpose subscribers.Purpose, newsletter, token string) (store.Subscriber, *config.Newsletter, error) {
	letter, ok := n.Config.Newsletter(newsletter)
	if !ok {
		return store.Subscriber{}, nil, ErrNotYours
	}
	id, err := subscribers.ReadToken(token)
	if err != nil {
		return store.Subscriber{}, nil, ErrNotYours
	}
	s, err := n.Store.SubscriberByID(ctx, id)
	unknown, waits := errors.Is(err, store.ErrNotFound), false
	if unknown && purpose == subscribers.Confirm {
		s, waits, err = n.inboxReader(ctx, id)
		unknown = errors.Is(err, store.ErrNotFound) || s.Number == 0 && !waits
	}
	if err != nil && !unknown {
		return s, nil, err
	}
	// An unknown reader costs the same time as a known one.
	if n.Keys.CheckToken(purpose, newsletter, token, uint32(s.Generation)) != nil || unknown {
		return s, nil, ErrNotYours
	}
	if waits {
		s.ID = id // of nobody yet: see Confirm
	}
	return s, letter, nil
}

// CheckLink tells whether a link may be shown its page; it changes nothing.
func (n *Newsroom) CheckLink(ctx context.Context, purpose subscribers.Purpose, newsletter, token string) (*config.Newsletter, error) {
	_, letter, err := n.tokenReader(ctx, purpose, newsletter, token)
	return letter, err
}

// Choices are what a reader chose: which newsletters, in which form.
type Choices struct {
	Newsletters map[string]bool
	Variant     templates.Variant
	Appeal      *templates.AppealChoice // nil: the newsletter has no appeal
	Hide        Hiding                  // what Choose is to make of it; empty: nothing
}

// ChoicesOf reads a reader's choices by the token of their preferences link.
func (n *Newsroom) ChoicesOf(ctx context.Context, newsletter, token string) (Choices, *config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Preferences, newsletter, token)
	if err != nil {
		return Choices{}, nil, err
	}
	c := Choices{Newsletters: map[string]bool{}}
	if c.Variant, err = n.usualFor(ctx, letter, s); err != nil {
		return Choices{}, nil, err
	}
	for _, t := range s.Ties {
		if state := n.wayBack(s, t.Newsletter); state != store.Pending {
			c.Newsletters[t.Newsletter] = state == store.Confirmed
		}
		if v := templates.Variant(t.Variant); t.Newsletter == letter.Name && slices.Contains(mailed(letter), v) {
			c.Variant = v
		}
	}
	if letter.Look.Support != nil {
		appeal := n.appealOf(s, letter)
		c.Appeal = &appeal
	}
	return c, letter, nil
}

// Choose stores a reader's choices. A newsletter that is not among them is left;
// one that the reader never had, or left long ago, is not joined here, since that needs
// its own yes. A form that there is not is the usual one.
func (n *Newsroom) Choose(ctx context.Context, newsletter, token string, c Choices) error {
	s, _, err := n.tokenReader(ctx, subscribers.Preferences, newsletter, token)
	if err != nil {
		return err
	}
	if c.Hide != "" {
		if err := n.HideAppeal(ctx, newsletter, token, c.Hide); err != nil {
			return err
		}
	}
	for _, t := range s.Ties {
		switch on := c.Newsletters[t.Newsletter]; {
		case on && n.wayBack(s, t.Newsletter) == store.Unsubscribed:
			err = n.rejoin(ctx, s, t.Newsletter)
		case !on && t.State == store.Confirmed:
			err = n.leave(ctx, s, t.Newsletter)
		}
		if err == nil {
			err = n.chooseFormat(ctx, s.ID, t.Newsletter, c.Variant)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// SignUp takes a visitor's address for a newsletter and mails it a link to
// confirm, at most one a day. It answers alike for every address, known or not.
// Errors: subscribers.AddressError, or the store's.
func (n *Newsroom) SignUp(ctx context.Context, newsletter, typed, display string, v templates.Variant) error {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return err
	}
	address, err := subscribers.ParseAddress(typed)
	if err != nil {
		return err
	}
	now := n.Clock()
	one, err := n.newReader(letter, subscribers.Row{Address: address, Name: subscribers.CleanName(display), Variant: chosenFormat(letter, v)},
		store.Consent{Week: subscribers.WeekOf(now), Path: string(subscribers.PathForm)})
	if errors.Is(err, subscribers.ErrLocked) {
		return n.signUpLocked(ctx, letter, address, display, v)
	}
	if err != nil {
		return err
	}
	one.Tie.State, one.Tie.ConfirmedAt, one.Again = store.Pending, time.Time{}, true
	results, err := n.Store.PutSubscribers(ctx, []store.NewSubscriber{one})
	if err != nil || results[0].Number == 0 { // suppressed: no mail, and the same answer
		return err
	}
	s, err := n.Store.SubscriberByID(ctx, results[0].ID)
	if err != nil {
		return err
	}
	return n.putConfirmation(ctx, letter, address, s)
}

func (n *Newsroom) putConfirmation(ctx context.Context, letter *config.Newsletter, address subscribers.Address, s store.Subscriber) error {
	msg, err := n.confirmation(letter, address, s.ID, uint32(s.Generation))
	if err != nil {
		return err
	}
	_, err = n.putLetter(ctx, "confirm", letter.Envelope, address, msg, n.confirmWord(letter, s.ID))
	return err
}

// confirmWord is the dedupe word of a confirmation: one a day.
func (n *Newsroom) confirmWord(letter *config.Newsletter, id subscribers.ID) string {
	return fmt.Sprintf("confirm/%s/%s/%s", letter.Name, id, n.Clock().UTC().Format(time.DateOnly))
}

// confirmation is the mail with the link that makes a sign-up stand.
func (n *Newsroom) confirmation(letter *config.Newsletter, address subscribers.Address, id subscribers.ID, generation uint32) ([]byte, error) {
	token := n.Keys.Token(subscribers.Confirm, letter.Name, id, generation)
	r, err := n.renderLetter(letter, templates.Confirmation{
		Newsletters: []string{letter.Title}, URL: n.ConfirmURL(letter.Name, token),
	})
	if err != nil {
		return nil, err
	}
	return n.letter(letter, r, address, n.confirmWord(letter, id))
}

// letter is a mail to one person about a newsletter.
func (n *Newsroom) letter(about *config.Newsletter, r templates.Rendered, to subscribers.Address, dedupe string) ([]byte, error) {
	place := letterPlace(dedupe)
	msg, err := message.Build(message.Template{
		Kind: message.KindLetter, Markers: message.NewMarkers(n.Keys.Marker(dedupe)),
		From: about.From, Subject: r.Subject, Date: n.Clock().In(about.Location),
		MessageIDDomain: domainOf(about.From.Address), AutoSubmitted: "auto-generated",
		Text: r.Text, HTML: r.HTML,
	}, message.Reader{Address: to.Typed, MessageID: n.Keys.WebKey().LetterID(0, place.Row)})
	if err != nil {
		return nil, err
	}
	return n.sign(about, msg)
}

// Confirm makes a sign-up stand, by the token of the confirmation's link.
func (n *Newsroom) Confirm(ctx context.Context, newsletter, token string) (*config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Confirm, newsletter, token)
	if err != nil {
		return nil, err
	}
	if s.Number == 0 { // it came to a locked node, and waits in the inbox
		err = n.Store.ConfirmInbox(ctx, s.ID, n.Clock())
		if !errors.Is(err, store.ErrNotFound) {
			return letter, err
		}
		if s, _, err = n.tokenReader(ctx, subscribers.Confirm, newsletter, token); err != nil { // taken over at this moment
			return nil, err
		}
	}
	return letter, n.Store.Confirm(ctx, s.ID, letter.Name, n.Clock())
}
