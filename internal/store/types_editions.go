package store

import (
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// Kind tells a scheduled edition from one that an operator opened.
type Kind string

// The kinds of an edition.
const (
	Regular Kind = "regular"
	Extra   Kind = "extra" // leaves the window of the next regular edition alone
)

// Edition is one row of the edition table: one number of a newsletter.
type Edition struct {
	ID         int64
	Newsletter string
	Slot       digest.Slot
	At         time.Time // the slot as an instant
	Kind       Kind
	State      digest.State
	Revision   int       // number of the current revision; 0 before the first draft
	Reopened   bool      // somebody has taken it up again; one that was missed before its first draft is at revision 0 then
	OpenedAt   time.Time // when the slot was opened
	ExpiresAt  time.Time // after this instant it may no longer be sent by itself; zero: never
	ChangedAt  time.Time // last change of state

	ForgottenAt time.Time // its deliveries were dropped: who got it is not known any more; zero: it is
}

// Name is what people call the edition: "weekly/2026-11-27T09:00".
func (e Edition) Name() string { return e.Newsletter + "/" + string(e.Slot) }

// NewEdition is what it takes to open a slot.
type NewEdition struct {
	Newsletter string
	Slot       digest.Slot
	At         time.Time
	Kind       Kind
	OpenedAt   time.Time
	ExpiresAt  time.Time // zero: never
	Who        string    // who opened it, for the log: "schedule", "operator"
}

// Draft is what a revision is written with, before it is frozen.
type Draft struct {
	Snapshot digest.Snapshot
	Overlay  digest.Overlay
	Pick     digest.Pick
	Content  digest.Revision
	Kept     digest.Kept // of what the rule proposed
	At       time.Time   // when it was drafted

	Over *digest.Overlay // what the editor had changed when this was begun; nil: it does not matter
	From []digest.State  // it is in one of these, or nothing is done; nil: Drafting
}

// Said is what a stored revision says, and what has been decided on it.
type Said struct {
	Edition  int64
	Number   int
	Overlay  digest.Overlay
	Content  digest.Revision
	Kept     digest.Kept // of what the rule proposed
	Cutoff   time.Time   // end of its window
	At       time.Time   // when it was drafted
	Approved Mark        // zero where it is not approved, or an edit voided the approval
	Tested   Mark        // the version last sent as a test
	TestedTo int         // how many addresses that test went to
	Frozen   Mark        // zero before the freeze
	Note     string      // why it was opened, for every revision but the first
}

// Revision is a stored revision with what it was picked from: every story of its week,
// which may be a hundred times what it says.
type Revision struct {
	Said
	Snapshot digest.Snapshot
	Pick     digest.Pick
}

// Mark says that a rendering, named by its hash, was approved, tested or frozen.
type Mark struct {
	Hash string
	By   string
	At   time.Time
}

// Is tells whether the mark is set.
func (m Mark) Is() bool { return m.Hash != "" }

// Variant is one rendering of a frozen revision: the compiled bytes that every
// reader of the variant gets, but for the merge fields.
type Variant struct {
	Name     string
	Subject  string
	Compiled []byte // as package message encodes it
	Hash     string
	Size     int // bytes of the finished message, merge fields aside
}

// Sent is an edition that readers really got, and the instant its content ends.
type Sent struct {
	Edition  Edition
	Cutoff   time.Time // end of its window: where the next one starts
	Accepted int64     // readers whose copy was handed over
}

// Entry is one line of an edition's log.
type Entry struct {
	At     time.Time
	Who    string
	What   string
	Detail string
}

// Media is a picture as it was stored after checking and resizing.
type Media struct {
	Hash   string // hex SHA-256 of Bytes
	Type   string // "image/jpeg"
	Width  int    // pixels
	Height int    // pixels
	Bytes  []byte
}
