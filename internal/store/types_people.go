package store

import (
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// SubscriptionState is where a reader's tie to one newsletter stands.
type SubscriptionState = subscribers.State

// The states of a subscription.
const (
	Pending      = subscribers.Pending
	Confirmed    = subscribers.Confirmed
	Unsubscribed = subscribers.Unsubscribed
)

// Subscriber is a reader. The store never sees the address or the name in clear:
// Address and Name are sealed, Index is the keyed hash of the normalised address.
type Subscriber struct {
	Number       int64 // the store's own key, ascending, never used twice
	ID           [16]byte
	Address      []byte // sealed
	Index        []byte // HMAC of the normalised address
	IndexVersion int    // version of the rule of normalisation
	Name         []byte // sealed; empty where there is none
	Generation   int    // raised to void every token given out before
	CreatedAt    time.Time
	Ties         []Subscription // filled by the calls that say so
}

// Subscription is a reader's tie to one newsletter.
type Subscription struct {
	Newsletter  string
	State       SubscriptionState
	Variant     string
	Language    string
	JoinedAt    time.Time
	ConfirmedAt time.Time
	LeftAt      time.Time // of one who asks again, and has not confirmed it, when they left before
	PausedUntil time.Time // zero: not paused
	AppealUntil time.Time // no appeal for support before it; zero: shown; ForGood

	WelcomeEdition  int64 // that came with the welcome; 0: none did
	WelcomeRevision int
}

// ForGood is an AppealUntil that does not come.
var ForGood = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// Consent is the record of a reader's yes. It keeps the week alone, not the
// moment.
type Consent struct {
	Newsletter  string // filled by Consents; a NewSubscriber has it in Tie
	Week        string // ISO week, "2026-W48"
	Path        string // how it came: "import", "form", "operator"
	Basis       string // the legal ground, in the operator's words
	TextVersion string // version of the text that the reader agreed to
	Page        string // name of the page that held the form
}

// NewSubscriber is one row to put in: a reader, the tie to one newsletter, and the
// consent it rests on.
type NewSubscriber struct {
	Subscriber              // Number and Ties are ignored
	Tie        Subscription // Newsletter is required, State too
	Consent    Consent
	Again      bool // the reader asks themselves: an earlier goodbye is overridden, a suppression never
}

// PutOutcome says what became of a row.
type PutOutcome string

// The outcomes of a row.
const (
	Added    PutOutcome = "added"    // subscribed now
	Existing PutOutcome = "existing" // was subscribed, or had signed up, already
	Left     PutOutcome = "left"     // unsubscribed or suppressed before: not brought back
)

// PutReport is the report on one row, in the order of the rows given.
type PutReport struct {
	Outcome PutOutcome
	Number  int64    // 0 for a suppressed address that is not stored
	ID      [16]byte // the stored reader's, which may be older than the row's own
}

// SubscriberCount is the number of readers of a newsletter in a state.
type SubscriberCount struct {
	Newsletter string
	State      SubscriptionState
	Count      int64
}

// DataKey is a wrapped key that seals values.
type DataKey struct {
	ID        int64
	Wrapped   []byte
	CreatedAt time.Time
	RetiredAt time.Time // zero: in use
}

// NewLetter is a mail to one person to put in the outbox.
type NewLetter struct {
	Kind    string // "test", "notice", "confirm", "goodbye"
	ToIndex []byte // index of the address; nil where it is no reader's
	Message []byte // sealed: envelope and message
	Desk    bool   // sealed so that a locked node may open it: to an editor
	Dedupe  string // two letters with the same word are one
	Due     time.Time
	At      time.Time // now
}

// Letter is a row of the outbox.
type Letter struct {
	ID        int64
	Kind      string
	ToIndex   []byte
	Message   []byte // sealed; empty once the letter is settled
	Desk      bool   // sealed so that a locked node may open it
	Dedupe    string
	State     mailer.DeliveryState
	Attempts  int
	Due       time.Time
	Epoch     int64 // of the claim; RecordLetter needs it
	CreatedAt time.Time
	SettledAt time.Time
	Relay     string
	RelayID   string
	Error     string // text of the last try that came to nothing, scrubbed
}

// LetterResult is what a try made of a claimed letter.
type LetterResult struct {
	ID       int64
	Epoch    int64
	State    mailer.DeliveryState
	Due      time.Time
	Attempts int
	At       time.Time
	Outcome  mailer.Outcome
}
