package digest

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// fileStory is a story as it stands in the editor's file.
type fileStory struct {
	id, section, link, sponsor string
	runFrom, runUntil          string
	from, until                time.Time // of those two
	print                      Retitle
	line                       int
	lines                      map[string]int // of its keys
}

// story reads a story's line with the keys beneath it: its letters alone, its
// letters with its title, or a link from elsewhere.
func (r *fileReader) story(node ast.Node, where string) (fileStory, bool) {
	s := fileStory{line: line(node), lines: map[string]int{}}
	entries, ok := r.entries(node)
	if !ok {
		text, ok := r.scalar(entry{where, s.line, node})
		if s.id = text; ok && text == "" {
			r.say(s.line, where, "", "a line without a story: delete it")
		}
		return s, s.id != ""
	}
	if len(entries) > 0 {
		s.line = entries[0].line
	}
	for _, e := range entries {
		switch {
		case r.storyKey(&s, e):
		case s.id == "":
			s.id = e.key
			s.print.Title = trimmed(r.word(e))
			s.line, s.lines["title"] = e.line, e.line
		default:
			r.say(e.line, where, e.key, "is no key of a story; there are title, teaser, kicker, image, alt and section. Does a \"- \" miss?")
		}
	}
	switch {
	case s.link != "" && s.id != "":
		r.say(s.line, where, s.id, "is one of this edition's stories, and has its own link")
		return s, false
	case s.link != "":
		s.id = s.elsewhere().ID()
		r.runs(&s)
	case s.id == "":
		r.say(s.line, where, "", "which story is this? A line begins with its ten letters, or with link: https://...")
		return s, false
	}
	return s, true
}

// storyKey reads one of a story's keys; false: it is none.
func (r *fileReader) storyKey(s *fileStory, e entry) bool {
	into := map[string]*string{
		"id": &s.id, "section": &s.section, "link": &s.link, "sponsor": &s.sponsor, "run_from": &s.runFrom, "run_until": &s.runUntil, "title": &s.print.Title,
		"teaser": &s.print.Teaser, "kicker": &s.print.Kicker, "image": &s.print.Image, "alt": &s.print.Alt,
	}[e.key]
	if into == nil {
		return false
	}
	if s.lines == nil {
		s.lines = map[string]int{}
	}
	s.lines[e.key] = e.line
	*into = r.word(e)
	if e.key == "teaser" { // one paragraph, however it is written
		*into = trimmed(*into)
	}
	return true
}

func (s fileStory) elsewhere() Elsewhere {
	return Elsewhere{URL: s.link, Title: s.print.Title, Teaser: s.print.Teaser, Image: s.print.Image, Alt: s.print.Alt, Sponsor: s.sponsor, RunFrom: s.from, RunUntil: s.until}
}

// runs reads the dates that a link was paid to run: days, the last included, or instants.
func (r *fileReader) runs(s *fileStory) {
	read := func(key, text string, last int) (at time.Time) {
		if text == "" {
			return at
		}
		day, err := time.ParseInLocation(time.DateOnly, text, r.zone)
		if err == nil {
			return day.AddDate(0, 0, last).UTC()
		}
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			r.say(s.lines[key], key, text, "is no date; write 2026-11-27, or 2026-11-27T09:00:00+01:00")
		}
		return at.UTC()
	}
	s.from, s.until = read("run_from", s.runFrom, 0), read("run_until", s.runUntil, 1)
	if !s.until.IsZero() && !s.until.After(s.from) {
		r.say(s.lines["run_until"], "run_until", s.runUntil, "is not after run_from")
	}
}

// runDate writes such a date, as a day of the zone where that says the same. last is 1
// of a day that is included.
func runDate(t time.Time, last int, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	day := t.In(zone).AddDate(0, 0, -last).Format(time.DateOnly)
	if start, err := time.ParseInLocation(time.DateOnly, day, zone); err == nil && start.AddDate(0, 0, last).Equal(t) {
		return day
	}
	return t.UTC().Format(time.RFC3339)
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// put writes what a line says of its story into the overlay.
func (r *fileReader) put(s fileStory, where string) {
	o := &r.file.overlay
	if s.section != "" {
		o.inSection(s.id, s.section)
		r.place("sections."+s.id, s.line, where)
	}
	field := "retitle." + s.id
	if s.link != "" {
		field = fmt.Sprintf("elsewhere[%d]", len(o.Elsewhere))
		o.Elsewhere = append(o.Elsewhere, s.elsewhere())
		s.print = Retitle{Kicker: s.print.Kicker}
		r.place("retitle."+s.id, s.line, where)
	} else {
		for _, key := range []string{"sponsor", "run_from", "run_until"} {
			if at := s.lines[key]; at > 0 {
				r.say(at, where, key, "belongs to a link from elsewhere alone: what a source has says itself who paid for it, and when it runs")
			}
		}
	}
	r.place(field, s.line, where)
	for key, line := range s.lines {
		r.place(field+"."+key, line, key)
	}
	if s.print == (Retitle{}) {
		return
	}
	if o.Retitle == nil {
		o.Retitle = map[string]Retitle{}
	}
	o.Retitle[s.id] = s.print
}

func (o *Overlay) inSection(id, name string) {
	if o.Sections == nil {
		o.Sections = map[string]string{}
	}
	o.Sections[id] = name
}
