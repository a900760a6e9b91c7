package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// key is one key of a mapping. Where the file does not give it, its default is
// read in its place, so the documented default is the real one.
type key[T any] struct {
	name     string
	def      string // default, as it would be written; empty: none
	required string // an example, for a key that must be given
	read     func(v value, into *T)
}

// pair is a key of the file with its value.
type pair struct {
	name string
	at   place
	node ast.Node
}

// given holds the values of a mapping's keys that the file gave, and where the
// mapping begins.
type given struct {
	r     *reader
	start place
	by    map[string]value
}

// has tells whether the file gave the key.
func (g given) has(name string) bool { return g.by[name].given() }

// at is the key's value, or, where it was not given, something to report at the
// beginning of the mapping.
func (g given) at(name string) value {
	if v, ok := g.by[name]; ok {
		return v
	}
	return value{r: g.r, at: g.start}
}

// readMapping reads a mapping by its table of keys. What says what the mapping
// is, with its article: "a relay".
func readMapping[T any](v value, what string, keys []key[T], into *T) given {
	g := given{r: v.r, start: v.at, by: map[string]value{}}
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
	case nil, *ast.NullNode:
	default:
		v.reportf("it has the keys "+names(keys), "this is %s, where %s is wanted", v.kind(), what)
		return g
	}
	for _, p := range v.r.pairs(v.node, 0) {
		if _, known := find(keys, p.name); !known {
			p.at.hide = true
			if mayBeSecret(p.name) {
				v.r.value(p.node).hide()
			}
			v.r.report(p.at, fmt.Sprintf("unknown key %q", p.name), hintForKey(v.r.tables, p.name, what, keys))
			continue
		}
		val := v.r.value(p.node)
		if !val.given() {
			val.at = p.at // point at the key: there is no value to point at
		}
		g.by[p.name] = val
	}
	for _, k := range keys {
		readKey(k, what, g, into)
	}
	return g
}

func readKey[T any](k key[T], what string, g given, into *T) {
	v, present := g.by[k.name]
	switch {
	case present && v.node == nil: // an alias of nothing, say: reported already
	case v.given():
		k.read(v, into)
	case k.required != "":
		at, text := g.at(k.name), fmt.Sprintf("%s needs %q", what, k.name)
		if at.at.last {
			text += ", and this is its last key"
		}
		at.report(text, "for example: "+k.required)
	case k.def != "":
		k.read(g.r.fallback(k.def, g.start), into)
	case present:
		fix := "give it a value, or remove the line"
		if rest := strings.TrimSpace(g.r.after(v.at)); strings.HasPrefix(rest, "#") {
			fix = "a value that begins with # needs quotes around it, for YAML takes # for a comment"
		}
		v.report(fmt.Sprintf("%q is left empty", k.name), fix)
	}
}

// after is what stands on the line behind a key and its colon.
func (r *reader) after(at place) string {
	if at.line < 1 || at.line > len(r.lines) {
		return ""
	}
	line := []rune(r.lines[at.line-1])
	_, rest, _ := strings.Cut(string(line[min(max(at.column-1, 0), len(line)):]), ":")
	return rest
}

// fallback is the value of a default.
func (r *reader) fallback(text string, at place) value {
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil || len(file.Docs) == 0 {
		return value{r: r, at: at}
	}
	return value{r: r, node: file.Docs[0].Body, at: at}
}

func find[T any](keys []key[T], name string) (key[T], bool) {
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	return key[T]{}, false
}

func names[T any](keys []key[T]) string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return strings.Join(all, ", ")
}

// pairs lists the keys of a mapping, those of merges (<<) last and only where the
// mapping has not got them itself. A key given twice is reported.
func (r *reader) pairs(n ast.Node, depth int) []pair {
	var own, merged []pair
	seen := map[string]int{}
	for _, mv := range mappingValues(n) {
		if mv.Key == nil {
			continue
		}
		if mv.Key.IsMergeKey() {
			merged = append(merged, r.merged(mv.Value, depth)...)
			continue
		}
		p := pair{name: keyText(mv.Key), at: r.placeOf(mv.Key), node: mv.Value}
		if line, twice := seen[p.name]; twice {
			p.at.hide = true
			if mayBeSecret(p.name) {
				r.value(p.node).hide()
			}
			r.report(p.at, fmt.Sprintf("%q is given twice", p.name), fmt.Sprintf("it first stands in line %d: remove one", line))
			continue
		}
		seen[p.name] = p.at.line
		own = append(own, p)
	}
	for _, p := range merged {
		if _, has := seen[p.name]; !has {
			seen[p.name] = p.at.line
			own = append(own, p)
		}
	}
	return own
}

func (r *reader) merged(n ast.Node, depth int) []pair {
	v := r.value(n)
	if depth > 8 {
		v.report("a merge refers to itself", "write the keys out")
		return nil
	}
	if list, ok := v.node.(*ast.SequenceNode); ok {
		var all []pair
		for _, item := range list.Values {
			all = append(all, r.merged(item, depth+1)...)
		}
		return all
	}
	if len(mappingValues(v.node)) == 0 {
		v.report("<< wants the keys of another mapping", "for example: <<: *name, where another mapping begins with &name")
		return nil
	}
	return r.pairs(v.node, depth+1)
}

func mappingValues(n ast.Node) []*ast.MappingValueNode {
	switch t := n.(type) {
	case *ast.MappingNode:
		return t.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{t}
	}
	return nil
}

func keyText(k ast.MapKeyNode) string {
	switch t := k.(type) {
	case *ast.StringNode:
		return t.Value
	case *ast.MappingKeyNode:
		if s, ok := t.Value.(*ast.StringNode); ok {
			return s.Value
		}
		return strings.TrimSpace(t.Value.String())
	}
	return k.GetToken().Value
}
