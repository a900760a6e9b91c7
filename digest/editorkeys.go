package digest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// fileKey is a key of the editor's file.
type fileKey struct {
	name string
	read func(*fileReader, entry)
}

// fileKeys are all of them, in the order they are read.
var fileKeys = []fileKey{
	{"edition", func(r *fileReader, e entry) { r.file.Edition = r.word(e) }},
	{"from", func(r *fileReader, e entry) {
		r.file.From = r.word(e)
		r.file.overlay.Whole = r.file.From != "" // what was printed is the whole edition, emptied or not
	}},
	{"subject", func(r *fileReader, e entry) { r.file.overlay.Subject = r.word(e) }},
	{"preheader", func(r *fileReader, e entry) { r.file.overlay.Preheader = r.word(e) }},
	{"intro", func(r *fileReader, e entry) { r.file.overlay.Intro = r.word(e) }},
	{"appeal", (*fileReader).appeal},
	{"lead", (*fileReader).lead},
	{"sections", (*fileReader).sections},
	{"add", (*fileReader).add},
	{"order", func(r *fileReader, e entry) { r.file.overlay.Order = append(r.file.overlay.Order, r.ids(e)...) }},
	{"drop", (*fileReader).drop},
	{"retitle", (*fileReader).retitle},
	{"corrections", (*fileReader).corrections},
}

// shortKeys belong to a file that names changes alone.
var shortKeys = []string{"order", "retitle"}

// top reads the document.
func (r *fileReader) top(node ast.Node) {
	entries, ok := r.entries(node)
	if !ok {
		if node.Type() != ast.NullType {
			r.say(line(node), "", trimmed(node.String()), "keys with values belong here, each on a line of its own: key: value")
		}
		return
	}
	for _, e := range entries {
		if !slices.ContainsFunc(fileKeys, func(k fileKey) bool { return k.name == e.key }) {
			r.say(e.line, "", e.key, "is no key of this file; there are edition, subject, preheader, intro, appeal, lead, sections, add and corrections")
		}
	}
	for _, k := range fileKeys {
		for _, e := range entries {
			if e.key == k.name {
				r.given[e.key] = e.line
				r.place(e.key, e.line, e.key)
				k.read(r, e)
			}
		}
	}
	for _, key := range shortKeys {
		if at, given := r.given[key]; given && r.file.overlay.Whole {
			r.say(at, "", key, "is not taken beside sections with their stories: move, delete or change their lines")
		}
	}
}

// word reads one text.
func (r *fileReader) word(e entry) string {
	text, _ := r.scalar(e)
	return strings.TrimSpace(text)
}

// appeal reads whether the appeal for support is left out.
func (r *fileReader) appeal(e entry) {
	switch word := r.word(e); strings.ToLower(word) {
	case "", "on", "yes", "true":
	case "off", "no", "false":
		r.file.overlay.NoAppeal = true
	default:
		r.say(e.line, "", word, "is no answer: write appeal: off, or delete the line")
	}
}

// lead reads the story at the top: its line, or its letters.
func (r *fileReader) lead(e entry) {
	var nodes []ast.Node
	switch t := e.node.(type) {
	case *ast.SequenceNode:
		nodes = t.Values
	case *ast.MappingNode, *ast.MappingValueNode:
		nodes = []ast.Node{t}
	default:
		r.file.overlay.Lead = r.word(e)
		return
	}
	r.file.overlay.Whole = true
	for i, node := range nodes {
		if i > 0 {
			r.say(line(node), "lead", "", "one story leads; move the others to their sections")
			return
		}
		if s, ok := r.story(node, "lead"); ok {
			r.file.overlay.Lead = s.id
			r.place("lead", s.line, "lead")
			r.file.places["lead"] = filePlace{s.line, "lead"}
			r.put(s, "lead")
		}
	}
}

// sections reads the sections with their stories, or, of a short file, stories with
// the names of their sections.
func (r *fileReader) sections(e entry) {
	entries, ok := r.entries(e.node)
	if !ok {
		if _, null := e.node.(*ast.NullNode); !null && e.node != nil {
			r.say(e.line, "", e.key, "takes the names of sections, with their stories beneath")
		}
		return
	}
	for _, section := range entries {
		switch section.node.(type) {
		case nil, *ast.NullNode:
			r.say(section.line, "", section.key, "is a section without a story: move one beneath it, or delete its line")
		case *ast.SequenceNode:
			r.section(section)
		default:
			r.file.overlay.inSection(section.key, r.word(section))
			r.place("sections."+section.key, section.line, "sections")
		}
	}
}

func (r *fileReader) section(section entry) {
	nodes, _ := r.items(section)
	if len(nodes) == 0 {
		r.say(section.line, "", section.key, "is a section without a story: move one beneath it, or delete its line")
	}
	o := &r.file.overlay
	o.Whole = true
	for _, node := range nodes {
		s, ok := r.story(node, section.key)
		if !ok {
			continue
		}
		if s.section != "" {
			r.say(s.line, section.key, s.section, "a story is in the section it stands under: move its line")
		}
		r.place(fmt.Sprintf("order[%d]", len(o.Order)), s.line, section.key)
		o.Order = append(o.Order, s.id)
		s.section = section.key
		r.place("sections."+s.id, section.line, "sections")
		r.put(s, section.key)
	}
}

// add reads the stories to put in, each into the section that takes it.
func (r *fileReader) add(e entry) {
	nodes, _ := r.items(e)
	o := &r.file.overlay
	for _, node := range nodes {
		if s, ok := r.story(node, "add"); ok {
			r.place(fmt.Sprintf("add[%d]", len(o.Add)), s.line, "add")
			o.Add = append(o.Add, s.id)
			r.put(s, "add")
		}
	}
}

// drop reads the stories that are not to be in the edition, not even as a link beneath
// another report of their event.
func (r *fileReader) drop(e entry) {
	nodes, _ := r.items(e)
	for _, node := range nodes {
		if s, ok := r.story(node, "drop"); ok {
			r.place(fmt.Sprintf("drop[%d]", len(r.file.overlay.Drop)), s.line, "drop")
			r.file.overlay.Drop = append(r.file.overlay.Drop, s.id)
		}
	}
}

// printKeys are the keys that say how a story of a source is printed.
var printKeys = []string{"title", "teaser", "kicker", "image", "alt"}

// retitle reads, of a short file, what stories are to be printed as.
func (r *fileReader) retitle(e entry) {
	entries, ok := r.entries(e.node)
	if _, null := e.node.(*ast.NullNode); !ok && !null && e.node != nil {
		r.say(e.line, "", e.key, "takes stories with their keys: ID: {title: ..., teaser: ...}")
	}
	for _, one := range entries {
		s := fileStory{id: one.key, line: one.line}
		keys, ok := r.entries(one.node)
		if _, null := one.node.(*ast.NullNode); !ok && !null && one.node != nil {
			r.say(one.line, "", one.key, "takes keys: {title: ..., teaser: ..., kicker: ..., image: ...}")
		}
		for _, k := range keys {
			if !r.storyKey(&s, k) || !slices.Contains(printKeys, k.key) {
				r.say(k.line, "retitle", k.key, "is no key of a story; there are title, teaser, kicker, image and alt")
			}
		}
		r.put(s, "retitle")
	}
}

// corrections reads what readers are told of earlier mistakes, as a list or as keys.
func (r *fileReader) corrections(e entry) {
	nodes, list := []ast.Node{e.node}, false
	switch t := e.node.(type) {
	case nil, *ast.NullNode:
		return
	case *ast.SequenceNode:
		nodes, list = t.Values, true
	}
	for _, node := range nodes {
		entries, ok := r.entries(node)
		if id, isID := node.(*ast.StringNode); isID && list {
			entries, ok = []entry{{key: id.Value, line: line(node)}}, true
		}
		if !ok {
			r.say(max(line(node), e.line), "", e.key, "takes stories with what readers are told: - ID: \"The name was wrong.\"")
		}
		for _, one := range entries {
			o := &r.file.overlay
			if o.Corrections == nil {
				o.Corrections = map[string]string{}
			}
			o.Corrections[one.key] = r.word(one)
			r.place("corrections."+one.key, one.line, e.key)
		}
	}
}
