package digest

import "slices"

// State is where an edition stands; the package comment draws the moves.
type State string

// The states of an edition. The store's CHECK lists the same words.
const (
	Draft     State = "draft"
	Held      State = "held"
	Approved  State = "approved"
	Frozen    State = "frozen"
	Sending   State = "sending"
	Sent      State = "sent"
	Skipped   State = "skipped"
	Expired   State = "expired"
	Cancelled State = "cancelled"
)

// States lists every state, in the order of an edition's life.
var States = []State{Draft, Held, Approved, Frozen, Sending, Sent, Skipped, Expired, Cancelled}

// Words is the state as it stands behind "is".
func (s State) Words() string {
	switch s {
	case Draft:
		return "a draft"
	case Sending:
		return "being sent"
	}
	return string(s)
}

// moves is the drawing of the package comment as a table.
var moves = map[State][]State{
	Draft:     {Draft, Held, Approved, Skipped, Expired, Cancelled}, // to itself: edited, or fetched again
	Held:      {Draft, Approved, Skipped, Expired, Cancelled},       // skipped: nothing new has come by its slot
	Approved:  {Draft, Held, Frozen, Expired, Cancelled},            // back to draft: edited, or the freeze found another hash; held: a source took something back
	Frozen:    {Draft, Held, Sending, Cancelled},                    // back to draft: reopened; held: a source took something back
	Sending:   {Draft, Sent, Cancelled},                             // back to draft: stopped half-way and reopened
	Sent:      {Draft, Sending},                                     // reopened for a correction; the same revision to readers it has not reached
	Skipped:   {Draft},                                              // reopened
	Expired:   {Draft},                                              // reopened
	Cancelled: {Draft},                                              // reopened
}

// To tells whether an edition may move from s to next.
func (s State) To(next State) bool { return slices.Contains(moves[s], next) }

// Redraft is what decides where a draft leaves its edition.
type Redraft struct {
	Verdict  Verdict // of the pick
	Was      State   // before it
	Before   Verdict // of the pick that it replaces; empty: there was none
	Due      bool    // it has a slot, and that has come
	Reopened bool    // somebody took it up again
	ByHand   bool    // a person drafts or edits it, and not the schedule
}

// State is where the edition goes. A thin one is held, and so is an empty one until its
// slot comes; then it is skipped, unless somebody has reopened it: that is then theirs to
// fill. Whether there is news where no source could be read nobody knows: it is held. One
// that was held for another reason than its thinness still waits for an
// editor's word, whatever its newsletter's; so does one that a person fills after its slot,
// which would otherwise be sent at their first word.
func (d Redraft) State() State {
	switch {
	case d.Verdict == Full && d.Was == Held && (d.Before == Full || d.Due && (d.Reopened || d.ByHand)):
		return Held
	case d.Verdict == Full:
		return Draft
	case d.Verdict == Empty && d.Due && !d.Reopened:
		return Skipped
	}
	return Held
}
