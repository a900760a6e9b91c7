package config

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a time zone is valid on a machine without the system's list, too

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

// checkSchedule makes the newsletter's calendar, once the cron line, the zone and
// the dates are known.
func checkSchedule(g given, n *Newsletter) {
	if n.Schedule == "" {
		return // reported already
	}
	zone := n.Timezone
	if n.Location == nil { // reported already; the cron line may be wrong too
		zone = "UTC"
	}
	calendar, err := digest.ParseSchedule(n.Schedule, zone)
	if err != nil {
		text := strings.TrimPrefix(err.Error(), fmt.Sprintf("cron line %q: ", n.Schedule))
		g.at("schedule").reportf(`for example: "0 9 * * FRI", which is Fridays at 09:00`,
			"%s is not a schedule: %s", quoted(n.Schedule), text)
		return
	}
	sound := true
	for _, d := range n.dates {
		if _, err := calendar.WithDates(map[string]string{d.name: d.to}); err != nil {
			sound = false
			d.at.report(strings.TrimPrefix(err.Error(), "dates: "), "for example: "+exampleDate)
		}
	}
	if !sound {
		return
	}
	if n.Calendar, err = calendar.WithDates(n.Dates); err != nil { // two entries that do not go together
		g.at("dates").report(strings.TrimPrefix(err.Error(), "dates: "), "for example: "+exampleDate)
	}
}

const exampleDate = `{"2026-12-25": skip, "2027-01-01": "2026-12-31T09:00"}`

// date is one entry of dates, with the place to point at when it is wrong.
type date struct {
	name, to string
	at       value
}

// readDates reads the slots that are skipped or moved. What they may be is the
// calendar's to say: see checkSchedule.
func readDates(v value, n *Newsletter) {
	pairs := v.r.pairs(v.node, 0)
	if len(pairs) == 0 {
		v.reportf("for example: "+exampleDate, "this is %s, where dates are wanted", v.kind())
		return
	}
	n.Dates = map[string]string{}
	for _, p := range pairs {
		to := v.r.value(p.node)
		if !to.given() {
			to.at = p.at
		}
		s, ok := to.scalar("skip, or a day or time to move to")
		if !ok {
			continue
		}
		s = strings.Replace(s, " ", "T", 1)
		n.Dates[p.name] = s
		n.dates = append(n.dates, date{p.name, s, value{r: v.r, at: p.at}})
	}
}
