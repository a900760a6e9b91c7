package digest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// OverlayError says everything that is wrong with an overlay.
type OverlayError struct{ Problems []Problem }

// Problem is one mistake: where in the editor's file, what stands there, and what
// would be right.
type Problem struct {
	Line   int    `json:"line,omitempty"` // of the editor's file; 0: not known
	Field  string `json:"field"`          // "lead", "order[2]", "retitle.k3x7q2mzpa.title"
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// String is the problem on one line.
func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %q %s", p.Field, p.Value, p.Reason)
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.what())
}

// what is the problem without its place.
func (p Problem) what() string {
	text := p.Reason
	if p.Value != "" {
		text = fmt.Sprintf("%q %s", p.Value, p.Reason)
	}
	if p.Field != "" {
		text = p.Field + ": " + text
	}
	return text
}

// Error lists the problems, one a line.
func (e *OverlayError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return "the editor's file cannot be followed:\n  " + strings.Join(lines, "\n  ")
}

// Without is an overlay without the stories that cannot be in the edition any more:
// their embargo was set, their page is gone, another edition has mailed them. out says
// which those are, by the titles that the snapshots know, and why.
func (o Overlay) Without(problems []Problem, known ...Snapshot) (rest Overlay, out []string) {
	gone := map[string]bool{}
	for _, p := range problems {
		if !gone[p.Value] && slices.Contains(o.named(), p.Value) {
			gone[p.Value] = true
			out = append(out, titled(p.Value, known)+" "+strings.TrimSuffix(p.Reason, "; take the line out"))
		}
	}
	leaves := func(id string) bool { return gone[id] }
	o.Order = slices.DeleteFunc(slices.Clone(o.Order), leaves)
	o.Add = slices.DeleteFunc(slices.Clone(o.Add), leaves)
	if gone[o.Lead] {
		o.Lead = ""
	}
	return o.tidy(), out
}

// titled is a story's title and identifier, or the identifier alone where no snapshot
// has the story.
func titled(id string, known []Snapshot) string {
	for _, s := range known {
		if i := slices.IndexFunc(s.Stories, func(one Story) bool { return one.ID == id }); i >= 0 {
			return fmt.Sprintf("%q (%s)", s.Stories[i].Title, id)
		}
	}
	return id
}

// overlayCheck gathers problems.
type overlayCheck struct {
	rules    Rules
	overlay  Overlay
	byID     map[string]*candidate
	pages    map[string]string // IDs of the sources' stories, by their keys
	problems []Problem
}

// checkOverlay holds an overlay to its snapshot.
func checkOverlay(s Snapshot, o Overlay, all []*candidate) error {
	c := &overlayCheck{rules: s.Rules, overlay: o, byID: make(map[string]*candidate, len(all)), pages: s.byKey()}
	for _, one := range all {
		c.byID[one.story.ID] = one
	}
	c.line("subject", o.Subject)
	c.line("preheader", o.Preheader)
	for i := range o.Elsewhere {
		c.elsewhere(fmt.Sprintf("elsewhere[%d]", i), o.Elsewhere[i], i)
	}
	if o.Lead != "" {
		c.lead()
	}
	c.list("order", o.Order, c.isIn)
	for _, id := range slices.Sorted(maps.Keys(o.Sections)) {
		c.section(id)
	}
	c.list("drop", o.Drop, func(string, string) {})
	c.list("add", o.Add, c.isIn)
	for _, id := range slices.Sorted(maps.Keys(o.Retitle)) {
		field := "retitle." + id
		c.known(field, id)
		c.line(field+".title", o.Retitle[id].Title)
		c.line(field+".teaser", o.Retitle[id].Teaser)
		c.line(field+".kicker", o.Retitle[id].Kicker)
		c.line(field+".alt", o.Retitle[id].Alt)
		c.image(field+".image", o.Retitle[id].Image)
	}
	for _, id := range slices.Sorted(maps.Keys(o.Corrections)) {
		c.correction(s.Corrected, id)
	}
	if len(c.problems) > 0 {
		return &OverlayError{c.problems}
	}
	return nil
}

func (c *overlayCheck) add(field, value, reason string, args ...any) {
	c.problems = append(c.problems, Problem{Field: field, Value: value, Reason: fmt.Sprintf(reason, args...)})
}

// line refuses line breaks and other control characters: subject and titles become
// headers of mails.
func (c *overlayCheck) line(field, text string) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		c.add(field, text, "holds a line break or another control character; write it on one line")
	}
}

// elsewhere checks a link that the editor adds.
func (c *overlayCheck) elsewhere(field string, e Elsewhere, at int) {
	if _, err := CleanURL(e.URL); err != nil {
		c.add(field+".link", e.URL, "cannot be added: %s", err)
		return
	}
	if e.Title == "" {
		c.add(field+".title", "", "a link from elsewhere needs a title: add title: \"What readers see\"")
	}
	for _, text := range [][2]string{{"title", e.Title}, {"teaser", e.Teaser}, {"sponsor", e.Sponsor}, {"alt", e.Alt}} {
		c.line(field+"."+text[0], text[1])
	}
	c.image(field+".image", e.Image)
	if id := e.in(c.pages); id != "" {
		c.add(field+".link", e.URL, "is story %s of this edition already; name that one", id)
	}
	for _, other := range c.overlay.Elsewhere[:at] {
		if other.ID() == e.ID() {
			c.add(field+".link", e.URL, "is linked twice; keep one")
			return
		}
	}
}

// image checks the address of a picture.
func (c *overlayCheck) image(field, address string) {
	if address == "" || address == NoImage {
		return
	}
	if _, err := CleanURL(address); err != nil {
		c.add(field, address, "is no picture's address: %s; write one, or %s", err, NoImage)
	}
}

// list checks a list of stories, each once.
func (c *overlayCheck) list(field string, ids []string, check func(field, id string)) {
	for i, id := range ids {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case slices.Index(ids, id) < i:
			c.add(at, id, "is named twice in %s; keep one", field)
		case c.known(at, id):
			check(at, id)
		}
	}
}

func (c *overlayCheck) known(field, id string) bool {
	if _, ok := c.byID[id]; ok {
		return true
	}
	hint := "; show --why lists the stories"
	for _, near := range slices.Sorted(maps.Keys(c.byID)) {
		if editsApart(near, id) <= 2 {
			hint = fmt.Sprintf("; did you mean %s, %q?", near, c.byID[near].story.Title)
			break
		}
	}
	c.add(field, id, "is no story of this edition%s", hint)
	return false
}

// isIn refuses to put in what a gate keeps out.
func (c *overlayCheck) isIn(field, id string) {
	one := c.byID[id]
	if _, err := CleanURL(one.story.URL); err != nil && one.story.Source == ElsewhereSource {
		return // said of the link
	}
	switch gate := one.gate; gate.Rule {
	case "":
	case Dropped:
		c.add(field, id, "is also in drop; take it out of one of them")
	case Sponsored, BarredOut, WrongLang, OutOfWindow:
		c.add(field, id, "is left out (%s); name it in add too to have it all the same", gate.Text)
	case NoSection:
		c.add(field, id, "has no section; give it one in sections: %s", c.sectionNames())
	default:
		c.add(field, id, "cannot be in this edition: %s; take the line out", gate.Text)
	}
}

func (c *overlayCheck) lead() {
	id := c.overlay.Lead
	if !c.known("lead", id) {
		return
	}
	if sponsor := c.byID[id].story.Sponsor; sponsor != "" {
		c.add("lead", id, "is sponsored by %s, and a sponsored story never leads; name another", sponsor)
		return
	}
	c.isIn("lead", id)
}

func (c *overlayCheck) section(id string) {
	name := c.overlay.Sections[id]
	if c.known("sections."+id, id) && (name == "" || c.rules.sectionNamed(name) < 0) {
		c.add("sections."+id, name, "is no section of this newsletter; there are %s", c.sectionNames())
	}
}

// correction refuses to print one that is not offered, or that tells readers nothing.
func (c *overlayCheck) correction(offers []Correction, id string) {
	field, text := "corrections."+id, c.overlay.Corrections[id]
	n := slices.IndexFunc(offers, func(offer Correction) bool { return offer.Story.ID == id })
	switch {
	case n < 0:
		c.add(field, id, "is no story that was mailed and has changed since; take the line out")
	case text == "" && offers[n].Text == "":
		c.add(field, text, "tells readers nothing; write what was wrong, for the source does not say it")
	}
	c.line(field, text)
}

func (c *overlayCheck) sectionNames() string {
	names := make([]string, len(c.rules.Sections))
	for i, s := range c.rules.Sections {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

// editsApart counts the letters to change, take out or put in to make b of a.
func editsApart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
