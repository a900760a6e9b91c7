package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // a time zone is valid on a machine without the system's list, too

	"github.com/robfig/cron/v3"

	"github.com/broadsheet-news/broadsheet/digest"
)

func readTimezone(v value, n *Newsletter) {
	s, ok := v.scalar("a time zone")
	if !ok {
		return
	}
	location, err := loadZone(s)
	if err != nil {
		fix := "use a name such as Europe/Berlin or America/New_York"
		if near := nearestZone(s); near != "" {
			fix = fmt.Sprintf("did you mean %s?", near)
		}
		v.reportf(fix, "there is no time zone %s", quoted(s))
		return
	}
	n.Timezone, n.Location = s, location
}

// loadZone loads a zone by its IANA name. Local is refused: it is another one on
// another machine.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no zone of the IANA list")
	}
	return time.LoadLocation(name)
}

// nearestZone mends the usual slips: spaces, case, a city alone.
func nearestZone(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return c == ' ' || c == '_' })
	for i, w := range words {
		words[i] = title(w)
	}
	name := strings.Join(words, "_")
	candidates := []string{name}
	for _, area := range []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic"} {
		candidates = append(candidates, area+"/"+name)
	}
	for _, c := range candidates {
		if _, err := loadZone(c); err == nil {
			return c
		}
	}
	return ""
}

// title writes each part of a zone's name with a capital: europe/berlin.
func title(s string) string {
	parts := strings.Split(s, "/")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "/")
}

// checkSchedule checks the cron line once the zone is known.
func checkSchedule(g given, n *Newsletter) {
	if !g.has("schedule") || n.Schedule == "" {
		return
	}
	if err := parseCron(n.Schedule); err != nil {
		g.at("schedule").report(fmt.Sprintf("%s is not a schedule: %s", quoted(n.Schedule), err),
			`five fields: minute hour day month weekday, such as "0 9 * * FRI" for Fridays at 09:00`)
	}
}

// parseCron checks a cron line: five fields, and an instant at which it fires.
// QUIRK: robfig/cron panics at "TZ=UTC" alone; a zone has its own key here.
func parseCron(line string) error {
	if strings.HasPrefix(line, "TZ=") || strings.HasPrefix(line, "CRON_TZ=") {
		return errors.New("the time zone has a key of its own: timezone")
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	s, err := parser.Parse(line)
	if err != nil {
		return err
	}
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return errors.New("there is no such day")
	}
	return nil
}

var dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// readDates reads the slots that are skipped or moved: date -> skip, or the
// date and time to come out at.
func readDates(v value, n *Newsletter) {
	pairs := v.r.pairs(v.node, 0)
	if len(pairs) == 0 {
		v.reportf("for example: {2026-12-25: skip, 2027-01-01: 2026-12-31T09:00}", "this is %s, where dates are wanted", v.kind())
		return
	}
	n.Dates = map[string]string{}
	for _, p := range pairs {
		key := value{r: v.r, at: p.at}
		if !validDate(p.name) {
			key.reportf("write the year, month and day: 2026-12-25", "%s is not a date", quoted(p.name))
			continue
		}
		to := v.r.value(p.node)
		s, ok := to.scalar("skip, or a date and time such as 2026-12-24T09:00")
		if !ok {
			continue
		}
		if s = strings.Replace(s, " ", "T", 1); s != Skip && !validSlot(s) {
			to.reportf("write skip, or a date and time such as 2026-12-24T09:00", "%s is not a date and time", quoted(s))
			continue
		}
		n.Dates[p.name] = s
	}
}

func validDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil && dateForm.MatchString(s)
}

func validSlot(s string) bool {
	_, err := time.Parse(digest.SlotLayout, s)
	return err == nil && digest.Slot(s).Valid()
}
