package newsroom

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// pauses are the weeks for which a reader can pause.
var pauses = []int{2, 4, 8}

// yearsOfPause is how many years ahead the day may be until which a reader pauses.
const yearsOfPause = 1

// Pausing is what a reader says of a pause: for how many weeks, 0 for as it is.
type Pausing int

// NoPause ends a pause.
const NoPause Pausing = -1

// pauseOf is a reader's pause, as their page has it.
func (n *Newsroom) pauseOf(s store.Subscriber, letter *config.Newsletter) templates.PauseChoice {
	now := n.Clock().In(letter.Location)
	c := templates.PauseChoice{
		Weeks: slices.Clone(pauses), First: now.AddDate(0, 0, 1).Format(time.DateOnly), Last: now.AddDate(yearsOfPause, 0, 0).Format(time.DateOnly),
	}
	for _, t := range s.Ties {
		if t.Newsletter == letter.Name && t.PausedUntil.After(n.Clock()) {
			c.Until = templates.Moment(t.PausedUntil.In(letter.Location))
		}
	}
	return c
}

// ErrPauseDay says that a pause is to end on a day that cannot be read, or is not offered.
var ErrPauseDay = errors.New("no day on which a pause can end")

// pause pauses a reader's newsletters, or ends that. A day goes before a number of weeks;
// it ends the pause as it begins in the newsletter's zone. What is not offered changes
// nothing; of a day the reader is told.
func (n *Newsroom) pause(ctx context.Context, s store.Subscriber, letter *config.Newsletter, p Pausing, day string) error {
	until, err := time.ParseInLocation(time.DateOnly, day, letter.Location)
	switch now := n.Clock(); {
	case err == nil && until.After(now) && until.Before(now.AddDate(yearsOfPause, 0, 1)):
	case day != "":
		return ErrPauseDay
	case slices.Contains(pauses, int(p)):
		until = n.Clock().AddDate(0, 0, 7*int(p))
	case p != NoPause:
		return nil
	default:
		until = time.Time{}
	}
	for _, t := range s.Ties {
		if err := n.Store.PauseSubscription(ctx, s.ID, t.Newsletter, until); err != nil {
			return err
		}
	}
	return nil
}

// pausedUntil is the day that a pause ends, as operators read it; empty for none.
func (n *Newsroom) pausedUntil(t store.Subscription) string {
	if !t.PausedUntil.After(n.Clock()) {
		return ""
	}
	return t.PausedUntil.Format(time.DateOnly)
}

// pauseOut is a pause that is not over, as lists of readers have it: to the second,
// never shorter than it is.
func (n *Newsroom) pauseOut(t store.Subscription) string {
	if !t.PausedUntil.After(n.Clock()) {
		return ""
	}
	return t.PausedUntil.Add(time.Second - time.Nanosecond).UTC().Truncate(time.Second).Format(time.RFC3339)
}

// pauseIn is the instant that pauseOut says, or at which a day begins where the
// newsletter is; the zero time for one that is over, and for no word of it.
func (n *Newsroom) pauseIn(letter *config.Newsletter, said string) time.Time {
	if said == "" {
		return time.Time{}
	}
	until, err := time.Parse(time.RFC3339, said)
	if err != nil {
		until, err = time.ParseInLocation(time.DateOnly, said, letter.Location)
	}
	if err != nil || !until.After(n.Clock()) {
		return time.Time{}
	}
	return until.UTC()
}
