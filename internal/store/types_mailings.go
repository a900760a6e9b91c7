package store

import (
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// NewMailing is what it takes to start a mailing.
type NewMailing struct {
	Edition  int64
	Revision int // must be the edition's current revision, and frozen
	Audience mailer.Audience
	Segment  Segment // of the audience; zero: all of it
	Waves    []Wave  // of [Store.PlanWaves]; none: everyone at once
	Policy   mailer.DoubtPolicy
	Date     time.Time // the Date field of every message of the mailing
	At       time.Time // now
	Who      string
	Stories  []digest.Mailed // what counts as mailed from now on

	FormatFor []FormatFor // for readers who chose no format; the first that a reader is in counts
}

// Mailing is one row of the mailing table.
type Mailing struct {
	ID          int64
	Edition     int64
	Newsletter  string
	Revision    int
	Audience    mailer.Audience
	Segment     Segment     // of the audience; zero: all of it
	FormatFor   []FormatFor // for readers who chose no format
	State       mailer.MailingState
	Policy      mailer.DoubtPolicy
	Watermark   int64 // highest subscriber number when it started
	LaidThrough int64 // every subscriber number up to here is laid, of the wave at hand
	Total       int64 // deliveries laid so far
	Date        time.Time
	StartedAt   time.Time
	FinishedAt  time.Time // zero before it is done or cancelled
	Reason      string    // why it is paused or cancelled
	Wave        int       // the one at hand; 0: it goes out at once
	Expected    int64     // readers in all its waves, when they were planned; 0: it has none
	NextAt      time.Time // when laying goes on; zero: at once, or when the wave at hand is through
	Stops       int       // how often it stopped by itself
	StoppedAt   time.Time // when it stopped by itself, while it is paused for that
	Trouble     string    // why its sender gave up for now; empty: it did not
}

// Finished tells whether the mailing has come to its end.
func (m Mailing) Finished() bool { return m.State == mailer.Done || m.State == mailer.Cancelled }

// Counts is the accounting. Audience is the sum of the other numbers: every
// delivery is in exactly one of them.
type Counts struct {
	Audience int64
	Queued   int64 // claimed included
	Claimed  int64 // those of Queued that a sender holds at this moment
	Accepted int64 // bounced included
	Bounced  int64 // those of Accepted that came back
	Deferred int64
	Rejected int64
	InDoubt  int64
	Skipped  int64
	NextDue  time.Time // earliest time a queued or deferred delivery is due; zero where there is none
}

// Open is the number of deliveries that are not settled.
func (c Counts) Open() int64 { return c.Queued + c.Deferred }

// Slice is a part of a mailing's audience with the lease on it.
type Slice struct {
	mailer.Lease
	Number      int // 1 for the first of the mailing
	First, Last int64
	Wave        int   // 0: the mailing has none
	TakenOver   int64 // deliveries that an earlier holder left claimed: now in doubt, or queued again by the policy
	Policy      mailer.DoubtPolicy
}

// Recipient is one due delivery of a slice with what it takes to address it. The
// address and the name are sealed.
type Recipient struct {
	Number     int64
	ID         [16]byte
	Generation uint32 // of the tokens in the reader's mail
	Address    []byte // sealed
	Name       []byte // sealed; empty where there is none
	Variant    string
	Language   string
	Attempts   int       // tries so far
	First      time.Time // first try that came to nothing; zero before it
	Confirmed  time.Time // when the reader said yes; zero where that is not known
	Relay      string    // where the last try is in doubt, its relay: a resend goes there again; else empty
}

// Try is one try at a delivery that did not end in acceptance.
type Try struct {
	Subscriber int64
	At         time.Time
	mailer.Outcome
}
