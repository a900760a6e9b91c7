package newsroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// lastCall is how long before an edition is frozen its editors are reminded for the
// last time.
const lastCall = time.Hour

// openAhead opens the next slot where its draft is to be made by now.
func (n *Newsroom) openAhead(ctx context.Context, letter *config.Newsletter) ([]store.Edition, error) {
	now := n.Clock()
	var opened []store.Edition
	for _, slot := range letter.Calendar.Due(now, now.Add(letter.DraftLead)) {
		if letter.Calendar.Skips(slot) {
			continue
		}
		e, isNew, err := n.openSlot(ctx, letter, slot, "schedule")
		if err != nil {
			return opened, err
		}
		if isNew {
			opened = append(opened, e)
		}
	}
	return opened, nil
}

// draftAhead makes the draft that the editors get, where somebody had made one before
// its time: what has come since belongs to it, and what the editors did with theirs
// stays. One that is approved already is left alone, as is a later revision.
func (n *Newsroom) draftAhead(ctx context.Context, letter *config.Newsletter, row store.Edition) (store.Edition, error) {
	now := n.Clock()
	if row.Revision != 1 || !open(row.State) || now.Before(row.At.Add(-letter.DraftLead)) || !now.Before(row.At) {
		return row, nil
	}
	_, err := n.Store.Meta(ctx, toldKey(draftedWord(row)))
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	if row.State == digest.Approved {
		return row, n.wasTold(ctx, letter, row, "", draftedWord(row))
	}
	if unread, err := n.stillUnread(ctx, row); err != nil || unread {
		return row, err
	}
	for _, r := range reminders(letter, row.At) { // they need none in the same breath
		if now.Before(r.at) {
			continue
		}
		if err := n.wasTold(ctx, letter, row, "", r.wordOf(row)); err != nil {
			return row, err
		}
	}
	return n.firstDraft(ctx, letter, row, false)
}

// stillUnread tells of an edition that was held ahead of its slot for want of a source
// that could be read: none could be since.
func (n *Newsroom) stillUnread(ctx context.Context, row store.Edition) (bool, error) {
	if row.State != digest.Held {
		return false, nil
	}
	e, err := n.load(ctx, row)
	if err != nil || e.Pick.Verdict != digest.Unread || e.Overlay.Whole {
		return false, err
	}
	since, err := n.readSince(ctx, e.Letter, e.Snapshot.Drafted)
	return !since, err
}

// draftedWord is the word of the mail with a draft.
func draftedWord(row store.Edition) string { return fmt.Sprintf("drafted/%d#%d", row.ID, row.Revision) }

// waits tells whether an edition needs an editor's word before it goes out. One that was
// reopened does, whatever its newsletter's approval: it is being mended.
func waits(letter *config.Newsletter, row store.Edition) bool {
	return row.State == digest.Held || row.State == digest.Draft && (letter.Approval == config.Required || row.Reopened)
}

// reminder is a word to the editors that an edition waits for them.
type reminder struct {
	word string
	at   time.Time
}

func (r reminder) wordOf(row store.Edition) string {
	return fmt.Sprintf("reminder/%d#%d/%s", row.ID, row.Revision, r.word)
}

// reminders are when the editors of a draft that was made ahead are reminded: half
// way to the freeze, and an hour before it. A lead that is too short for two has
// fewer.
func reminders(letter *config.Newsletter, at time.Time) []reminder {
	freeze, lead := at.Add(-letter.FreezeLead), letter.DraftLead-letter.FreezeLead
	var all []reminder
	if lead >= 4*lastCall {
		all = append(all, reminder{"half-way", freeze.Add(-lead / 2)})
	}
	if lead >= 2*lastCall {
		all = append(all, reminder{"last call", freeze.Add(-lastCall)})
	}
	return all
}

// remind reminds the editors of an edition that waits for them, once at each of the
// times. After a standstill only the last that has passed is told. Of one with nothing
// in it they are not: it cannot be approved.
func (n *Newsroom) remind(ctx context.Context, letter *config.Newsletter, row store.Edition) error {
	var due reminder
	for _, r := range reminders(letter, row.At) {
		if !n.Clock().Before(r.at) && row.OpenedAt.Before(r.at) {
			due = r
		}
	}
	if due.word == "" {
		return nil
	}
	freeze := row.At.Add(-letter.FreezeLead)
	return n.tellOnce(ctx, letter, row, fmt.Sprintf("%s waits for your approval: it is to go out %s", row.Name(), row.At.Format(clock)),
		func() (string, error) {
			if e, err := n.load(ctx, row); err != nil || len(e.Revision.Items()) == 0 {
				return "", err
			}
			return fmt.Sprintf("It is %s. Approved by %s, it goes out on time; unapproved, it is held.\n\n", row.State.Words(), freeze.Format(clock)) + commands(row), nil
		}, due.wordOf(row))
}

// commands are the ways on of an edition that waits for its editors, as Markdown.
func commands(row store.Edition) string {
	return fmt.Sprintf("- to change it: `broadsheet edit %[1]s`\n- for all the reasons: `broadsheet show %[1]s --why`\n- to let it go out: `broadsheet approve %[1]s`\n", row.Name())
}

// atSlot is what happens to an edition that has no approval when its slot has come:
// one with nothing in it is drafted once more, and skipped if there is nothing still;
// any other is held, and its editors are told how long it can go out.
func (n *Newsroom) atSlot(ctx context.Context, letter *config.Newsletter, row store.Edition) error {
	if again, err := n.mailedBefore(ctx, row); err != nil || again {
		return err // a correction takes its time
	}
	e, err := n.load(ctx, row)
	if err != nil {
		return err
	}
	again, err := n.triesAgain(ctx, e)
	if err != nil {
		return err
	}
	if again {
		if e, err = n.drawAgain(ctx, letter, e); err != nil {
			return err
		}
		row = e.Edition
		if !waits(letter, row) {
			return nil // skipped, or it goes out at the next look
		}
	}
	if row.State == digest.Held && n.lastHour(letter, row) {
		return n.tellOnce(ctx, letter, row, fmt.Sprintf("%s expires %s", row.Name(), row.ExpiresAt.Format(clock)), func() (string, error) {
			if len(e.Revision.Items()) == 0 {
				return "It is held, with nothing in it. With a story in it and approved until then, it goes out at once; after that it is not sent.\n\n" + waysOn(e), nil
			}
			return "It is held. Approved until then, it goes out at once; after that it is not sent, and its stories are candidates for the next edition.\n\n" + waysOn(e), nil
		}, fmt.Sprintf("expires/%d#%d", row.ID, row.Revision))
	}
	if err := n.tellHeld(ctx, letter, row, e); err != nil || row.State != digest.Draft {
		return err
	}
	return n.Store.Transition(ctx, row.ID, []digest.State{digest.Draft}, digest.Held, n.Who, "not approved by its slot", n.Clock())
}

// tellHeld tells the editors that an edition is held at its slot, and why.
func (n *Newsroom) tellHeld(ctx context.Context, letter *config.Newsletter, row store.Edition, e *Edition) error {
	if e.Pick.Verdict == digest.Unread {
		return n.tellOnce(ctx, letter, row, row.Name()+" is held: no source could be read", func() (string, error) {
			return unreadNext(letter, row, true) + "\n\n" + waysOn(e), nil
		}, unreadWord(row))
	}
	return n.tellOnce(ctx, letter, row, row.Name()+" is held: nobody has approved it by its slot", func() (string, error) {
		return fmt.Sprintf("Approved until %s, it goes out at once; after that it expires, and its stories are candidates for the next edition.\n\n",
			row.ExpiresAt.Format(clock)) + waysOn(e), nil
	}, heldWord(row))
}

// triesAgain tells whether an edition whose slot has come is drafted again by itself: with
// nothing in it, once at its slot; where no source could be read, whenever one could be
// since.
func (n *Newsroom) triesAgain(ctx context.Context, e *Edition) (bool, error) {
	bare := e.Pick.Verdict == digest.Empty || e.Pick.Verdict == digest.Unread
	if !bare || e.State != digest.Held || e.Overlay.Whole {
		return false, nil
	}
	made := e.Snapshot.Drafted
	if made.Before(e.At) || e.Pick.Verdict == digest.Empty {
		return made.Before(e.At), nil
	}
	return n.readSince(ctx, e.Letter, made)
}

// readSince tells whether a source of a newsletter could be read after an instant.
func (n *Newsroom) readSince(ctx context.Context, letter *config.Newsletter, made time.Time) (bool, error) {
	states, err := n.sourceStates(ctx, letter)
	return slices.ContainsFunc(states, func(st store.SourceState) bool { return st.LastSuccess.After(made) }), err
}

// drawAgain drafts an edition again at its slot, and tells the editors if it is skipped.
func (n *Newsroom) drawAgain(ctx context.Context, letter *config.Newsletter, e *Edition) (*Edition, error) {
	d, err := n.draft(ctx, letter, e.Edition, true, false)
	if err != nil {
		return e, err
	}
	return d.Edition, n.tellSkipped(ctx, letter, d.Edition, e.Edition)
}

// lastHour tells whether a held edition expires within the hour, and its editors have
// known that for a while.
func (n *Newsroom) lastHour(letter *config.Newsletter, row store.Edition) bool {
	return letter.Expires >= 4*lastCall && !n.Clock().Before(row.ExpiresAt.Add(-lastCall))
}

// heldWord is the word of the notice that an edition is held at its slot.
func heldWord(row store.Edition) string { return fmt.Sprintf("held/%d#%d", row.ID, row.Revision) }

// unreadWord is the word of the notice that no source of an edition could be read.
func unreadWord(row store.Edition) string { return fmt.Sprintf("unread/%d#%d", row.ID, row.Revision) }

// unreadNext says what becomes of an edition whose sources could not be read.
func unreadNext(letter *config.Newsletter, row store.Edition, due bool) string {
	const none = "No source could be read, so nobody knows whether there is news. "
	reads := slices.ContainsFunc(letter.Sources, func(s config.Source) bool { return readBetween(letter, s) })
	switch {
	case !due && !reads:
		return none + "They are read again at its slot."
	case !due:
		return none + "It is drafted again as soon as one can be read."
	case !reads:
		return none + "Draft it again once one can be read: it expires " + row.ExpiresAt.Format(clock) + "."
	}
	return none + "It is drafted again as soon as one can be read; it expires " + row.ExpiresAt.Format(clock) + "."
}

// tellSkipped tells the editors of an edition that was skipped for want of news.
func (n *Newsroom) tellSkipped(ctx context.Context, letter *config.Newsletter, e *Edition, row store.Edition) error {
	if e.State != digest.Skipped {
		return nil
	}
	return n.tellOnce(ctx, letter, row, row.Name()+" was skipped", func() (string, error) {
		return "Nothing new had come by its slot.\n\n" + waysOn(e), nil
	}, fmt.Sprintf("empty/%d#%d", row.ID, row.Revision))
}

// tellOnce tells the editors of an edition something, once, and writes it into the
// edition's log. The word is kept: a look at the schedule a minute later, or after a
// restart, makes no letter again. Letters with one word are one letter, so that two
// processes that tell at the same moment do no harm. Nothing is told where the body
// turns out empty.
func (n *Newsroom) tellOnce(ctx context.Context, letter *config.Newsletter, row store.Edition, subject string, body func() (string, error), word string) error {
	_, err := n.Store.Meta(ctx, toldKey(word))
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return err
	}
	text, err := body()
	if err != nil || text == "" {
		return err
	}
	if err := n.tell(ctx, letter, subject, text, word); err != nil {
		return err
	}
	return n.wasTold(ctx, letter, row, subject, word)
}

// toldKey is where the store keeps that a notice was told.
func toldKey(word string) string { return "told/" + word }

// wasTold remembers that the editors were told, in the edition's log, too; without a
// subject in no log.
func (n *Newsroom) wasTold(ctx context.Context, letter *config.Newsletter, row store.Edition, subject, word string) error {
	now := n.Clock()
	mine := n.Who + " " + now.UTC().Format(time.RFC3339Nano)
	stands, err := n.Store.PutMetaOnce(ctx, toldKey(word), mine)
	if err != nil || subject == "" || len(letter.Editors) == 0 || stands != mine {
		return err
	}
	return n.Store.Log(ctx, row.ID, store.Entry{At: now, Who: n.Who, What: "told", Detail: "the editors: " + subject})
}
