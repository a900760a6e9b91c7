package digest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// fileReader reads the editor's file from its YAML, and gathers what is wrong.
type fileReader struct {
	file     File
	given    map[string]int // top keys, with their lines
	problems []Problem
	zone     *time.Location // of days
}

func newFileReader(zone *time.Location) *fileReader {
	return &fileReader{zone: orUTC(zone), file: File{places: map[string]filePlace{}}, given: map[string]int{}}
}

func (r *fileReader) say(line int, field, value, reason string, args ...any) {
	r.problems = append(r.problems, Problem{line, field, value, fmt.Sprintf(reason, args...)})
}

// read reads a whole file. Its error is about the YAML itself.
func (r *fileReader) read(src []byte) (err error) {
	// QUIRK: goccy/go-yaml panics on some malformed input (v1.19.2: an empty
	// document beside a directive, a tag before a scalar where a list belongs).
	defer func() {
		if recover() != nil {
			err = &OverlayError{[]Problem{{Reason: "this is no YAML that can be read; write keys and lists as broadsheet wrote them"}}}
		}
	}()
	file, err := parser.ParseBytes(src, 0)
	if err != nil {
		return syntaxProblem(src, err)
	}
	if len(file.Docs) > 1 && file.Docs[1].Body != nil {
		r.say(line(file.Docs[1].Body), "", "---", "begins a second document; write one")
		return nil
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		plain := onlyPlain{r: r}
		ast.Walk(&plain, doc.Body)
		if len(r.problems) == 0 {
			r.top(doc.Body)
		}
	}
	return nil
}

// syntaxProblem is YAML's own error with the line it is about.
func syntaxProblem(src []byte, err error) error {
	var wrong *yaml.SyntaxError
	if !errors.As(err, &wrong) || wrong.Token == nil {
		return &OverlayError{[]Problem{{Reason: "this is no YAML: " + trimmed(err.Error())}}}
	}
	lines := strings.Split(string(src), "\n")
	at := min(max(wrong.Token.Position.Line, 1), len(lines))
	value, _, _ := strings.Cut(strings.TrimSpace(lines[at-1]), " # ") // the reasons are ours, and long
	reason := "is not written as YAML wants it (" + wrong.Message + ")"
	switch {
	case strings.Count(value, `"`)%2 == 1 || strings.Count(value, `"`) > 2:
		reason += `; inside quotation marks write \" for one`
	case strings.Count(value, ": ") > 1 && !strings.Contains(value, `"`):
		reason += `; put a text that holds ": " into quotation marks`
	case !strings.Contains(value, ":"):
		reason += `; a key ends in ":", and the lines of a text stand further in than theirs`
	}
	return &OverlayError{[]Problem{{Line: at, Value: value, Reason: reason}}}
}

// onlyPlain refuses YAML's tags, anchors, aliases and merges: the file needs none,
// and they let few bytes stand for many.
type onlyPlain struct{ r *fileReader }

// Visit implements ast.Visitor.
func (p *onlyPlain) Visit(node ast.Node) ast.Visitor {
	switch node.Type() {
	case ast.TagType, ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		p.r.say(line(node), "", trimmed(node.String()), "tags, anchors, aliases and merges are not taken; write the text itself")
		return nil
	}
	return p
}

func line(node ast.Node) int {
	if t := node.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// entry is a key with its value.
type entry struct {
	key  string
	line int
	node ast.Node
}

// entries are the keys of a mapping, each once; ok is false for anything else.
func (r *fileReader) entries(node ast.Node) (all []entry, ok bool) {
	var values []*ast.MappingValueNode
	switch t := node.(type) {
	case *ast.MappingNode:
		values = t.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{t}
	default:
		return nil, false
	}
	seen := map[string]int{}
	for _, v := range values {
		e := entry{v.Key.GetToken().Value, line(v.Key), v.Value}
		if first, twice := seen[e.key]; twice {
			r.say(e.line, "", e.key, "stands in line %d already; keep one", first)
			continue
		}
		seen[e.key] = e.line
		all = append(all, e)
	}
	return all, true
}

// scalar is a value that is one text; nothing counts as the empty one.
func (r *fileReader) scalar(e entry) (string, bool) {
	switch t := e.node.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return t.Value, true
	case *ast.LiteralNode:
		return t.Value.Value, true
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		r.say(e.line, "", e.key, "takes one text, no list and no keys")
		return "", false
	}
	return e.node.GetToken().Value, true
}

// items are the entries of a list; nothing counts as the empty one.
func (r *fileReader) items(e entry) ([]ast.Node, bool) {
	switch t := e.node.(type) {
	case nil, *ast.NullNode:
		return nil, true
	case *ast.SequenceNode:
		return t.Values, true
	}
	r.say(e.line, "", e.key, "takes a list: lines that begin with \"- \"")
	return nil, false
}

// ids reads a list of stories by their letters alone.
func (r *fileReader) ids(e entry) []string {
	var all []string
	nodes, _ := r.items(e)
	for _, node := range nodes {
		if id, ok := r.scalar(entry{e.key, line(node), node}); ok && id != "" {
			r.place(fmt.Sprintf("%s[%d]", e.key, len(all)), line(node), e.key)
			all = append(all, id)
		}
	}
	return all
}

func (r *fileReader) place(field string, line int, name string) {
	if _, has := r.file.places[field]; !has {
		r.file.places[field] = filePlace{line, name}
	}
}
