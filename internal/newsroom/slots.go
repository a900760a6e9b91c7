package newsroom

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// lookBack bounds how far back missed slots are searched and marked.
const lookBack = 60 * 24 * time.Hour

// missed is what the log says of a slot that nobody was there for.
const missed = "missed: nothing was running, and it is older than \"expires\""

// OpenDue opens the slots of every newsletter that have come, or whose draft is to be
// made by now, and returns the editions that were opened by this call. It may run twice, or late, or on two
// machines: the slot is unique, so one call wins and the others change nothing.
//
// Of the slots that came while nothing was running, the last is caught up if it
// is younger than the newsletter's "expires"; the others are marked skipped.
func (n *Newsroom) OpenDue(ctx context.Context) ([]store.Edition, error) {
	var opened []store.Edition
	var problems []error
	for i := range n.Config.Newsletters {
		editions, err := n.openDue(ctx, &n.Config.Newsletters[i])
		ahead, err2 := n.openAhead(ctx, &n.Config.Newsletters[i])
		opened = append(append(opened, editions...), ahead...)
		if err := errors.Join(err, err2); err != nil {
			problems = append(problems, fmt.Errorf("newsletter %s: %w", n.Config.Newsletters[i].Name, err))
		}
	}
	return opened, errors.Join(problems...)
}

func (n *Newsroom) openDue(ctx context.Context, letter *config.Newsletter) ([]store.Edition, error) {
	s, now := letter.Calendar, n.Clock()
	since, err := n.scheduledSince(ctx, letter, now)
	if err != nil {
		return nil, err
	}
	var opened []store.Edition
	slots := s.Due(later(since, now.Add(-lookBack)), now)
	last := lastPromised(s, slots)
	for _, slot := range slots {
		e, isNew, err := n.openSlot(ctx, letter, slot, "schedule")
		if err != nil {
			return opened, err
		}
		if !isNew && !fromTheFuture(e, now) && !(s.Skips(slot) && untouched(e)) {
			continue
		}
		if e, err = n.settleOpened(ctx, letter, e, slot == last); err != nil {
			return opened, err
		}
		opened = append(opened, e)
	}
	return opened, nil
}

// lastPromised is the last of the slots that "dates" does not leave out: the one to
// catch up.
func lastPromised(s digest.Schedule, slots []digest.Slot) digest.Slot {
	for _, slot := range slices.Backward(slots) {
		if !s.Skips(slot) {
			return slot
		}
	}
	return ""
}

// untouched tells of an edition that is open as it was when its slot came, so that
// "dates" may still leave it out. What an operator did with it since stands.
func untouched(e store.Edition) bool {
	return open(e.State) && (e.ChangedAt.Before(e.At) || e.ChangedAt.Equal(e.OpenedAt))
}

// settleOpened skips an edition that "dates" leaves out or that came too long
// ago; any other stays a draft.
func (n *Newsroom) settleOpened(ctx context.Context, letter *config.Newsletter, e store.Edition, last bool) (store.Edition, error) {
	now := n.Clock()
	why := ""
	switch {
	case letter.Calendar.Skips(e.Slot):
		why = "\"dates\" leaves it out"
	case !last || now.Sub(e.At) >= letter.Expires:
		why = missed
	}
	to := digest.Skipped
	if why == "" {
		if e.State == digest.Draft {
			return e, nil
		}
		why, to = "the clock had run ahead; this slot is only now", digest.Draft
	}
	if e.State == to {
		return e, nil
	}
	if err := n.Store.Transition(ctx, e.ID, []digest.State{e.State}, to, "schedule", why, now); err != nil {
		return e, err
	}
	n.Log.Warn("slot "+string(to), "edition", e.Name(), "why", why)
	e.State = to
	if why != missed {
		return e, nil
	}
	return e, n.tell(ctx, letter, e.Name()+" was skipped",
		"Nothing was running when its slot came, and it is now older than \"expires\". Its stories are candidates for the next edition.",
		fmt.Sprintf("skipped/%d", e.ID))
}

// fromTheFuture tells of a slot that was skipped or expired while the clock ran
// ahead: to the true clock it has not come before.
func fromTheFuture(e store.Edition, now time.Time) bool {
	return (e.State == digest.Skipped || e.State == digest.Expired) && e.ChangedAt.After(now.Add(time.Minute))
}

// scheduledSince is when this newsletter was first served. Slots before it were
// never promised to anyone. One that lies ahead was written by a clock that ran
// ahead, and is put right, or nothing would be due until then.
func (n *Newsroom) scheduledSince(ctx context.Context, letter *config.Newsletter, now time.Time) (time.Time, error) {
	key, today := "scheduled since/"+letter.Name, now.UTC().Format(time.RFC3339)
	text, err := n.Store.PutMetaOnce(ctx, key, today)
	if err != nil {
		return time.Time{}, err
	}
	since, err := time.Parse(time.RFC3339, text)
	if err == nil && since.After(now) {
		since, err = now, n.Store.PutMeta(ctx, key, today)
	}
	return since, err
}

// openSlot makes the row of an edition, or finds it.
func (n *Newsroom) openSlot(ctx context.Context, letter *config.Newsletter, slot digest.Slot, who string) (store.Edition, bool, error) {
	at := letter.Calendar.Instant(slot)
	return n.Store.OpenEdition(ctx, store.NewEdition{
		Newsletter: letter.Name, Slot: slot, At: at, Kind: store.Regular,
		OpenedAt: n.Clock(), ExpiresAt: at.Add(letter.Expires), Who: who,
	})
}

// timed is an edition with the times that the configuration of today gives it, so
// that a slot moved by "dates", or a longer "expires", helps an edition that is open
// already. An extra comes when it was opened, and never expires. Both are in the
// newsletter's zone.
func timed(letter *config.Newsletter, row store.Edition) store.Edition {
	row.At, row.ExpiresAt = row.At.In(letter.Location), time.Time{}
	if row.Kind != store.Regular {
		return row
	}
	if at := letter.Calendar.Instant(row.Slot); !at.IsZero() {
		row.At = at
	}
	row.ExpiresAt = row.At.Add(letter.Expires)
	return row
}

// slotAt is the slot that a command means. Given as a slot or a day, it must be
// one of the schedule's. Not given, it is the slot at hand: the last one that has
// come, as long as it can still be sent, else the next.
func (n *Newsroom) slotAt(ctx context.Context, letter *config.Newsletter, given string) (digest.Slot, error) {
	s, now := letter.Calendar, n.Clock()
	if given != "" {
		return slotNamed(letter, given, now)
	}
	if last := s.Prev(now); last != "" && !s.Skips(last) && now.Sub(s.Instant(last)) < letter.Expires {
		e, err := n.Store.EditionBySlot(ctx, letter.Name, last)
		if errors.Is(err, store.ErrNotFound) || err == nil && open(e.State) {
			return last, nil
		}
		if err != nil {
			return "", err
		}
	}
	return nextSlot(letter, now)
}

// openNamed is the edition that is open under a slot or day, whatever the schedule and
// its dates say of that by now: it may have been reopened.
func (n *Newsroom) openNamed(ctx context.Context, letter *config.Newsletter, given string) (row store.Edition, found bool, err error) {
	if given == "" {
		return row, false, nil
	}
	ref, wrong := slotRef(letter, given, n.Clock())
	if wrong != nil || ref.Slot == "" && len(slotsOf(letter.Calendar, ref)) > 1 { // slotAt says so
		return row, false, nil
	}
	rows, err := n.Store.Editions(ctx, letter.Name, 0)
	rows = slices.DeleteFunc(rows, func(e store.Edition) bool { return !ref.Names(e.Slot) || !open(e.State) })
	if err != nil || len(rows) != 1 {
		return row, false, err
	}
	return rows[0], true, nil
}

// toCome are the slots after an instant that "dates" does not leave out, as they come.
func toCome(s digest.Schedule, after time.Time) iter.Seq[digest.Slot] {
	return func(yield func(digest.Slot) bool) {
		for slot := s.NextAfter(after); slot != ""; slot = s.NextAfter(s.Instant(slot)) {
			if !s.Skips(slot) && !yield(slot) {
				return
			}
		}
	}
}

// nextSlot is the first slot to come that is not skipped.
func nextSlot(letter *config.Newsletter, now time.Time) (digest.Slot, error) {
	for next := range toCome(letter.Calendar, now) {
		return next, nil
	}
	return "", fmt.Errorf("newsletter %s has no slot to come: look at its schedule and dates", letter.Name)
}

// slotsNamed is how many slots to come an error names.
const slotsNamed = 3

// nextSlots are the first slots after an instant that are not skipped, for people.
func nextSlots(s digest.Schedule, after time.Time) string {
	var names []string
	for slot := range toCome(s, after) {
		if names = append(names, string(slot)); len(names) == slotsNamed {
			break
		}
	}
	switch len(names) {
	case 0:
		return "none is to come"
	case 1:
		return "the next is " + names[0]
	}
	return "the next are " + strings.Join(names, ", ")
}

// slotRef reads what --slot was given, without the newsletter.
func slotRef(letter *config.Newsletter, given string, now time.Time) (digest.EditionRef, error) {
	ref, err := digest.ParseRef(letter.Name + "/" + given)
	if err != nil || ref.Slot == "" && ref.Date == "" {
		return ref, fmt.Errorf("--slot %q is no slot: write a day, 2026-11-27, or a day and its time, 2026-11-27T09:00; %s", given, nextSlots(letter.Calendar, now))
	}
	return ref, nil
}

func slotNamed(letter *config.Newsletter, given string, now time.Time) (digest.Slot, error) {
	s := letter.Calendar
	ref, err := slotRef(letter, given, now)
	if err != nil {
		return "", err
	}
	if ref.Slot.Extra() {
		return "", fmt.Errorf("--slot %s: an extra is opened with \"broadsheet extra %s NAME\"", given, letter.Name)
	}
	found := slotsOf(s, ref)
	switch len(found) {
	case 1:
		if s.Skips(found[0]) {
			return "", fmt.Errorf("--slot %s: dates: skips that slot; take it out there, or open an extra with \"broadsheet extra %s NAME\"", given, letter.Name)
		}
		return found[0], nil
	case 0:
		return "", fmt.Errorf("--slot %s: the schedule %q has none there; %s", given, letter.Schedule, nextSlots(s, dayOf(s, ref)))
	}
	return "", fmt.Errorf("--slot %s: that day has %d slots; name one, such as %s", given, len(found), found[0])
}

// slotsOf are the slots of a schedule that a slot or a day names.
func slotsOf(s digest.Schedule, ref digest.EditionRef) (found []digest.Slot) {
	day := dayOf(s, ref)
	for slot := s.NextAfter(day.AddDate(0, 0, -1)); slot != "" && slot.Date() <= day.Format(time.DateOnly); slot = s.Next(slot) {
		if ref.Names(slot) {
			found = append(found, slot)
		}
	}
	return found
}

// dayOf is the beginning of the day of a slot or a day, which are valid.
func dayOf(s digest.Schedule, ref digest.EditionRef) time.Time {
	date := ref.Date
	if ref.Slot != "" {
		date = ref.Slot.Date()
	}
	day, _ := time.ParseInLocation(time.DateOnly, date, s.Zone()) // was read before
	return day
}

// open tells whether an edition can still be worked on as it is.
func open(s digest.State) bool {
	return s == digest.Draft || s == digest.Held || s == digest.Approved
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
