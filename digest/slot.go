package digest

import (
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Slot names an edition within its newsletter. A regular slot is the scheduled
// local wall-clock time, "2026-11-27T09:00"; an extra is "extra-" and the name an
// operator gave it. It is a name, not an instant: Schedule.Instant maps it to one.
type Slot string

// SlotLayout is the form of a regular slot, for time.Format.
const SlotLayout = "2006-01-02T15:04"

var extraName = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,39}$`)

// ExtraSlot names an extra edition. The name is 1 to 40 lower-case letters,
// digits and hyphens.
func ExtraSlot(name string) (Slot, error) {
	if !extraName.MatchString(name) {
		return "", fmt.Errorf("extra %q: use 1 to 40 lower-case letters, digits and hyphens, such as blackout", name)
	}
	return Slot("extra-" + name), nil
}

// Extra tells whether the slot names an extra edition.
func (s Slot) Extra() bool { return strings.HasPrefix(string(s), "extra-") }

// Valid tells whether the slot has one of the two forms.
func (s Slot) Valid() bool {
	if name, ok := strings.CutPrefix(string(s), "extra-"); ok {
		return extraName.MatchString(name)
	}
	_, ok := s.wall()
	return ok
}

// Date is the day of a regular slot, "2026-11-27"; empty for an extra.
func (s Slot) Date() string {
	if s.Extra() || len(s) < 10 {
		return ""
	}
	return string(s[:10])
}

// wall is the wall-clock time that a regular slot names, held as UTC.
func (s Slot) wall() (time.Time, bool) {
	t, err := time.Parse(SlotLayout, string(s))
	// time.Parse takes "2026-11-27T9:00" too, which would be a second name.
	return t, err == nil && t.Format(SlotLayout) == string(s)
}

// slotOf names the slot of a wall-clock time held as UTC.
func slotOf(wall time.Time) Slot { return Slot(wall.Format(SlotLayout)) }
