package newsroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

const (
	// askEvery is the time in which one address is asked once for its yes, whoever
	// signs it up, and however often.
	askEvery = 24 * time.Hour
	// signUpsAtOnce are taken in by one transaction, for which whoever signs up waits.
	signUpsAtOnce = 50
)

// SignUp is what a visitor asks for.
type SignUp struct {
	Newsletters []string // names; those that we do not have are left out
	Address     string   // as typed
	Name        string   // as typed; may be empty
	Format      templates.Variant
	Page        string        // name of the page that held the form: see PageName
	Wait        time.Duration // for which it is left alone: the slower path
}

// sealedSignUp is what is kept of a sign-up, sealed, until it is taken in.
type sealedSignUp struct {
	Newsletters []string          `json:"newsletters"`
	Address     string            `json:"address"`
	Name        string            `json:"name,omitempty"`
	Format      templates.Variant `json:"format,omitempty"`
	Page        string            `json:"page,omitempty"`
	Week        string            `json:"week"`
	Versions    []string          `json:"versions"` // of the privacy policy of each newsletter
}

var pageForm = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,39}$`)

// PageName is the name of a page as a consent records it: what the form says of itself,
// where that is a plain name.
func PageName(said, otherwise string) string {
	if pageForm.MatchString(said) {
		return said
	}
	return otherwise
}

func signUpPlace(id subscribers.ID) subscribers.Place {
	return subscribers.Place{Table: "sign_up", Row: id, Field: "asked"}
}

// SignUp keeps what a visitor asks for, durably, and looks nobody up: it does the same
// for every address, known or not. TakeSignUps makes a reader of it. Errors:
// subscribers.AddressError, or the store's.
func (n *Newsroom) SignUp(ctx context.Context, s SignUp) error {
	address, err := subscribers.ParseAddress(s.Address)
	if err != nil {
		return err
	}
	now := n.Clock()
	kept := sealedSignUp{
		Address: address.Typed, Name: subscribers.VisitorName(s.Name), Format: s.Format,
		Page: s.Page, Week: subscribers.WeekOf(now),
	}
	for _, name := range s.Newsletters {
		if letter, ok := n.Config.Newsletter(name); ok && !slices.Contains(kept.Newsletters, name) {
			kept.Newsletters = append(kept.Newsletters, name)
			kept.Versions = append(kept.Versions, letter.PrivacyVersion)
		}
	}
	if len(kept.Newsletters) == 0 {
		return errors.New("a sign-up names no newsletter")
	}
	plain, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	id := subscribers.NewID()
	sealed, err := n.Keys.Seal(signUpPlace(id), string(plain))
	if errors.Is(err, subscribers.ErrLocked) {
		return n.signUpLocked(ctx, kept, address, s.Wait)
	}
	if err != nil {
		return err
	}
	err = n.Store.PutSignUp(ctx, store.SignUp{ID: id, Sealed: sealed, Due: now.Add(s.Wait)})
	if errors.Is(err, store.ErrKeysChanged) { // the inbox takes what is sealed to a key of before
		return n.signUpLocked(ctx, kept, address, s.Wait)
	}
	return err
}

// TakeSignUps makes readers of the sign-ups that are due, and puts the letters in the
// outbox that ask for their yes: at most one an address in askEvery.
// A locked node does nothing.
func (n *Newsroom) TakeSignUps(ctx context.Context) error {
	for {
		took, err := n.takeSomeSignUps(ctx)
		if err != nil || took == 0 {
			return err
		}
	}
}

// takeSomeSignUps takes the next few that are due, and says how many.
func (n *Newsroom) takeSomeSignUps(ctx context.Context) (took int, err error) {
	if n.Keys.Locked() {
		return 0, nil
	}
	waiting, err := n.Store.SignUps(ctx, n.Clock(), signUpsAtOnce)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	taken := make([]store.TakenSignUp, len(waiting))
	for i, u := range waiting {
		taken[i], err = n.openSignUp(ctx, u)
		if errors.Is(err, subscribers.ErrLocked) {
			return 0, nil // until it is unlocked again
		}
		if n.stale(ctx, err) {
			return 0, store.ErrKeysChanged
		}
		if err != nil {
			n.Log.Error("a sign-up cannot be opened and is given up", "error", err)
			taken[i] = store.TakenSignUp{ID: u.ID}
		}
	}
	_, err = n.Store.TakeSignUps(ctx, taken, n.holder.asker, n.Clock(), askEvery)
	return len(taken), err
}

// openSignUp is a sign-up as the store takes it in.
func (n *Newsroom) openSignUp(ctx context.Context, u store.SignUp) (store.TakenSignUp, error) {
	t := store.TakenSignUp{ID: u.ID}
	plain, err := n.Keys.Open(signUpPlace(u.ID), u.Sealed)
	if err != nil {
		return t, err
	}
	var kept sealedSignUp
	if err := json.Unmarshal([]byte(plain), &kept); err != nil || len(kept.Versions) != len(kept.Newsletters) {
		return t, fmt.Errorf("%w: what it holds is no sign-up", subscribers.ErrDamaged)
	}
	address, err := subscribers.ParseAddress(kept.Address)
	if err != nil {
		return t, err
	}
	if t.Rows, err = n.pending(ctx, subscribers.NewID(), kept, address, n.Clock()); err != nil || len(t.Rows) == 0 {
		return t, err
	}
	t.Letter, err = n.askLetter(ctx, t.Rows, address, "confirm/"+subscribers.ID(u.ID).String())
	return t, err
}

// pending is the reader that a sign-up makes, with a tie to each of its newsletters.
func (n *Newsroom) pending(ctx context.Context, id subscribers.ID, kept sealedSignUp, address subscribers.Address, at time.Time) ([]store.NewSubscriber, error) {
	var rows []store.NewSubscriber
	for i, name := range kept.Newsletters {
		letter, ok := n.Config.Newsletter(name)
		if !ok { // no longer configured
			continue
		}
		one, err := n.newReaderAs(ctx, id, letter, subscribers.Row{Address: address, Name: kept.Name, Variant: chosenFormat(letter, kept.Format)}, store.Consent{
			Week: kept.Week, Path: string(subscribers.PathForm), TextVersion: kept.Versions[i], Page: kept.Page,
		})
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			one.Subscriber = rows[0].Subscriber // the same bytes
		}
		one.Tie.State, one.Tie.JoinedAt, one.Tie.ConfirmedAt, one.Again = store.Pending, at, time.Time{}, true
		rows = append(rows, one)
	}
	return rows, nil
}

// askLetter is the letter that asks for a reader's yes, as it stands in the outbox.
func (n *Newsroom) askLetter(ctx context.Context, rows []store.NewSubscriber, address subscribers.Address, dedupe string) (store.NewLetter, error) {
	var ask []string
	for _, r := range rows {
		ask = append(ask, r.Tie.Newsletter)
	}
	return n.sealLetter(ctx, "confirm", address, sealedLetter{To: address.Typed, Ask: ask}, dedupe)
}
