package subscribers

import (
	"fmt"
	"time"
)

// Subscriber is a reader, opened: the address and the name are in clear, in
// memory only.
type Subscriber struct {
	Number        int64 // the store's key; it never leaves the house
	ID            ID
	Address       Address
	Name          string // as CleanName leaves it; may be empty
	Language      string // BCP 47; empty: the newsletter's own
	Subscriptions []Subscription
}

// Subscription is a reader's tie to one newsletter.
type Subscription struct {
	Newsletter  string // its name in the configuration
	State       State
	Variant     string    // "" for the newsletter's usual one
	Generation  uint32    // tokens of an earlier one are refused
	PausedUntil time.Time // no mail before it; zero: not paused
	Consent     Consent
}

// Path is how a yes came to us.
type Path string

// The paths. The store's CHECK lists the same words.
const (
	PathForm     Path = "form"     // the reader typed the address and confirmed it by mail
	PathImport   Path = "import"   // a list was brought from elsewhere, on the basis named
	PathOperator Path = "operator" // an operator added this one reader
)

// Paths lists every path.
var Paths = []Path{PathForm, PathImport, PathOperator}

// Consent is the record of a reader's yes. It holds a week, not an instant: an
// instant would tie a row to the log of a web server.
type Consent struct {
	Week        string // ISO week of the yes, "2026-W47": see WeekOf
	Path        Path
	Page        string // name of the page that held the form; empty for other paths
	Basis       string // what an import or an operator relies on, in their words
	TextVersion string // version of the privacy policy agreed to; empty for other paths
}

// WeekOf is the ISO 8601 week of an instant, in UTC: "2026-W47".
func WeekOf(t time.Time) string {
	year, week := t.UTC().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// Suppression bars an address from every mail. It outlives the subscriber: of the
// address it keeps only the index.
type Suppression struct {
	Index        []byte // Keyring.Index of the address
	IndexVersion int
	Reason       Reason
	Week         string // "2026-W47"
}

// Reason is why an address is suppressed.
type Reason string

// The reasons. The store's CHECK lists the same words.
const (
	ReasonAsked      Reason = "asked"      // the reader wished never to be mailed again
	ReasonBounced    Reason = "bounced"    // the address does not exist any more
	ReasonComplained Reason = "complained" // the reader reported a mail as spam
	ReasonOperator   Reason = "operator"   // an operator barred it
)

// Reasons lists every reason.
var Reasons = []Reason{ReasonAsked, ReasonBounced, ReasonComplained, ReasonOperator}
