package digest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// leftLines is how many of the stories left out the editor's file lists.
const leftLines = 150

const editorHelp = `# %s.
# Save and close, and the edition is what this file says. Close it as it is, or
# empty it, and nothing changes. A line that begins with # says nothing.
#
#   Move a line to reorder, or to another section; under "lead:", to the top.
#   Delete a line to leave its story out. Those below are out: take the
#   "# " away to put one in.
#   Change a title where it stands; a teaser, too, once its "# " is away.
#   Beneath a story, further in, may stand, too:
#       kicker: "Trade"
#       image: https://...  or  image: none
#       alt: "What the picture shows"
#   A link from elsewhere:
#     - link: https://example.org/page
#       title: "What readers see"
`

// FormatFile writes the editor's file for a pick: the sections with their stories,
// a line or two each, the reasons as comments, and, as lines to uncomment, what was
// left out. Saved as it is and read, it makes the same choice and order again. Days are
// those of the zone; nil is UTC.
func FormatFile(s Snapshot, o Overlay, p Pick, zone *time.Location) []byte {
	byRule := o
	byRule.Subject, byRule.Preheader = "", ""
	r := Compose(s, byRule, p, Meta{})
	f := &fileWriter{o: o, zone: orUTC(zone), items: map[string]Item{}, own: map[string]Story{}}
	for _, item := range r.Items() {
		f.items[item.Story.ID] = item
	}
	for _, story := range s.Stories {
		f.own[story.ID] = story
	}
	fmt.Fprintf(&f.b, editorHelp, Ref(s.Newsletter, s.Slot))
	fmt.Fprintf(&f.b, "\nedition: %s\nfrom: %s # what this file began from: leave it as it is\n", Ref(s.Newsletter, s.Slot), o.Mark())
	f.text("subject", o.Subject, "Empty, it is: "+r.Subject)
	f.text("preheader", o.Preheader, "What an inbox shows after the subject. Empty, it is: "+r.Preheader)
	f.text("intro", o.Intro, "Markdown, above the first story. For several lines: |, and indent them below.")
	f.appeal()
	f.lead(p)
	f.sections(s.Rules.withSections(), p)
	f.left(p)
	f.drop()
	f.corrections(p.Corrections)
	return f.b.Bytes()
}

// fileWriter is the file being written.
type fileWriter struct {
	b     bytes.Buffer
	o     Overlay
	zone  *time.Location   // of days
	items map[string]Item  // as they are printed
	own   map[string]Story // as their sources have them
}

func (f *fileWriter) text(key, value, comment string) {
	fmt.Fprintf(&f.b, "\n# %s\n%s: %s\n", trimmed(comment), key, quote(value))
}

func (f *fileWriter) appeal() {
	mark := "# "
	if f.o.NoAppeal {
		mark = ""
	}
	fmt.Fprintf(&f.b, "\n# No appeal for support in this edition:\n%sappeal: off\n", mark)
}

func (f *fileWriter) lead(p Pick) {
	f.b.WriteString("\n# The story at the top. Empty: the best with a picture.\nlead:\n")
	for _, c := range p.Chosen {
		if c.Lead {
			f.story(c)
			if name, moved := f.o.Sections[c.Story.ID]; moved {
				f.key("section", name)
			}
		}
	}
}

func (f *fileWriter) sections(rules Rules, p Pick) {
	f.b.WriteString("\nsections:\n")
	for _, section := range rules.Sections {
		begun := false
		for _, c := range p.Chosen {
			if c.Lead || c.Section != section.Name {
				continue
			}
			if !begun {
				fmt.Fprintf(&f.b, "  %s:\n", plainName(section.Name))
				begun = true
			}
			f.story(c)
		}
		if !begun {
			fmt.Fprintf(&f.b, "  # %s: # has no story; take the # away and move one beneath it\n", plainName(section.Name))
		}
	}
}

// story writes a story's line, and what the editor made of it beneath.
func (f *fileWriter) story(c Choice) {
	title := trimmed(f.items[c.Story.ID].Story.Title)
	if n := slices.IndexFunc(f.o.Elsewhere, func(e Elsewhere) bool { return e.Story().ID == c.Story.ID }); n >= 0 && f.own[c.Story.ID].ID == "" {
		f.elsewhere(f.o.Elsewhere[n], c)
		return
	}
	fmt.Fprintf(&f.b, "%s- %s: %s # %s\n", itemIndent, quote(c.Story.ID), inQuotes(title), c.InShort())
	r := f.o.Retitle[c.Story.ID]
	for _, part := range [][2]string{{"kicker", r.Kicker}, {"teaser", r.Teaser}, {"image", r.Image}, {"alt", r.Alt}} {
		if part[1] != "" {
			f.key(part[0], part[1])
		}
	}
	if teaser := trimmed(c.Story.Teaser); r.Teaser == "" && teaser != "" {
		fmt.Fprintf(&f.b, "%s# teaser: %s\n", keyIndent, inQuotes(teaser))
	}
}

func (f *fileWriter) elsewhere(e Elsewhere, c Choice) {
	fmt.Fprintf(&f.b, "%s- link: %s # %s\n", itemIndent, inQuotes(e.URL), c.InShort())
	kicker := f.o.Retitle[c.Story.ID].Kicker
	for _, part := range [][2]string{{"title", e.Title}, {"kicker", kicker}, {"teaser", e.Teaser}, {"image", e.Image}, {"alt", e.Alt}, {"sponsor", e.Sponsor}, {"run_from", runDate(e.RunFrom, 0, f.zone)}, {"run_until", runDate(e.RunUntil, 1, f.zone)}} {
		if part[1] != "" {
			f.key(part[0], part[1])
		}
	}
}

func (f *fileWriter) key(name, value string) {
	fmt.Fprintf(&f.b, "%s%s: %s\n", keyIndent, name, inQuotes(value))
}

// left lists what was left out: what may be put in, the best first and what came
// late before it, then what cannot be.
func (f *fileWriter) left(p Pick) {
	f.b.WriteString("\n# Left out: take the \"# \" away to put a story into its section, or move its\n# line into another.\nadd:\n")
	may, not := []Choice{}, []Choice{}
	for _, c := range p.Left {
		if c.Story.Source == ElsewhereSource || slices.Contains(f.o.Drop, c.Story.ID) {
			continue
		}
		if f.mayEnter(c) {
			may = append(may, c)
		} else {
			not = append(not, c)
		}
	}
	slices.SortStableFunc(may, func(a, b Choice) int {
		return cmp.Or(
			compareBool(a.Reason.Rule == Offered, b.Reason.Rule == Offered),
			cmp.Compare(b.Reason.Score, a.Reason.Score),
		)
	})
	for i, c := range may {
		if i == leftLines {
			fmt.Fprintf(&f.b, "%s# and %s more: broadsheet show --why lists them\n", itemIndent, figures.Of(len(may)-i))
			break
		}
		fmt.Fprintf(&f.b, "%s# - %s: %s # %s\n", itemIndent, quote(c.Story.ID), inQuotes(trimmed(c.Story.Title)), strings.TrimPrefix(trimmed(c.Section)+"; "+c.InShort(), "; "))
	}
	for i, c := range not {
		if i == 0 {
			f.b.WriteString("\n# These cannot be added:\n")
		}
		if i == leftLines {
			fmt.Fprintf(&f.b, "#   and %s more\n", figures.Of(len(not)-i))
			break
		}
		fmt.Fprintf(&f.b, "#   %s %s: %s\n", c.Story.ID, inQuotes(trimmed(c.Story.Title)), c.InShort())
	}
}

// drop lists what is not even to be linked to.
func (f *fileWriter) drop() {
	if len(f.o.Drop) == 0 {
		return
	}
	f.b.WriteString("\n# Not to be in the edition, nor linked to beneath another report: move a line\n# up to put its story in.\ndrop:\n")
	for _, id := range f.o.Drop {
		fmt.Fprintf(&f.b, "%s- %s: %s\n", itemIndent, quote(id), inQuotes(trimmed(f.own[id].Title)))
	}
}

// corrections lists what is offered for the block of corrections.
func (f *fileWriter) corrections(offers []Correction) {
	if len(offers) == 0 {
		return
	}
	f.b.WriteString("\n# Readers had these otherwise. Take the \"# \" away to print a correction, and\n# write what readers are told.\ncorrections:\n")
	for _, c := range offers {
		mark := "# "
		if c.Taken {
			mark = ""
		}
		fmt.Fprintf(&f.b, "%s%s- %s: %s # %s, in %s: %s\n", itemIndent, mark, quote(c.Story.ID), inQuotes(trimmed(c.Text)), trimmed(c.Story.Title), c.Edition, trimmed(c.Change))
	}
}

// mayEnter tells whether an editor may put in what was left out.
func (f *fileWriter) mayEnter(c Choice) bool {
	switch c.Reason.Rule {
	case Incomplete, GoneAway, OutOfRun, Embargoed, AlreadySent, NoSection:
		return false
	}
	return true
}

// noPoints are the parts of a reason that say nothing to an editor with a pen in hand;
// show --why has them all.
var noPoints = lazyregexp.New(`, [a-z]+ 0\b| \(not known\)`)

// InShort is why a story is in, or not, without the parts of its points that are 0.
func (c Choice) InShort() string {
	text := noPoints.ReplaceAllString(trimmed(c.Reason.Text), "")
	if n := len(c.Also); n > 0 {
		text += fmt.Sprintf("; also covered: %d", n)
	}
	if n := len(c.Again); n > 0 {
		text += fmt.Sprintf("; told again: %d", n)
	}
	return text
}

// plainName writes a section's name, which is a key, as plainly as YAML lets us.
func plainName(name string) string {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return inQuotes(name)
	}
	switch strings.ToLower(name) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n", "title", "teaser", "kicker", "image", "alt", "section", "link", "sponsor", "run_from", "run_until":
		return inQuotes(name)
	}
	return name
}

// quote writes a text as YAML: plain where no reader could take it for anything
// else, a literal block for several lines, otherwise in double quotes.
func quote(text string) string {
	if plainID(text) {
		return text
	}
	if block, ok := literal(text); ok {
		return block
	}
	return inQuotes(text)
}

// inQuotes writes a text in double quotes, in which YAML takes all of JSON's escapes
// (YAML 1.2.2, 5.7).
func inQuotes(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	// A string always encodes; bytes that are no UTF-8 become U+FFFD.
	_ = encoder.Encode(text)
	return strings.TrimSuffix(b.String(), "\n")
}

// plainID tells whether a text is a story's ID and no number ("2e34567234") to YAML.
func plainID(text string) bool {
	return len(text) == 10 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz234567") == "" &&
		strings.Trim(text, "e234567") != ""
}

// literal writes several lines as a block, where that keeps every character.
func literal(text string) (string, bool) {
	if !strings.Contains(text, "\n") {
		return "", false
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.ContainsFunc(line, notInBlock) || strings.TrimSpace(line) == "" && line != "" {
			return "", false
		}
		if i == 0 && (line == "" || line[0] == ' ') || i == len(lines)-1 && line == "" {
			return "", false
		}
	}
	var b strings.Builder
	b.WriteString("|-")
	for _, line := range lines {
		b.WriteString("\n")
		if line != "" {
			b.WriteString("  " + line)
		}
	}
	return b.String(), true
}

// notInBlock is true for the characters that a block could change.
func notInBlock(r rune) bool {
	return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffd
}
