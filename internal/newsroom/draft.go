package newsroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// Drafted is what drafting an edition came to.
type Drafted struct {
	Edition  *Edition       `json:"edition"`
	Sources  []SourceReport `json:"sources"`
	Warnings []string       `json:"warnings,omitempty"`
	Voided   bool           `json:"voided,omitempty"` // it took an approval back
	Late     string         `json:"late,omitempty"`   // in words: its slot has passed, and what that means
	Advice   string         `json:"advice,omitempty"` // what to do next, one line
}

// Draft opens the edition of a slot, if it is not open, reads the sources and
// picks. A slot may be named with its newsletter; an empty one means the one at hand.
// Drafting again keeps the editor's overlay, and takes an approval back.
func (n *Newsroom) Draft(ctx context.Context, newsletter, slot string, fetch bool) (Drafted, error) {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return Drafted{}, err
	}
	slot = strings.TrimPrefix(slot, letter.Name+"/")
	if ref := digest.Slot(slot); ref.Valid() && ref.Extra() {
		row, err := n.editionRow(ctx, letter.Name+"/"+slot)
		if err != nil {
			return Drafted{}, err
		}
		return n.draft(ctx, letter, row, fetch, true)
	}
	row, found, err := n.openNamed(ctx, letter, slot)
	if err != nil {
		return Drafted{}, err
	}
	if !found {
		name, err := n.slotAt(ctx, letter, slot)
		if err != nil {
			return Drafted{}, err
		}
		if row, _, err = n.openSlot(ctx, letter, name, n.Who); err != nil {
			return Drafted{}, err
		}
	}
	return n.draft(ctx, letter, row, fetch, true)
}

// Extra opens an edition outside the schedule and drafts it.
func (n *Newsroom) Extra(ctx context.Context, newsletter, name string) (Drafted, error) {
	letter, err := n.Newsletter(newsletter)
	if err != nil {
		return Drafted{}, err
	}
	slot, err := digest.ExtraSlot(name)
	if err != nil {
		return Drafted{}, err
	}
	row, isNew, err := n.Store.OpenEdition(ctx, store.NewEdition{
		Newsletter: letter.Name, Slot: slot, At: n.Clock().In(letter.Location), Kind: store.Extra,
		OpenedAt: n.Clock(), Who: n.Who,
	})
	if err != nil {
		return Drafted{}, err
	}
	if !isNew {
		return Drafted{}, fmt.Errorf("%s is open already (%s): draft it again with --slot %s, or take another name", row.Name(), row.State, slot)
	}
	return n.draft(ctx, letter, row, true, true)
}

// draft fills an open edition. byHand: a person asks for it; the schedule takes no approval
// back that was given while it read the sources, and gets a *store.ErrState then.
func (n *Newsroom) draft(ctx context.Context, letter *config.Newsletter, row store.Edition, fetch, byHand bool) (Drafted, error) {
	if !open(row.State) {
		return Drafted{}, closedError(timed(letter, row), n.Clock())
	}
	var d Drafted
	if fetch {
		var err error
		if d.Sources, err = n.Fetch(ctx, letter.Name); err != nil {
			return d, err
		}
	}
	err := store.ErrMeanwhile
	for tries := 0; errors.Is(err, store.ErrMeanwhile) && tries < 5; tries++ {
		row = n.refreshed(ctx, row)
		d.Voided = row.State == digest.Approved
		d.Edition, err = n.redraft(ctx, row, d.Sources, byHand) // over what somebody edited meanwhile
	}
	if err != nil {
		return d, err
	}
	d.Warnings = d.Edition.Warnings
	again, err := n.mailedBefore(ctx, row)
	if !again { // a correction takes its time
		d.Late = lateWords(&d.Edition.Printed, n.Clock())
	}
	d.Advice = n.advice(d.Edition, again, fetch)
	return d, err
}

// noneRead tells whether sources were asked, and none answered.
func noneRead(sources []SourceReport) bool {
	return len(sources) > 0 && !slices.ContainsFunc(sources, func(r SourceReport) bool { return r.Error == "" })
}

// redraft lays what the editor has changed over what is known now; sources are those
// that were asked for it.
func (n *Newsroom) redraft(ctx context.Context, row store.Edition, sources []SourceReport, byHand bool) (*Edition, error) {
	before, err := n.load(ctx, row)
	if err != nil {
		return nil, err
	}
	unread := noneRead(sources)
	if first := before.Snapshot.Drafted.IsZero(); len(sources) == 0 && (first || before.Snapshot.Unread) {
		since, err := n.readSince(ctx, before.Letter, before.Snapshot.Drafted)
		if err != nil {
			return nil, err
		}
		unread = !since
	}
	snapshot, byRule, warnings, err := n.snapshot(ctx, before, unread)
	if err != nil {
		return nil, err
	}
	overlay, made := before.Overlay, picks{byRule: byRule, alone: !byHand}
	if overlay.Empty() {
		made.laid = byRule
	} else {
		var wrong *digest.OverlayError
		pick, err := digest.Make(snapshot, overlay)
		switch {
		case errors.As(err, &wrong):
			var out []string
			overlay, out = overlay.Without(wrong.Problems, snapshot, before.Snapshot) // it was right when it was saved
			for _, why := range out {
				warnings = append(warnings, "taken out of the editor's choice: "+why)
			}
		case err == nil:
			made.laid = &pick
		}
	}
	what := "drafted"
	if before.State == digest.Approved {
		what += "; that takes the approval back"
	}
	e, err := n.put(ctx, before, snapshot, overlay, made, what)
	if err != nil {
		return nil, err
	}
	e.Warnings = append(warnings, e.Warnings...)
	return e, n.forgetTaken(ctx, before, e)
}

// picks are those of a snapshot that have been made by now, for they take long: what the
// rule picks by itself, and what it picks under the overlay. nil: it is to be made.
type picks struct {
	byRule, laid *digest.Pick
	alone        bool // the schedule makes them, and no person
}

// of makes what has not been made yet.
func (p picks) of(snapshot digest.Snapshot, overlay digest.Overlay) (pick, proposal digest.Pick, err error) {
	if p.laid != nil {
		pick = *p.laid
	} else if pick, err = digest.Make(snapshot, overlay); err != nil {
		return pick, pick, err
	}
	switch {
	case overlay.Empty():
		return pick, pick, nil
	case p.byRule != nil && !overlay.Whole: // of a whole edition the proposal is of what the editor had seen
		return pick, *p.byRule, nil
	}
	proposal, err = digest.Proposal(snapshot, overlay)
	return pick, proposal, err
}

// put picks, composes and stores the current revision of an edition, and says in
// its Warnings what had to be left out.
func (n *Newsroom) put(ctx context.Context, before *Edition, snapshot digest.Snapshot, overlay digest.Overlay, made picks, what string) (*Edition, error) {
	letter := before.Letter
	pick, proposal, err := made.of(snapshot, overlay)
	if err != nil {
		return nil, err
	}
	number := max(before.Edition.Revision, 1)
	m, err := n.compose(ctx, letter, snapshot, overlay, pick, number)
	if err != nil {
		return nil, err
	}
	content, warnings := m.content, append(m.warnings, n.shortened(ctx, letter, m.content)...)
	snapshot, pick = m.snapshot, m.pick
	if changes := digest.Diff(before.Revision, content); what == edited && len(changes) > 0 {
		what += ": " + strings.Join(changes, "; ")
	}
	from := store.Drafting
	if made.alone {
		from = []digest.State{digest.Draft, digest.Held}
	}
	_, err = n.Store.PutDraft(ctx, before.ID, store.Draft{
		Snapshot: snapshot, Overlay: overlay, Pick: pick, Content: content, At: n.Clock(),
		Kept: digest.KeptOf(proposal, pick), Over: &before.Overlay, From: from,
	}, n.stateFor(pick.Verdict, before, !made.alone), n.Who, what)
	if err != nil {
		return nil, err
	}
	for _, w := range warnings {
		n.Log.Warn("left out of the edition", "edition", before.Name(), "what", w)
	}
	said, err := n.printed(ctx, n.refreshed(ctx, before.Edition))
	if err != nil {
		return nil, err
	}
	e := &Edition{Printed: *said, Snapshot: snapshot, Pick: pick}
	pages, err := n.notePages(ctx, e)
	e.Warnings = append(warnings, pages...)
	return e, err
}

func metaOf(letter *config.Newsletter, number int) digest.Meta {
	return digest.Meta{Title: letter.Title, Language: letter.Language, Number: number, Zone: letter.Location}
}

// stateFor is where a pick leaves an edition.
func (n *Newsroom) stateFor(v digest.Verdict, before *Edition, byHand bool) digest.State {
	return digest.Redraft{
		Verdict: v, Was: before.State, Before: before.Pick.Verdict,
		Due:      before.Kind == store.Regular && !before.At.After(n.Clock()),
		Reopened: before.Reopened, ByHand: byHand,
	}.State()
}

// refreshed reads an edition's row again; the old one where that fails.
func (n *Newsroom) refreshed(ctx context.Context, row store.Edition) store.Edition {
	if now, err := n.Store.Edition(ctx, row.ID); err == nil {
		return now
	}
	return row
}

// advice says what an operator would do next with a draft; again: readers have an earlier
// revision of it; asked: its sources were, for it.
func (n *Newsroom) advice(e *Edition, again, asked bool) string {
	next := n.nextStep(e, asked)
	if e.Kind == store.Regular && !again && !n.Clock().Before(e.ExpiresAt) {
		next = fmt.Sprintf("What cannot wait goes out as an extra, \"broadsheet extra %s NAME\"; or lengthen its newsletter's \"expires\" first.", e.Newsletter)
	}
	late := 0
	for _, c := range e.Pick.Left {
		if c.Reason.Rule == digest.Offered {
			late++
		}
	}
	if late > 0 {
		return fmt.Sprintf("The edition is as it was edited. What came since is offered, %s in number: \"broadsheet edit %s\" shows it first of what was left out.\n", figures.Of(late), e.Ref()) + next
	}
	return next
}

func (n *Newsroom) nextStep(e *Edition, asked bool) string {
	switch e.Pick.Verdict {
	case digest.Empty:
		if e.State == digest.Skipped {
			return fmt.Sprintf("Nothing new for %s by its slot: it is skipped. To send one all the same, %s.", e.Ref(), wayBack(e.Edition, n.Clock()))
		}
		return fmt.Sprintf("Nothing new for %s: it is %s. Fetch again later, or add stories with \"broadsheet edit %s\".", e.Ref(), e.State.Words(), e.Ref())
	case digest.Unread:
		if !asked {
			return fmt.Sprintf("No source has been read, so nothing is in %s: it is held. \"broadsheet draft %s --slot %s\" reads them.", e.Ref(), e.Newsletter, e.Slot)
		}
		return fmt.Sprintf("No source could be read, so nothing is in %s: it is held. \"broadsheet sources check %s\" says why; then draft it again.", e.Ref(), e.Newsletter)
	case digest.Thin:
		return fmt.Sprintf("A thin week: %s is held. \"broadsheet approve %s\" sends it as it is; \"edit\" adds to it.", e.Ref(), e.Ref())
	}
	if !waits(e.Letter, e.Edition) {
		return fmt.Sprintf("Next: \"broadsheet preview %s\"; it goes out by itself at its slot.", e.Ref())
	}
	return fmt.Sprintf("Next: \"broadsheet preview %s\", \"broadsheet test %s --to YOU\", \"broadsheet approve %s\".", e.Ref(), e.Ref(), e.Ref())
}
