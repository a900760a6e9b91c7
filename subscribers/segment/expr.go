package segment

import "time"

// Expr is an expression, read: And, Or, Not, Text, Time, Flag or Sample.
type Expr interface{ isExpr() }

// And is true where all of its parts are; it has two at least, and none is an And.
type And []Expr

// Or is true where one of its parts is; it has two at least, and none is an Or.
type Or []Expr

// Not is true where what it holds is not.
type Not struct{ X Expr }

// Text is true where the field is one of the values: of path, basis and policy where
// one of the reader's consents has it.
type Text struct {
	Field  Field
	Values []string
}

// Time compares a field with a day or with an age.
type Time struct {
	Field Field
	Op    Op
	Day   string // 2026-01-01; empty: Ago is meant
	Ago   Age
}

// Age is how long ago something is.
type Age struct {
	N    int
	Unit byte // h, d or w
}

// Flag is true where the field is.
type Flag struct{ Field Field }

// Sample is a fair share of all readers, by their numbers: the same readers whenever it
// is asked for, and others under another name.
type Sample struct {
	Share int64 // in millionths
	Name  string
}

func (And) isExpr()    {}
func (Or) isExpr()     {}
func (Not) isExpr()    {}
func (Text) isExpr()   {}
func (Time) isExpr()   {}
func (Flag) isExpr()   {}
func (Sample) isExpr() {}

// Op compares times.
type Op string

// The comparisons. "!=" is a Not.
const (
	Equal  Op = "="
	Before Op = "<"
	Until  Op = "<="
	After  Op = ">"
	Since  Op = ">="
)

// Field is what of a reader may be asked.
type Field string

// The fields.
const (
	Language     Field = "language"      // as far as the text goes: "pt" is of "pt-BR", too
	Format       Field = "format"        // the usual one stands for private
	Path         Field = "path"          // of a consent
	Basis        Field = "basis"         // of a consent
	Policy       Field = "policy"        // version of the policy that a consent agreed to
	Joined       Field = "joined"        // signed up, or was imported
	Confirmed    Field = "confirmed"     // confirmed, or was imported
	Paused       Field = "paused"        // wants no mail for now
	AppealHidden Field = "appeal_hidden" // wants no appeal for support for now
)

// Fields lists every field.
var Fields = []Field{Language, Format, Path, Basis, Policy, Joined, Confirmed, Paused, AppealHidden}

// kind is how a field is asked.
type kind int

const (
	ofText kind = iota
	ofTime
	ofFlag
)

func (f Field) kind() kind {
	switch f {
	case Joined, Confirmed:
		return ofTime
	case Paused, AppealHidden:
		return ofFlag
	}
	return ofText
}

// Moment is what an expression is measured against. A mailing keeps the one it began
// with.
type Moment struct {
	Now      time.Time
	Zone     *time.Location // whose days are meant; nil: UTC
	Language string         // of readers of whom none is known: the newsletter's
	Format   string         // of readers who chose none: the newsletter's
}

// Bounds are the instants between which the field of t has to be: from the first on,
// before the second. A zero one is no bound.
func (t Time) Bounds(m Moment) (from, before time.Time) {
	zone := m.Zone
	if zone == nil {
		zone = time.UTC
	}
	begin := m.Now.Add(-t.Ago.length()).Truncate(time.Microsecond)
	end := begin.Add(time.Microsecond)
	if day, err := time.ParseInLocation(time.DateOnly, t.Day, zone); err == nil {
		begin, end = day, day.AddDate(0, 0, 1)
	}
	switch t.Op {
	case Before:
		return time.Time{}, begin
	case Until:
		return time.Time{}, end
	case After:
		return end, time.Time{}
	case Since:
		return begin, time.Time{}
	}
	return begin, end
}

func (a Age) length() time.Duration {
	return time.Duration(a.N) * map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[a.Unit]
}
