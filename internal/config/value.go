package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/broadsheet-news/broadsheet/internal/yamlslip"
)

// reader holds one reading of a file: what it is read against, and what was found
// wrong so far.
type reader struct {
	name     string
	dir      string
	lookup   func(string) (string, bool)
	lines    []string
	anchors  map[string]ast.Node
	tables   []table // every mapping and its keys, for hints
	senders  []sender
	segments map[string]string // of the file, once they are read
	hidden   []string          // values that may be secrets and must not be shown
	problems []Problem
}

// place is a stretch of the text.
type place struct {
	line, column, width int
	hide                bool // what follows it is not to be shown
	last                bool // it is the file's last key, and stands for what the file lacks
}

// value is a node of the tree, and where to point when it is wrong.
type value struct {
	r    *reader
	node ast.Node // never an alias, an anchor or a tag; nil: nothing was given
	at   place
}

func (v value) report(text, fix string)                 { v.r.report(v.at, text, fix) }
func (v value) reportf(fix, format string, args ...any) { v.report(fmt.Sprintf(format, args...), fix) }

// value takes a node to a value: it follows aliases and anchors.
func (r *reader) value(n ast.Node) value {
	at := r.placeOf(n)
	for range 32 { // an alias of an alias, but never one of itself for ever
		switch t := n.(type) {
		case *ast.AnchorNode:
			n = t.Value
		case *ast.AliasNode:
			name := t.Value.GetToken().Value
			target, ok := r.anchors[name]
			if !ok && strings.Contains(name, " ") {
				r.report(at, "a text cannot begin with *", "put quotes around the text")
				return value{r: r, at: at}
			}
			if !ok {
				r.report(at, fmt.Sprintf("nothing above is marked &%s", name), "put quotes around a text that begins with *; else mark the value to repeat with &"+name+" where it first stands")
				return value{r: r, at: at}
			}
			n = target
		case *ast.TagNode:
			r.report(at, fmt.Sprintf("the tag %s is not read here", t.Start.Value), "write the value alone")
			return value{r: r, at: at}
		default:
			return value{r: r, node: n, at: at}
		}
	}
	r.report(at, "an alias refers to itself", "write the value out")
	return value{r: r, at: at}
}

// placeOf finds where a node stands. The position of a mapping is that of its
// first key; of a list in brackets, its bracket.
func (r *reader) placeOf(n ast.Node) place {
	for {
		m, ok := n.(*ast.MappingNode)
		if !ok || m.IsFlowStyle || len(m.Values) == 0 {
			break
		}
		n = m.Values[0].Key
	}
	if n == nil || n.GetToken() == nil {
		return place{}
	}
	return placeOfToken(n.GetToken())
}

func placeOfToken(t *token.Token) place { return placeOf(yamlslip.PlaceOf(t)) }

func placeOf(p yamlslip.Place) place {
	return place{line: p.Line, column: p.Column, width: p.Width}
}

// given tells whether the file holds something other than nothing here.
func (v value) given() bool {
	switch n := v.node.(type) {
	case nil, *ast.NullNode:
		return false
	case *ast.StringNode:
		return n.Value != ""
	}
	return true
}

// hide keeps a value out of every excerpt, with all that is in it.
func (v value) hide() {
	if v.node == nil {
		return
	}
	ast.Walk(hideAll{v.r}, v.node)
}

type hideAll struct{ r *reader }

// Visit implements ast.Visitor.
func (h hideAll) Visit(n ast.Node) ast.Visitor {
	var text string
	switch t := n.(type) {
	case *ast.StringNode:
		text = t.Value
	case *ast.LiteralNode:
		text = t.Value.Value
	case *ast.IntegerNode, *ast.FloatNode:
		text = t.GetToken().Value
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); len(line) > 3 && !isReference(line) {
			h.r.hidden = append(h.r.hidden, line)
		}
	}
	return h
}

// kind is the value's type, for people.
func (v value) kind() string {
	switch v.node.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	default:
		return "text"
	}
}

// scalar is the text of a string or number, as written, trimmed. Anything else is
// reported as not being what was wanted.
func (v value) scalar(want string) (string, bool) {
	switch n := v.node.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value), true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	case *ast.BoolNode:
		v.reportf("write it in quotes if that is what is meant", "this is true or false, where %s is wanted", want)
	default:
		v.reportf("write "+want, "this is %s, where %s is wanted", v.kind(), want)
	}
	return "", false
}

// items are the values of a list. One value alone is taken for a list of one
// where that cannot be misread: a scalar.
func (v value) items(want string) []value {
	switch n := v.node.(type) {
	case *ast.SequenceNode:
		all := make([]value, 0, len(n.Values))
		for _, item := range n.Values {
			all = append(all, v.r.value(item))
		}
		return all
	case *ast.StringNode, *ast.IntegerNode:
		return []value{v}
	}
	v.reportf(`begin each entry with "- "`, "this is %s, where a list of %s is wanted", v.kind(), want)
	return nil
}

// collectAnchors remembers every &name of the file.
type collectAnchors map[string]ast.Node

// Visit implements ast.Visitor.
func (c collectAnchors) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok && a.Name != nil {
		c[a.Name.GetToken().Value] = a.Value
	}
	return c
}
