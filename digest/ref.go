package digest

import (
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// EditionRef is how a command names an edition: "weekly/2026-11-27T09:00", the
// day alone where it is unique, "weekly/extra-blackout" for an extra, or the
// newsletter alone for its current edition.
type EditionRef struct {
	Newsletter string
	Slot       Slot   // empty where only the day, or only the newsletter, is given
	Date       string // "2026-11-27" where only the day is given
}

var newsletterName = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,39}$`)

const refForms = "write NEWSLETTER/2026-11-27T09:00, NEWSLETTER/2026-11-27, NEWSLETTER/extra-NAME, or NEWSLETTER alone for its current edition"

// Ref names the edition of a newsletter for a slot.
func Ref(newsletter string, slot Slot) EditionRef {
	return EditionRef{Newsletter: newsletter, Slot: slot}
}

// ParseRef reads the name of an edition. Its error tells the forms.
func ParseRef(s string) (EditionRef, error) {
	newsletter, rest, slashed := strings.Cut(s, "/")
	if !newsletterName.MatchString(newsletter) {
		return EditionRef{}, fmt.Errorf("edition %q: %q is no name of a newsletter; %s", s, newsletter, refForms)
	}
	ref := EditionRef{Newsletter: newsletter}
	switch {
	case !slashed:
		return ref, nil
	case Slot(rest).Valid():
		ref.Slot = Slot(rest)
		return ref, nil
	}
	if _, err := time.Parse(dateLayout, rest); err != nil {
		return EditionRef{}, fmt.Errorf("edition %q: %q is neither a slot, nor a day, nor an extra; %s", s, rest, refForms)
	}
	ref.Date = rest
	return ref, nil
}

// String is the form that ParseRef reads.
func (r EditionRef) String() string {
	switch {
	case r.Slot != "":
		return r.Newsletter + "/" + string(r.Slot)
	case r.Date != "":
		return r.Newsletter + "/" + r.Date
	}
	return r.Newsletter
}

// Names tells whether the reference names this slot of its newsletter; the
// newsletter alone names none in particular.
func (r EditionRef) Names(slot Slot) bool {
	if r.Slot != "" {
		return r.Slot == slot
	}
	return r.Date != "" && r.Date == slot.Date()
}
