package digest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// maxFile is the largest editor's file that is read, in bytes.
const maxFile = 1 << 18

// File is the editor's file, as it was read. There are two ways to write one. The
// document that [FormatFile] writes holds the sections with their stories: it is
// the whole edition, and the rule adds nothing to it. A short file names changes
// alone (lead, order, drop, add, retitle, sections as ID: NAME), and leaves the
// rest to the rule; it is for scripts.
type File struct {
	Edition string // the edition it is of; empty: it does not say
	From    string // Mark of the overlay that it began from; empty: it does not say
	overlay Overlay
	places  map[string]filePlace // of the fields that problems name
}

// filePlace is where something stands in the file, and what an editor calls it.
type filePlace struct {
	line int
	name string
}

// ParseFile reads the editor's file. It is strict: an unknown key, one given twice
// or a wrong kind of value is refused. Its error is an [*OverlayError] that gives
// each mistake its line. Whether the stories exist is [Make]'s to say: see
// [File.Locate]. A day in it is one of the zone; nil is UTC.
func ParseFile(src []byte, zone *time.Location) (File, error) {
	if len(src) > maxFile {
		return File{}, fmt.Errorf("the editor's file has %s bytes; %s are taken", figures.Of(len(src)), figures.Of(maxFile))
	}
	r := newFileReader(zone)
	if err := r.read(evenOut(src)); err != nil {
		return File{}, err
	}
	if len(r.problems) > 0 {
		return File{}, sortedProblems(r.problems)
	}
	return r.file, nil
}

// Overlay is what the file changes of a snapshot: what it repeats of it (a title
// that is the story's own) is no change.
func (f File) Overlay(s Snapshot) Overlay {
	o := f.overlay
	o.Sections, o.Retitle, o.Corrections = maps.Clone(o.Sections), maps.Clone(o.Retitle), maps.Clone(o.Corrections)
	for _, c := range s.Corrected {
		if text, ok := o.Corrections[c.Story.ID]; ok && trimmed(text) == trimmed(c.Text) {
			o.Corrections[c.Story.ID] = "" // the source's own words
		}
	}
	rules := s.Rules.withSections()
	for _, story := range s.withElsewhere(o).Stories {
		if name, ok := o.Sections[story.ID]; ok && o.Whole {
			if n := rules.section(story, ""); n >= 0 && strings.EqualFold(rules.Sections[n].Name, name) {
				delete(o.Sections, story.ID)
			}
		}
		if r, ok := o.Retitle[story.ID]; ok {
			o.Retitle[story.ID] = r.without(story)
		}
	}
	return o.tidy()
}

// without takes away what is as the story has it.
func (r Retitle) without(s Story) Retitle {
	if r.Title == trimmed(s.Title) {
		r.Title = ""
	}
	if r.Teaser == trimmed(s.Teaser) {
		r.Teaser = ""
	}
	if s.Image != nil && r.Image == s.Image.URL {
		r.Image = ""
	}
	if r.Image == NoImage && s.Image == nil {
		r.Image = ""
	}
	return r
}

// Locate gives the problems of an [*OverlayError] of [Make] their lines in the
// file, and the words that stand there. Any other error stays as it is.
func (f File) Locate(err error) error {
	var wrong *OverlayError
	if !errors.As(err, &wrong) {
		return err
	}
	var located []Problem
	for _, p := range wrong.Problems {
		if place, ok := f.place(p.Field); ok {
			p.Line, p.Field = place.line, place.name
		}
		// Of one mistake that concerns several keys the first is told.
		if !slices.ContainsFunc(located, func(q Problem) bool {
			return p.Line > 0 && q.Value == p.Value && q.Reason == p.Reason
		}) {
			located = append(located, p)
		}
	}
	return sortedProblems(located)
}

// place finds a field, or the nearest that it is a part of.
func (f File) place(field string) (filePlace, bool) {
	for field != "" {
		if place, ok := f.places[field]; ok {
			return place, true
		}
		field = field[:max(strings.LastIndex(field, "."), 0)]
	}
	return filePlace{}, false
}

// At is a problem at the place of a field, as Make names fields.
func (f File) At(field, value, reason string) Problem {
	p := Problem{Field: field, Value: value, Reason: reason}
	if place, ok := f.place(field); ok {
		p.Line, p.Field = place.line, place.name
	}
	return p
}

func sortedProblems(problems []Problem) *OverlayError {
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return &OverlayError{problems}
}

// tidy takes away the blanks that YAML's block forms leave at the ends of texts,
// and empty lists, maps and changes.
func (o Overlay) tidy() Overlay {
	o.Subject, o.Preheader = strings.TrimSpace(o.Subject), strings.TrimSpace(o.Preheader)
	o.Intro, o.Lead = strings.TrimSpace(o.Intro), strings.TrimSpace(o.Lead)
	for _, list := range []*[]string{&o.Order, &o.Drop, &o.Add} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	if len(o.Sections) == 0 {
		o.Sections = nil
	}
	for id, r := range o.Retitle {
		if r == (Retitle{}) {
			delete(o.Retitle, id)
		}
	}
	if len(o.Retitle) == 0 {
		o.Retitle = nil
	}
	for id, text := range o.Corrections {
		o.Corrections[id] = strings.Join(strings.Fields(text), " ")
	}
	if len(o.Corrections) == 0 {
		o.Corrections = nil
	}
	return o
}
