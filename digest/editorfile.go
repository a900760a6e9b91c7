package digest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxOverlay is the largest editor's file that is read, in bytes.
const maxOverlay = 1 << 18

// ParseOverlay reads the editor's file, YAML as [FormatOverlay] writes it. It is
// strict: an unknown key, a key given twice or a wrong type is refused, and the
// error gives line, column and the offending text. Whether the stories it names
// exist is [Make]'s to say.
func ParseOverlay(src []byte) (Overlay, error) {
	if len(src) > maxOverlay {
		return Overlay{}, fmt.Errorf("the editor's file has %d bytes; %d are taken", len(src), maxOverlay)
	}
	o, err := decodeOverlay(src)
	if err != nil {
		return Overlay{}, fmt.Errorf("the editor's file: %s", yaml.FormatError(inWords(err), false, true))
	}
	return o.tidy(), nil
}

func decodeOverlay(src []byte) (o Overlay, err error) {
	// QUIRK: goccy/go-yaml panics on some malformed input (v1.19.2: an empty
	// document beside a directive, a tag before a scalar where a list belongs).
	defer func() {
		if recover() != nil {
			err = errors.New("is no YAML that can be read; write keys and lists as broadsheet wrote them")
		}
	}()
	file, err := parser.ParseBytes(src, 0)
	if err != nil {
		return Overlay{}, err
	}
	if len(file.Docs) > 1 {
		return Overlay{}, errors.New("holds a second document after \"---\"; write one")
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		var plain onlyPlain
		ast.Walk(&plain, doc.Body)
		if plain.err != nil {
			return Overlay{}, plain.err
		}
		if err := yaml.NodeToValue(doc.Body, &o, yaml.Strict()); err != nil {
			return Overlay{}, err
		}
	}
	return o, nil
}

// inWords says of a wrong type what the file holds and what it should hold: the
// library speaks of Go's types.
func inWords(err error) error {
	var wrong *yaml.TypeError
	var node *yaml.UnexpectedNodeTypeError
	switch {
	case errors.As(err, &wrong):
		return &yaml.SyntaxError{Message: wanted(wrong.DstType.Kind()), Token: wrong.Token}
	case errors.As(err, &node):
		kind := reflect.Map
		if node.Expected == ast.SequenceType {
			kind = reflect.Slice
		}
		return &yaml.SyntaxError{Message: wanted(kind), Token: node.Token}
	}
	return err
}

func wanted(kind reflect.Kind) string {
	switch kind {
	case reflect.Slice:
		return "a list belongs here: [one, two], or lines that begin with \"- \""
	case reflect.Map, reflect.Struct:
		return "keys with values belong here, each on a line of its own: key: value"
	}
	return "one text belongs here, no list and no keys"
}

// onlyPlain refuses YAML's tags, anchors, aliases and merges: the file needs none,
// and they let few bytes stand for many.
type onlyPlain struct{ err error }

// Visit implements ast.Visitor.
func (p *onlyPlain) Visit(node ast.Node) ast.Visitor {
	switch node.Type() {
	case ast.TagType, ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		at := node.GetToken().Position
		p.err = fmt.Errorf("[%d:%d] %q: tags, anchors, aliases and merges are not taken; write the text itself", at.Line, at.Column, node.String())
	}
	if p.err != nil {
		return nil
	}
	return p
}

// tidy takes away the blanks that YAML's block forms leave at the ends of texts,
// and empty lists and maps.
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
		r.Title, r.Kicker = strings.TrimSpace(r.Title), strings.TrimSpace(r.Kicker)
		r.Teaser = strings.Join(strings.Fields(r.Teaser), " ")
		o.Retitle[id] = r
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

const editorHelp = `# The edition %s. Change what you like, save, and hand the file to "broadsheet edit".
# Stories go by the ten letters at the start of their line. A line that begins with # says nothing;
# take the # away to make it count.
`

// FormatOverlay writes the editor's file for a pick: what the editor has changed
// so far, the stories in their order, and, as lines to uncomment, what was left out
// and why. Saved as it is and parsed, it makes the same choice and order again.
func FormatOverlay(s Snapshot, o Overlay, p Pick) []byte {
	f := &editorFile{titles: make(map[string]string, len(s.Stories))}
	for _, story := range s.Stories {
		f.titles[story.ID] = story.Title
	}
	byRule := o
	byRule.Subject, byRule.Preheader = "", ""
	r := Compose(s, byRule, p, Meta{})
	fmt.Fprintf(&f.b, editorHelp, Ref(s.Newsletter, s.Slot))
	f.text("subject", o.Subject, "Left empty, it is: "+r.Subject)
	f.text("preheader", o.Preheader, "What an inbox shows after the subject. Left empty, it is: "+r.Preheader)
	f.text("intro", o.Intro, "Markdown, above the first story. For several lines write | and indent them below.")
	f.lead(o, p)
	f.order(p)
	f.sections(s, o)
	f.drop(o)
	f.addList(o, p)
	f.retitle(o)
	return f.b.Bytes()
}

// editorFile is the file being written.
type editorFile struct {
	b      bytes.Buffer
	titles map[string]string
}

func (f *editorFile) text(key, value, comment string) {
	fmt.Fprintf(&f.b, "\n# %s\n%s: %s\n", oneLine(comment), key, quote(value))
}

func (f *editorFile) head(comment, key string) { fmt.Fprintf(&f.b, "\n# %s\n%s:\n", comment, key) }

func (f *editorFile) lead(o Overlay, p Pick) {
	id := o.Lead
	for _, c := range p.Chosen {
		if c.Lead {
			id = c.Story.ID
		}
	}
	fmt.Fprintf(&f.b, "\n# The story at the top.\nlead: %s", quote(id))
	f.comment(f.titles[id])
}

func (f *editorFile) order(p Pick) {
	f.head("The stories, first to last within their sections. Move lines to reorder; a line taken away leaves its story to the rule.", "order")
	for _, c := range p.Chosen {
		fmt.Fprintf(&f.b, "  - %s", quote(c.Story.ID))
		f.comment(strings.TrimPrefix(fmt.Sprintf("%s: %s (%s)", c.Section, c.Story.Title, c.Reason.Rule), ": "))
	}
}

func (f *editorFile) sections(s Snapshot, o Overlay) {
	names := make([]string, len(s.Rules.Sections))
	for i, section := range s.Rules.Sections {
		names[i] = section.Name
	}
	f.head("Put a story in another section, as ID: NAME. There are "+oneLine(strings.Join(names, ", "))+".", "sections")
	for _, id := range slices.Sorted(maps.Keys(o.Sections)) {
		fmt.Fprintf(&f.b, "  %s: %s", quote(id), quote(o.Sections[id]))
		f.comment(f.titles[id])
	}
}

func (f *editorFile) drop(o Overlay) {
	f.head("Stories to leave out, as - ID. Take them out of order and lead, too.", "drop")
	f.list(o.Drop)
}

// addList ends with what was left out, ready to be uncommented.
func (f *editorFile) addList(o Overlay, p Pick) {
	f.head("Stories to put in. Those left out stand here; take the # away to add one.", "add")
	f.list(o.Add)
	for _, c := range p.Left {
		switch c.Reason.Rule {
		case Dropped, Incomplete, Embargoed, AlreadySent: // no list can put these in
		default:
			fmt.Fprintf(&f.b, "#  - %s", quote(c.Story.ID))
			f.comment(fmt.Sprintf("%s (%s)", c.Story.Title, c.Reason.Text))
		}
	}
}

func (f *editorFile) retitle(o Overlay) {
	f.head("Print a story otherwise, as ID: {title: ..., teaser: ..., kicker: ...}.", "retitle")
	for _, id := range slices.Sorted(maps.Keys(o.Retitle)) {
		fmt.Fprintf(&f.b, "  %s:", quote(id))
		f.comment(f.titles[id])
		r := o.Retitle[id]
		for _, part := range [][2]string{{"title", r.Title}, {"teaser", r.Teaser}, {"kicker", r.Kicker}} {
			fmt.Fprintf(&f.b, "    %s: %s\n", part[0], quote(part[1]))
		}
	}
}

func (f *editorFile) list(ids []string) {
	for _, id := range ids {
		fmt.Fprintf(&f.b, "  - %s", quote(id))
		f.comment(f.titles[id])
	}
}

// comment ends a line.
func (f *editorFile) comment(text string) { f.b.WriteString(" # " + oneLine(text) + "\n") }

// oneLine keeps a text from ending its comment.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// quote writes a text as YAML: plain where no reader could take it for anything
// else, a literal block for several lines, otherwise in double quotes, in which
// YAML takes all of JSON's escapes (YAML 1.2.2, 5.7).
func quote(text string) string {
	if plainID(text) {
		return text
	}
	if block, ok := literal(text); ok {
		return block
	}
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
