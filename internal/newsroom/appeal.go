package newsroom

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// hasAppeal tells whether a variant of a revision shows the appeal for support. In
// private mail nothing leads to another site.
func hasAppeal(letter *config.Newsletter, rev digest.Revision, v templates.Variant) bool {
	return letter.Look.Support != nil && !rev.NoAppeal && v != templates.Private
}

// withQuiet adds to each variant that shows the appeal its twin without, for readers
// who hid it.
func withQuiet(letter *config.Newsletter, rev digest.Revision, variants []templates.Variant) []templates.Variant {
	var all []templates.Variant
	for _, v := range variants {
		all = append(all, v)
		if hasAppeal(letter, rev, v) {
			all = append(all, v+store.Quiet)
		}
	}
	return all
}

// unquiet is a variant without the end of its name that says it has no appeal.
func unquiet(v templates.Variant) (shown templates.Variant, quiet bool) {
	name, quiet := strings.CutSuffix(string(v), store.Quiet)
	return templates.Variant(name), quiet
}

// plain is a variant without the ends of its name, and what they say.
func plain(v templates.Variant) (shown templates.Variant, quiet, welcome bool) {
	name, welcome := strings.CutSuffix(string(v), welcoming)
	shown, quiet = unquiet(templates.Variant(name))
	return shown, quiet, welcome
}

// isPrivate tells whether a variant is the private one, or a twin of it.
func isPrivate(variant string) bool {
	shown, _, _ := plain(templates.Variant(variant))
	return shown == templates.Private
}

// Hiding is what a reader says to the appeal for support.
type Hiding string

// What can be said.
const (
	ShowAppeal Hiding = "show"
	LaterAgain Hiding = "later" // not for the newsletter's remind_weeks
	NeverAgain Hiding = "never"
)

// AppealOf reads, by the token of a reader's preferences link, whether they have
// hidden the appeal. Errors: ErrNotYours, or the store's.
func (n *Newsroom) AppealOf(ctx context.Context, newsletter, token string) (templates.AppealChoice, *config.Newsletter, error) {
	s, letter, err := n.tokenReader(ctx, subscribers.Preferences, newsletter, token)
	if err != nil {
		return templates.AppealChoice{}, nil, err
	}
	return n.appealOf(s, letter), letter, nil
}

func (n *Newsroom) appealOf(s store.Subscriber, letter *config.Newsletter) templates.AppealChoice {
	c := templates.AppealChoice{Weeks: templates.DefaultRemind}
	if letter.Look.Support != nil {
		c.Weeks = letter.Look.Support.Weeks()
	}
	for _, t := range s.Ties {
		switch {
		case t.Newsletter != letter.Name || !t.AppealUntil.After(n.Clock()):
		case t.AppealUntil.Equal(store.ForGood):
			c.Never = true
		default:
			c.Until = templates.Moment(t.AppealUntil.In(letter.Location))
		}
	}
	return c
}

// HideAppeal keeps the appeal out of a reader's mails, of all their newsletters, or
// lets it in again, by the token of their preferences link. It counts from the next
// mailing on. Errors: ErrNotYours, or the store's.
func (n *Newsroom) HideAppeal(ctx context.Context, newsletter, token string, h Hiding) error {
	s, letter, err := n.tokenReader(ctx, subscribers.Preferences, newsletter, token)
	if err != nil {
		return err
	}
	until, err := h.until(n.Clock(), n.appealOf(s, letter).Weeks)
	if err != nil {
		return err
	}
	return n.Store.HideAppeal(ctx, s.ID, until)
}

func (h Hiding) until(now time.Time, weeks int) (time.Time, error) {
	switch h {
	case ShowAppeal:
		return time.Time{}, nil
	case LaterAgain:
		return now.AddDate(0, 0, 7*weeks), nil
	case NeverAgain:
		return store.ForGood, nil
	}
	return time.Time{}, fmt.Errorf("the appeal cannot be hidden by %q", string(h))
}

// noAppeal says how long a reader wants no appeal, as lists of readers have it.
func noAppeal(t store.Subscription) string {
	switch {
	case t.AppealUntil.IsZero():
		return ""
	case t.AppealUntil.Equal(store.ForGood):
		return subscribers.ForGood
	}
	return t.AppealUntil.Format(time.DateOnly)
}

// appealUntil is the instant that noAppeal says; the zero time for no word of it.
func appealUntil(noAppeal string) time.Time {
	if noAppeal == subscribers.ForGood {
		return store.ForGood
	}
	day, _ := time.Parse(time.DateOnly, noAppeal)
	return day
}
