package newsroom

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/mailer/message"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// A welcome carries the latest edition. Its bytes are frozen with the edition's: each
// variant has a twin that begins with the words of welcome. Where there is none, since no
// edition was sent yet, or the reader has it, it is a letter with a link.

// welcoming ends the name of a variant with the words of welcome.
const welcoming = "-welcome"

const welcomesAtOnce = 200

// welcomes tells whether a newsletter welcomes those who confirm.
func (n *Newsroom) welcomes(newsletter string) bool {
	letter, ok := n.Config.Newsletter(newsletter)
	return ok && letter.Welcome
}

// twins are the variants that are mailed, with those without the appeal, for readers who
// hid it, and, where those who confirm are welcomed, those with the words for it. These
// have no appeal: nobody is asked for money on the first day.
func twins(letter *config.Newsletter, rev digest.Revision) []templates.Variant {
	all := withQuiet(letter, rev, mailed(letter))
	if letter.Welcome {
		for _, v := range mailed(letter) {
			all = append(all, v+welcoming)
		}
	}
	return all
}

// welcomed is a revision that begins with the words of welcome.
func (n *Newsroom) welcomed(letter *config.Newsletter, rev digest.Revision) digest.Revision {
	before := n.Theme(letter).Welcoming(rev.Language, letter.Title)
	rev.Subject, rev.Preheader = before.Subject, before.Preheader
	rev.Intro = strings.TrimSpace(before.Intro + "\n\n" + rev.Intro)
	return rev
}

// Welcome puts the welcomes in the outbox that readers who have confirmed are owed, each
// once. A locked node does nothing.
func (n *Newsroom) Welcome(ctx context.Context) error {
	latest := map[string]store.Edition{}
	for !n.Keys.Locked() {
		owed, err := n.Store.WelcomesOwed(ctx, welcomesAtOnce)
		if err != nil || len(owed) == 0 {
			return err
		}
		for _, o := range owed {
			w, err := n.welcomeOf(ctx, o, latest)
			if errors.Is(err, subscribers.ErrLocked) {
				return nil // until it is unlocked again
			}
			if err == nil {
				err = n.Store.PutWelcome(ctx, w)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// welcomeOf is what becomes of one who is owed a welcome; latest remembers what each
// newsletter's can carry. One that cannot be written is none, and is said.
func (n *Newsroom) welcomeOf(ctx context.Context, o store.Owed, latest map[string]store.Edition) (w store.Welcome, err error) {
	w = store.Welcome{Number: o.Number, Newsletter: o.Newsletter}
	letter, ok := n.Config.Newsletter(o.Newsletter)
	if !ok || !letter.Welcome {
		return w, nil
	}
	edition, known := latest[o.Newsletter]
	if !known {
		if edition, err = n.carriable(ctx, letter); err != nil {
			return w, err
		}
		latest[o.Newsletter] = edition
	}
	w.Edition, w.Revision = edition.ID, edition.Revision
	w.Letter, err = n.welcomeLetter(ctx, o)
	if err != nil && !errors.Is(err, subscribers.ErrLocked) {
		n.Log.Error("a new reader cannot be welcomed", "newsletter", o.Newsletter, "error", err)
		w.Letter, err = store.NewLetter{}, nil
	}
	return w, err
}

// welcomeLetter is the letter as it stands in the outbox: it is written when it is sent.
func (n *Newsroom) welcomeLetter(ctx context.Context, o store.Owed) (store.NewLetter, error) {
	typed, err := n.Keys.Open(addressOf(o.ID), o.Address)
	if err != nil {
		return store.NewLetter{}, err
	}
	to, err := subscribers.ParseAddress(typed)
	if err != nil {
		return store.NewLetter{}, err
	}
	dedupe := fmt.Sprintf("welcome/%s/%s/%s", o.Newsletter, subscribers.ID(o.ID), o.ConfirmedAt.UTC().Format(time.DateOnly))
	return n.sealLetter(ctx, "welcome", to, sealedLetter{To: typed, Welcome: o.Newsletter}, dedupe)
}

// carriable is the newest edition that was sent to the whole list, if it was frozen with
// the words of welcome; zero where it was not, and where there is none.
func (n *Newsroom) carriable(ctx context.Context, letter *config.Newsletter) (store.Edition, error) {
	rows, err := n.Store.Editions(ctx, letter.Name, 0)
	if err != nil {
		return store.Edition{}, err
	}
	for _, row := range rows {
		if row.State != digest.Sent {
			continue
		}
		whole, err := n.toTheWhole(ctx, row)
		if err != nil {
			return store.Edition{}, err
		}
		if !whole {
			continue
		}
		compiled, err := n.frozenFor(ctx, letter, row.ID, row.Revision, string(usual(letter)))
		if err != nil || compiled == nil {
			return store.Edition{}, err
		}
		return row, nil
	}
	return store.Edition{}, nil
}

// toTheWhole tells whether an edition was for everybody: what a part of the list was to
// get is not for who comes later.
func (n *Newsroom) toTheWhole(ctx context.Context, row store.Edition) (bool, error) {
	mailings, err := n.Store.Mailings(ctx, row.ID)
	for _, m := range mailings {
		if m.Segment.Whole() && m.Audience != mailer.ToDelivered {
			return true, err
		}
	}
	return false, err
}

// frozenFor is the welcome that was frozen with a revision, in a reader's variant or, where
// that has none, the usual; nil where no welcome was.
func (n *Newsroom) frozenFor(ctx context.Context, letter *config.Newsletter, edition int64, revision int, choice string) (*message.Compiled, error) {
	stored, err := n.Store.Variants(ctx, edition, revision)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{choice, string(usual(letter))} {
		for _, v := range stored {
			if v.Name != name+welcoming {
				continue
			}
			compiled := new(message.Compiled)
			if err := compiled.UnmarshalBinary(v.Compiled); err != nil {
				return nil, fmt.Errorf("the frozen variant %s of edition %d: %w", v.Name, edition, err)
			}
			return compiled, nil
		}
	}
	return nil, nil
}

// writeWelcome writes a welcome, once it is to be sent. Who has left is welcomed no more:
// store.ErrNotFound.
func (n *Newsroom) writeWelcome(ctx context.Context, l store.Letter, s sealedLetter) (sealedLetter, error) {
	letter, ok := n.Config.Newsletter(s.Welcome)
	if !ok {
		return s, fmt.Errorf("the newsletter of this letter: %w", store.ErrNotFound)
	}
	reader, err := n.readerOf(ctx, l)
	if err != nil {
		return s, err
	}
	for _, t := range reader.Ties {
		if t.Newsletter != letter.Name || t.State != store.Confirmed {
			continue
		}
		display, err := n.nameOf(reader)
		if err != nil {
			return s, err
		}
		form, err := n.formFor(ctx, letter, reader)
		if err != nil {
			return s, err
		}
		s.From = letter.Envelope
		if t.WelcomeEdition != 0 {
			s.Message, err = n.carrying(ctx, l, letter, reader, t, form, s.To, display)
		}
		if err == nil && s.Message == nil {
			s.Message, err = n.linking(ctx, l, letter, form, s.To, display)
		}
		return s, err
	}
	return s, fmt.Errorf("this reader's subscription: %w", store.ErrNotFound)
}

// carrying is a welcome with the edition in it; nil where none was frozen.
func (n *Newsroom) carrying(ctx context.Context, l store.Letter, letter *config.Newsletter, s store.Subscriber, t store.Subscription, form templates.Variant, to, display string) ([]byte, error) {
	compiled, err := n.frozenFor(ctx, letter, t.WelcomeEdition, t.WelcomeRevision, string(form))
	if err != nil || compiled == nil {
		return nil, err
	}
	if compiled, err = compiled.Dated(l.CreatedAt.In(letter.Location)); err != nil {
		return nil, err
	}
	if form == templates.Private {
		display = "" // nobody is named in it
	}
	reader := n.reader(letter, to, display, s.ID, uint32(s.Generation), 0)
	reader.MessageID = n.Keys.WebKey().LetterID(0, letterPlace(l.Dedupe).Row)
	msg, err := compiled.Splice(nil, reader)
	if err != nil {
		return nil, err
	}
	return n.sign(letter, msg)
}

// linking is a welcome with a link to the latest edition, if there is one.
func (n *Newsroom) linking(ctx context.Context, l store.Letter, letter *config.Newsletter, form templates.Variant, to, display string) ([]byte, error) {
	latest, err := n.latest(ctx, letter)
	if err != nil {
		return nil, err
	}
	return n.readersLetter(l.CreatedAt, letter, form, templates.Welcome{
		Newsletter: letter.Title, Latest: latest, Greeting: n.greeting(letter, display),
	}, subscribers.Address{Typed: to}, l.Dedupe)
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
			stored, err := n.Store.Said(ctx, row.ID, row.Revision)
			return digest.Link{Title: stored.Content.Subject, URL: n.EditionURL(letter.Name, row.Slot)}, err
		}
	}
	return digest.Link{}, nil
}

// welcomedWith names the edition that came with a reader's welcome; empty where none did.
func (n *Newsroom) welcomedWith(ctx context.Context, t store.Subscription) (string, error) {
	if t.WelcomeEdition == 0 {
		return "", nil
	}
	row, err := n.Store.Edition(ctx, t.WelcomeEdition)
	return row.Name(), err
}
