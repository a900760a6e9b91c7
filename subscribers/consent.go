package subscribers

import (
	"fmt"
	"time"
)

// Path is how a yes came to us.
type Path string

// The paths.
const (
	PathForm     Path = "form"     // the reader typed the address and confirmed it by mail
	PathImport   Path = "import"   // a list was brought from elsewhere, on the basis named
	PathOperator Path = "operator" // an operator added this one reader
)

// WeekOf is the ISO 8601 week of an instant, in UTC: "2026-W47".
func WeekOf(t time.Time) string {
	year, week := t.UTC().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// Reason is why an address is suppressed.
type Reason string

// The reasons.
const (
	ReasonAsked      Reason = "asked"      // the reader wished never to be mailed again
	ReasonBounced    Reason = "bounced"    // the address does not exist any more
	ReasonComplained Reason = "complained" // the reader reported a mail as spam
	ReasonOperator   Reason = "operator"   // an operator barred it
)
