package segment

import (
	"slices"
	"strings"
	"time"
)

// Reader is what an expression asks of a reader and their tie to one newsletter.
type Reader struct {
	Language    string // empty: none of their own
	Format      string // as chosen; empty: nothing
	Joined      time.Time
	Confirmed   time.Time // zero: not known
	PausedUntil time.Time
	AppealUntil time.Time
	Consents    []Consent
	In          func(Sample) bool // nil: in none
}

// Consent is what an expression asks of a consent.
type Consent struct{ Path, Basis, Policy string }

// Matches tells whether a reader is of the part that an expression names.
func Matches(e Expr, r Reader, m Moment) bool {
	switch e := e.(type) {
	case And:
		return !slices.ContainsFunc(e, func(x Expr) bool { return !Matches(x, r, m) })
	case Or:
		return slices.ContainsFunc(e, func(x Expr) bool { return Matches(x, r, m) })
	case Not:
		return !Matches(e.X, r, m)
	case Text:
		return slices.ContainsFunc(e.Values, func(v string) bool { return r.has(e.Field, v, m) })
	case Time:
		at := r.Joined
		if e.Field == Confirmed {
			at = r.Confirmed
		}
		from, before := e.Bounds(m)
		return !at.IsZero() && (from.IsZero() || !at.Before(from)) && (before.IsZero() || at.Before(before))
	case Flag:
		until := r.PausedUntil
		if e.Field == AppealHidden {
			until = r.AppealUntil
		}
		return until.After(m.Now)
	case Sample:
		return r.In != nil && r.In(e)
	}
	return false
}

// Private is the format that no segment asks for.
const Private = "private"

// has tells whether a text field of the reader is a value.
func (r Reader) has(f Field, v string, m Moment) bool {
	switch f {
	case Language:
		own := r.Language
		if own == "" {
			own = m.Language
		}
		return strings.HasPrefix(strings.ToLower(own)+"-", v+"-")
	case Format:
		own := r.Format
		if own == "" || own == Private {
			own = m.Format
		}
		return own == v
	}
	return slices.ContainsFunc(r.Consents, func(c Consent) bool {
		switch f {
		case Path:
			return c.Path == v
		case Basis:
			return c.Basis == v
		default:
			return c.Policy == v
		}
	})
}
