package subscribers

import "strings"

// Standing is how a reader of a file stands with the list that the file comes from.
type Standing string

// The standings.
const (
	Reads   Standing = ""             // gets the newsletter
	Gone    Standing = "unsubscribed" // has left
	Bounced Standing = "cleaned"      // the address does not take mail
	Barred  Standing = "blocklisted"  // is never to be mailed
	Never   Standing = "unconfirmed"  // has not said yes: no reader, and nothing to remember
)

// gravity orders the standings: where a row says several things, the gravest counts.
var gravity = map[Standing]int{Reads: 0, Never: 1, Gone: 2, Bounced: 3, Barred: 4}

// Worse is the graver of two standings.
func (s Standing) Worse(t Standing) Standing {
	if gravity[t] > gravity[s] {
		return t
	}
	return s
}

// statusWords are what programs write into a column of the status, as foldHeader
// leaves it.
var statusWords = map[string]Standing{
	"": Reads, "subscribed": Reads, "enabled": Reads, "active": Reads, "confirmed": Reads, "optedin": Reads, "optin": Reads,
	"yes": Reads, "free": Reads, "paid": Reads, "comped": Reads,
	"unsubscribed": Gone, "disabled": Gone, "inactive": Gone, "deleted": Gone, "archived": Gone, "optedout": Gone, "optout": Gone,
	"left": Gone, "removed": Gone, "cancelled": Gone, "canceled": Gone, "no": Gone,
	"cleaned": Bounced, "bounced": Bounced, "bouncing": Bounced, "hardbounced": Bounced, "undeliverable": Bounced,
	"blocklisted": Barred, "blacklisted": Barred, "blocked": Barred, "suppressed": Barred, "complained": Barred, "spam": Barred,
	"pending": Never, "unconfirmed": Never, "unactivated": Never, "nonsubscribed": Never, "transactional": Never,
}

// yesNo reads a cell that says one of two things.
func yesNo(cell string) (yes, said, ok bool) {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "":
		return false, false, true
	case "true", "yes", "y", "t", "1":
		return true, true, true
	case "false", "no", "n", "f", "0":
		return false, true, true
	}
	return false, false, false
}

// standingOf reads a cell of a column that tells of the standing. fault is why it
// cannot be read.
func standingOf(column Column, cell string) (s Standing, fault string) {
	switch column {
	case ColumnStatus:
		s, ok := statusWords[foldHeader(cell)]
		if !ok {
			return Reads, "its status is no word that is known (subscribed, unsubscribed, bounced, blocklisted, ...): name the column otherwise if it is about something else"
		}
		return s, ""
	case ColumnLeftAt:
		if strings.TrimSpace(cell) != "" {
			return Gone, ""
		}
	case ColumnCleanedAt:
		if strings.TrimSpace(cell) != "" {
			return Bounced, ""
		}
	case ColumnWanted, ColumnRefused:
		yes, said, ok := yesNo(cell)
		if !ok {
			return Reads, "whether its reader is subscribed says neither true nor false"
		}
		if said && yes == (column == ColumnRefused) {
			return Gone, ""
		}
	}
	return Reads, ""
}
