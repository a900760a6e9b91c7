package templates

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// A newsroom's partial is text that runs inside our process. What it can do is
// bounded before it runs, here, and while it runs, by a meter (meter.go):
//
//   - it calls nothing but the functions of allowed and the methods of its data,
//     none of which reads, writes, waits or makes much of little (printf could ask
//     for a gigabyte of blanks);
//   - it includes no partial that includes it again;
//   - escaping it is no more work than heaviest: html/template escapes the inside
//     of a range twice, so that ranges within ranges double it each time.

// allowed are the functions that a partial can call: comparisons, and what a
// condition needs. They are those of text/template, but for mso.
var allowed = []string{"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "mso"}

// heaviest is the most nodes that a partial may come to, what it includes and what
// is escaped twice counted. Ours come to a few thousand.
const heaviest = 100_000

// spot is a place in a partial, for faults.
type spot struct {
	file         string
	line, column int // from 1; column in bytes, 0 where unknown
}

// looked is what is known of a partial once it has been looked through.
type looked struct {
	tree     *parse.Tree
	includes []included
	names    []named
	weight   int // its own nodes, those that are escaped twice counted twice
}

// named is a field or method that a partial names.
type named struct {
	name string
	at   spot
}

// included is a {{template}} in a partial, and how often it is escaped.
type included struct {
	name string
	at   spot
	fold int
}

// looker walks a partial: it refuses what is not allowed, counts, and puts a step
// of the meter before whatever may run more than once.
type looker struct {
	file  string
	tree  *parse.Tree
	stops *stops
	found looked
	err   error
}

// look looks through a tree and puts the meter's steps into it.
func look(tree *parse.Tree, file string, s *stops) (looked, error) {
	l := &looker{file: file, tree: tree, stops: s}
	l.found.tree = tree
	l.steps(tree.Root, spot{file: file, line: 1}, 1)
	return l.found, l.err
}

// steps puts a step at the head of a list that may run again and again: the body
// of a range, or a whole partial. It is charged for what the list holds.
func (l *looker) steps(list *parse.ListNode, at spot, fold int) {
	before := l.found.weight
	l.list(list, fold)
	list.Nodes = slices.Insert(list.Nodes, 0, l.stops.add(at, 1+(l.found.weight-before)/fold))
}

func (l *looker) list(list *parse.ListNode, fold int) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		l.found.weight += fold
		switch n := n.(type) {
		case *parse.ActionNode:
			l.pipe(n.Pipe)
		case *parse.IfNode:
			l.branch(&n.BranchNode, fold)
		case *parse.WithNode:
			l.branch(&n.BranchNode, fold)
		case *parse.RangeNode:
			l.pipe(n.Pipe)
			l.steps(n.List, l.at(n), min(2*fold, heaviest))
			l.list(n.ElseList, fold)
		case *parse.TemplateNode:
			l.found.includes = append(l.found.includes, included{n.Name, l.at(n), fold})
			l.pipe(n.Pipe)
		case *parse.TextNode:
			l.found.weight += fold * (len(n.Text) / 100)
		case *parse.BreakNode, *parse.ContinueNode, *parse.CommentNode:
		default:
			l.refuse(n, "this cannot stand here", "")
		}
	}
}

func (l *looker) branch(n *parse.BranchNode, fold int) {
	l.pipe(n.Pipe)
	l.list(n.List, fold)
	l.list(n.ElseList, fold)
}

func (l *looker) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		for _, arg := range c.Args {
			l.found.weight++
			l.arg(arg)
		}
	}
}

func (l *looker) arg(n parse.Node) {
	switch n := n.(type) {
	case *parse.PipeNode:
		l.pipe(n)
	case *parse.ChainNode:
		l.arg(n.Node)
		l.name(n, n.Field)
	case *parse.FieldNode:
		l.name(n, n.Ident)
	case *parse.VariableNode:
		l.name(n, n.Ident[1:])
	case *parse.StringNode:
		l.found.weight += len(n.Text) / 10 // what is called with it reads it all
	case *parse.IdentifierNode:
		if !slices.Contains(allowed, n.Ident) {
			l.refuse(n, fmt.Sprintf("a partial cannot call %s", n.Ident), "it can call "+strings.Join(allowed, ", ")+", and what its data has (begin with a dot)")
		}
	}
}

func (l *looker) name(n parse.Node, names []string) {
	for _, name := range names {
		l.found.names = append(l.found.names, named{name, l.at(n)})
	}
}

func (l *looker) refuse(n parse.Node, text, fix string) {
	if l.err == nil {
		l.err = &Fault{spot: l.at(n), Text: text, Fix: fix}
	}
}

func (l *looker) at(n parse.Node) spot {
	where, _ := l.tree.ErrorContext(n)
	at := spot{file: l.file}
	if _, numbers, ok := strings.Cut(where, ":"); ok {
		fmt.Sscanf(numbers, "%d:%d", &at.line, &at.column)
		at.column++
	}
	return at
}

// weigh adds up what every partial comes to with what it includes, and refuses a
// circle and what is too heavy.
func weigh(all map[string]looked) error {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	done := map[string]int{}
	for _, name := range names {
		if _, err := weightOf(name, all, done, nil); err != nil {
			return err
		}
	}
	return nil
}

func weightOf(name string, all map[string]looked, done map[string]int, path []string) (int, error) {
	if w, ok := done[name]; ok {
		return w, nil
	}
	sum := all[name].weight
	path = append(path, name)
	for _, i := range all[name].includes {
		if slices.Contains(path, i.name) {
			return 0, &Fault{spot: i.at, Text: fmt.Sprintf("%s would include itself, and never end", i.name), Fix: "take one of these out: " + strings.Join(append(path, i.name), " includes ")}
		}
		if _, there := all[i.name]; !there {
			return 0, &Fault{spot: i.at, Text: fmt.Sprintf("there is no partial %q to include", i.name), Fix: "write its whole name, such as story.html"}
		}
		w, err := weightOf(i.name, all, done, path)
		if err != nil {
			return 0, err
		}
		if sum += i.fold * w; sum > heaviest {
			return 0, &Fault{spot: i.at, Text: fmt.Sprintf("%s is too much with all that it includes", name), Fix: "have fewer ranges within ranges, and include less"}
		}
	}
	if sum > heaviest {
		return 0, &Fault{spot: spot{file: all[name].tree.ParseName, line: 1}, Text: fmt.Sprintf("%s is too much", name), Fix: "have fewer ranges within ranges"}
	}
	done[name] = sum
	return sum, nil
}
