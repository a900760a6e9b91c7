package digest

import "time"

// Reserve is how far before its window a thin week looks for stories that earlier
// editions had no room for: four weeks.
const Reserve = 4 * 7 * 24 * time.Hour

// tier says which stories come first.
type tier int

const (
	thisWeek      tier = iota
	earlierWindow      // outside the window, but not mailed, and not older than Reserve
	evergreen          // as good in any week
)

var tierTexts = [...]string{"of this week", "not sent in an earlier week", "an evergreen"}

// fillThin takes an edition with less than HoldBelow stories to that number, or as
// far as it gets: with what earlier windows had and was never sent, then with
// evergreens, then with whatever the limits of sections and authors kept out. No
// gate is lifted but that of the window, and nothing at all is done where the week
// has nothing new.
func (s *selection) fillThin() {
	if len(s.taken) == 0 || !s.thin() {
		return
	}
	s.placeReserve()
	s.fill(earlierWindow)
	s.fill(evergreen)
	if s.thin() && !s.full() {
		s.lifted = true
		for t := range tier(len(tierTexts)) {
			s.fill(t)
		}
		s.lifted = false
	}
}

func (s *selection) thin() bool { return len(s.taken) < s.rules.HoldBelow }

// fill takes stories of one tier while the edition is thin.
func (s *selection) fill(t tier) {
	for s.thin() {
		told := map[int]bool{}
		for _, i := range s.taken {
			told[s.all[i].event] = true
		}
		i := s.best(func(i int) bool {
			c := s.all[i]
			return c.tier == t && !s.in[i] && s.reasons[i].Rule == "" && (c.open() || t != thisWeek) && !told[c.event]
		})
		if i < 0 {
			return
		}
		rule, text := ByThin, tierTexts[t]
		if s.lifted {
			rule, text = ByLifted, text+", over the limits of sections and authors"
		}
		s.take(i, rule, text)
	}
}

// placeReserve finds out which of the reserve tells an event of this week.
func (s *selection) placeReserve() {
	var list []*candidate
	for _, c := range s.all {
		if c.open() || c.tier != thisWeek {
			list = append(list, c)
		}
	}
	events, _ := eventsOf(list, s.told.archive)
	known := map[int]int{}
	for i, c := range list {
		if _, told := known[events[i]]; c.open() && !told {
			known[events[i]] = c.event
		}
	}
	for i, c := range list {
		if c.open() {
			continue
		}
		if n, told := known[events[i]]; told {
			c.event = n
		} else {
			known[events[i]] = c.event
		}
	}
}
