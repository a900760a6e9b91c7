package newsroom

import (
	"cmp"
	"context"
	"errors"
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

// Leaving tells whether a link to leave may be shown its page, and by which token the
// same reader chooses: a private mail has no other way to that. Errors: as of CheckLink.
func (n *Newsroom) Leaving(ctx context.Context, newsletter, token string) (letter *config.Newsletter, preferences string, err error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Unsubscribe, newsletter, token)
	if err != nil {
		return nil, "", err
	}
	return letter, n.Keys.Token(subscribers.Preferences, letter.Name, s.ID, uint32(s.Generation)), nil
}

// Choices are what a reader chose: which newsletters, in which form.
type Choices struct {
	Newsletters map[string]bool
	Variant     templates.Variant
	Appeal      *templates.AppealChoice // nil: the newsletter has no appeal
	Hide        Hiding                  // what Choose is to make of it; empty: nothing
	Paused      templates.PauseChoice
	Pause       Pausing // what Choose is to make of it
	PauseDay    string  // until when, instead: "2026-12-24"; empty: none is said
	// Export and Erase are the tokens of the links that do so.
	Export, Erase string
}

// ChoicesOf reads a reader's choices by the token of their preferences link.
func (n *Newsroom) ChoicesOf(ctx context.Context, newsletter, token string) (Choices, *config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Preferences, newsletter, token)
	if err != nil {
		return Choices{}, nil, err
	}
	c := Choices{
		Newsletters: map[string]bool{}, Paused: n.pauseOf(s, letter),
		Export: n.Keys.Token(subscribers.Export, letter.Name, s.ID, uint32(s.Generation)),
		Erase:  n.Keys.Token(subscribers.Erase, letter.Name, s.ID, uint32(s.Generation)),
	}
	if c.Variant, err = n.formFor(ctx, letter, s); err != nil {
		return Choices{}, nil, err
	}
	for _, t := range s.Ties {
		if state := n.wayBack(s, t.Newsletter); state != store.Pending {
			c.Newsletters[t.Newsletter] = state == store.Confirmed
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
// its own yes. A form that there is not is the usual one. All else is stored where the
// day of a pause is none: ErrPauseDay.
func (n *Newsroom) Choose(ctx context.Context, newsletter, token string, c Choices) error {
	s, letter, err := n.tokenReader(ctx, subscribers.Preferences, newsletter, token)
	if err != nil {
		return err
	}
	if c.Hide != "" {
		if err := n.HideAppeal(ctx, newsletter, token, c.Hide); err != nil {
			return err
		}
	}
	paused := n.pause(ctx, s, letter, c.Pause, c.PauseDay)
	if paused != nil && !errors.Is(paused, ErrPauseDay) {
		return paused
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
	return paused
}

// readersLetter is a mail to a reader about a newsletter that they get in some form:
// where that is the private one, the inbox says no more of it than of the newsletter.
func (n *Newsroom) readersLetter(at time.Time, about *config.Newsletter, form templates.Variant, l templates.Letter, to subscribers.Address, dedupe string) ([]byte, error) {
	if form == templates.Private {
		own := *about
		own.From.Name = cmp.Or(about.Private.FromName, about.From.Name)
		about = &own
		if subject := n.neutral(about, at); subject != "" {
			l = templates.Neutral{Letter: l, Subject: subject}
		}
	}
	r, err := n.renderLetter(about, l)
	if err != nil {
		return nil, err
	}
	return n.letterAt(at, about, r, to, dedupe)
}

// letter is a mail to one person about a newsletter.
func (n *Newsroom) letter(about *config.Newsletter, r templates.Rendered, to subscribers.Address, dedupe string) ([]byte, error) {
	return n.letterAt(n.Clock(), about, r, to, dedupe)
}

func (n *Newsroom) letterAt(at time.Time, about *config.Newsletter, r templates.Rendered, to subscribers.Address, dedupe string) ([]byte, error) {
	place := letterPlace(dedupe)
	msg, err := message.Build(message.Template{
		Kind: message.KindLetter, Markers: message.NewMarkers(n.Keys.Marker(dedupe)),
		From: about.From, Subject: r.Subject, Date: at.In(about.Location),
		MessageIDDomain: domainOf(about.From.Address), AutoSubmitted: "auto-generated",
		Text: r.Text, HTML: r.HTML,
	}, message.Reader{Address: to.Typed, MessageID: n.Keys.WebKey().LetterID(0, place.Row)})
	if err != nil {
		return nil, err
	}
	return n.sign(about, msg)
}
