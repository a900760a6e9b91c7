package digest

import (
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest/event"
)

// candidate is a story on its way through the pick.
type candidate struct {
	story   Story
	keys    []string
	date    time.Time // the one that is believed
	dated   string    // why it is not the published one; empty where it is
	free    time.Time // date, or the end of the embargo where that is later
	section int       // index of Rules.Sections; -1: none
	authors []label   // folded
	topics  []label   // folded
	event   int       // the same number for those that tell the same event
	reports int       // of its event that it stands for, in thousandths of one
	points  Points
	added   bool // by the overlay's Add
	shown   bool // has a picture, as far as is known
	gate    Reason
	tells   event.Story // once the date is known
	nth     int         // of those that passed the gates
	tier    tier        // what a thin week may have it for; thisWeek for whatever passed the gates
}

// open tells whether the candidate passed every gate.
func (c *candidate) open() bool { return c.gate.Rule == "" }

// gates holds what the gates of one pick ask.
type gates struct {
	snapshot Snapshot
	overlay  Overlay
	dropped  map[string]bool
	barred   map[string]bool
	sources  map[string]bool // the newsletter's; empty: not known
	native   map[string]bool // sources with a story in the newsletter's language, or in one not known
	constant map[string]bool // sources that stamp every story with one date
	zone     *time.Location  // for times in reasons: the slot's own offset, the same after a stored snapshot is read back
	mailed   *mailedStories
	series   event.Series // labels of series that sources give their titles
}

func newGates(s Snapshot, o Overlay) *gates {
	_, offset := s.At.Zone()
	g := &gates{
		snapshot: s, overlay: o,
		dropped: set(o.Drop...), sources: set(s.Sources...), barred: map[string]bool{}, native: map[string]bool{},
		zone: time.FixedZone("", offset), mailed: newMailed(s.Mailed, Ref(s.Newsletter, s.Slot).String()),
	}
	for _, word := range s.Rules.Barred {
		g.barred[strings.ToLower(word)] = true
	}
	return g
}

// date is when the mailed story was published, as well as it is known.
func (m Mailed) date() time.Time {
	if !m.Published.IsZero() {
		return m.Published
	}
	ref, err := ParseRef(m.Edition)
	if err != nil {
		return time.Time{}
	}
	wall, _ := ref.Slot.wall()
	return wall
}

// gateStep is a gate: what it has to say of a candidate that it stops.
type gateStep struct {
	rule   Rule
	text   func(*candidate) string
	lifted bool // the editor may add the story all the same
}

// ask gives the one reason that leaves a candidate out, in the order of the steps;
// the zero Reason when none does.
func ask(c *candidate, steps []gateStep) Reason {
	for _, step := range steps {
		if step.lifted && c.added {
			continue
		}
		if text := step.text(c); text != "" {
			return Reason{Rule: step.rule, Text: text}
		}
	}
	return Reason{}
}

// own are the gates that ask a story about itself alone.
func (g *gates) own() []gateStep {
	return []gateStep{
		{Dropped, g.droppedText, false},
		{Incomplete, g.incomplete, false},
		{GoneAway, gone, false},
		{OutOfRun, g.offRun, false},
		{NoSource, g.ofNoSource, true},
		{Sponsored, g.sponsored, true},
		{BarredOut, g.barredText, true},
		{Embargoed, g.embargoed, false},
	}
}

// beside are the gates that ask about its source and its date, too.
func (g *gates) beside() []gateStep {
	return []gateStep{
		{WrongLang, g.wrongLanguage, true},
		{AlreadySent, g.alreadySent, false},
		{NoSection, g.noSection, false},
		{OutOfWindow, g.outOfWindow, true},
	}
}

// edited tells whether what the gates say of a story may be the editor's doing.
func (g *gates) edited(c *candidate) bool {
	id := c.story.ID
	return c.added || g.dropped[id] || g.overlay.Sections[id] != "" || g.overlay.Retitle[id].Title != ""
}

// unedited is a story as its source gave it, and the gates that know no editor.
func (g *gates) unedited(c *candidate) (*candidate, *gates) {
	bare, plain := *c, *g
	bare.added, bare.section = false, g.snapshot.Rules.section(c.story, "")
	plain.overlay, plain.dropped = Overlay{}, nil
	return &bare, &plain
}

// passesUnedited tells whether a story passes the gates whatever the editor says.
func (g *gates) passesUnedited(c *candidate) bool {
	bare, plain := g.unedited(c)
	return ask(bare, plain.own()).Rule == "" && ask(bare, plain.beside()).Rule == ""
}

// learn takes in what the stories that passed the first gates say of their sources:
// which are in the newsletter's language too, which stamp everything with one date,
// and which head a series, as far as what was mailed shows it, too. Whether the editor dropped a story or let it in is nothing that its source
// does. What another gate stops says nothing of them.
func (g *gates) learn(all []*candidate) {
	var sound []*candidate
	for _, c := range all {
		gate := c.gate
		if g.edited(c) {
			bare, plain := g.unedited(c)
			gate = ask(bare, plain.own())
		}
		if gate.Rule != "" {
			continue
		}
		sound = append(sound, c)
		if has := c.story.Language; has == "" || primary(has) == primary(g.snapshot.Rules.Language) {
			g.native[c.story.Source] = true
		}
	}
	g.constant = constantDates(sound)
	for _, c := range sound {
		g.series.Count(c.story.Source, c.story.Title, c.story.Published)
	}
	for _, m := range g.mailed.all {
		g.series.Count(m.Source, m.Title, m.date())
	}
}

// reserveOf is what a thin week may have a story for that only the window stops.
func (g *gates) reserveOf(c *candidate) tier {
	switch {
	case c.gate.Rule != OutOfWindow || c.date.IsZero() || !c.date.Before(g.snapshot.From):
		return thisWeek
	case c.story.Evergreen:
		return evergreen
	case !c.free.Before(g.snapshot.From.Add(-Reserve)):
		return earlierWindow
	}
	return thisWeek
}

func (g *gates) droppedText(c *candidate) string {
	if g.dropped[c.story.ID] {
		return "dropped by the editor"
	}
	return ""
}

func (g *gates) incomplete(c *candidate) string {
	if c.story.Title == "" && g.overlay.Retitle[c.story.ID].Title == "" {
		return "has no title"
	}
	if _, err := CleanURL(c.story.URL); err != nil {
		return "has no link that a reader can follow"
	}
	return ""
}

// gone leaves out a story that its publisher took away, or whose page (RFC 9110 15.5.5,
// 15.5.11): no reader could follow the link, and somebody may have had a reason.
func gone(c *candidate) string {
	switch c.story.Gone {
	case 0:
		return ""
	case Withdrawn:
		return "was taken out of its source"
	}
	return fmt.Sprintf("its page is gone (%d)", c.story.Gone)
}

// offRun asks, as embargoed does, for the first instant at which the edition can go
// out. What was paid for runs on its dates, whoever adds it.
func (g *gates) offRun(c *candidate) string {
	return c.story.OffRun(later(g.snapshot.At, g.snapshot.known()))
}

// ofNoSource leaves out what a source said that the newsletter has no more: whoever took
// it out wants none of it. What an editor links to was never of one.
func (g *gates) ofNoSource(c *candidate) string {
	if len(g.sources) == 0 || g.sources[c.story.Source] || c.story.Source == ElsewhereSource {
		return ""
	}
	return fmt.Sprintf("its source, %s, is no longer in broadsheet.yaml", c.story.Source)
}

func (g *gates) sponsored(c *candidate) string {
	if c.story.Sponsor == "" {
		return ""
	}
	return fmt.Sprintf("sponsored by %s; enters only when the editor adds it", c.story.Sponsor)
}

func (g *gates) barredText(c *candidate) string {
	for _, label := range labels(c.story) {
		if g.barred[strings.ToLower(label)] {
			return fmt.Sprintf("%q is barred", label)
		}
	}
	return ""
}

// embargoed asks for the first instant at which the edition can go out: its slot,
// or, where it is drafted after that, now. What it leaves out is free no earlier
// than the next edition's window begins.
func (g *gates) embargoed(c *candidate) string {
	if !c.story.Embargo.After(later(g.snapshot.At, g.snapshot.known())) {
		return ""
	}
	return "embargoed until " + g.time(c.story.Embargo)
}

// wrongLanguage leaves out a story in another language than the newsletter's, where
// its source has stories in that one too. A source that is in another language
// altogether was chosen by whoever configured it, and stays.
func (g *gates) wrongLanguage(c *candidate) string {
	want, has := g.snapshot.Rules.Language, c.story.Language
	if want == "" || has == "" || primary(want) == primary(has) || !g.native[c.story.Source] {
		return ""
	}
	return fmt.Sprintf("is in %s; the newsletter is in %s", has, want)
}

// primary is the language subtag alone (RFC 5646 2.2.1): en-GB readers read en-US.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return tag
}

func (g *gates) alreadySent(c *candidate) string {
	m, ok := g.mailed.find(c)
	if !ok {
		return ""
	}
	if m.ID != c.story.ID && m.Title != c.story.Title {
		return fmt.Sprintf("mailed in %s as %q", m.Edition, m.Title)
	}
	return "mailed in " + m.Edition
}

// outOfWindow holds a story to [From, To), or takes it as a late arrival: first
// seen in the window, dated at most LateGrace before it. A story that an embargo
// held counts from the embargo's end: no earlier edition could have had it. What was
// first seen as the edition was drafted, after the window, was seen in time: a source
// that gives no dates would else be a week late.
func (g *gates) outOfWindow(c *candidate) string {
	s, note := g.snapshot, ""
	if c.dated != "" {
		note = " (" + c.dated + ")"
	}
	switch {
	case c.date.IsZero():
		return "has no date" + note
	case !c.date.Before(s.To) && (c.dated == "" || c.date.After(s.known())):
		return fmt.Sprintf("dated %s%s, after the window, which ends %s", g.time(c.date), note, g.time(s.To))
	case c.free.Before(s.From) && !g.late(c):
		return fmt.Sprintf("dated %s%s, before the window, which begins %s", g.time(c.date), note, g.time(s.From))
	}
	return ""
}

func (g *gates) late(c *candidate) bool {
	seen, s := c.story.FirstSeen, g.snapshot
	return !seen.Before(s.From) && !seen.After(s.known()) && !c.date.Before(s.From.Add(-s.Rules.LateGrace))
}

func (g *gates) noSection(c *candidate) string {
	if c.section >= 0 {
		return ""
	}
	if l := labels(c.story); len(l) > 0 {
		return fmt.Sprintf("no section takes %s", strings.Join(l, ", "))
	}
	return "no section takes a story without section and topics"
}

// time writes an instant for a reason.
func (g *gates) time(t time.Time) string { return t.In(g.zone).Format("2 Jan 2006 15:04") }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// labels are a story's section and topics.
func labels(s Story) []string {
	if s.Section == "" {
		return s.Topics
	}
	return append([]string{s.Section}, s.Topics...)
}
