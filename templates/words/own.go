package words

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"golang.org/x/text/language"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// largest is the most bytes of a catalogue's file that are read.
const largest = 256 << 10

// load reads the catalogues of a folder, those of a language before those of its
// kinds (pt before pt-BR), and lays them over a set.
func load(base *Set, dir fs.FS, folder string) (*Set, []*Error) {
	names, err := fs.Glob(dir, "*.y*ml")
	if err != nil {
		return base, []*Error{{File: folder, Problems: []Problem{{Text: err.Error()}}}}
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	s := &Set{all: map[string]*Catalogue{}}
	maps.Copy(s.all, base.all)
	var wrong []*Error
	for _, name := range names {
		c, err := s.read(dir, name)
		if err != nil {
			err.File = path.Join(folder, name)
			wrong = append(wrong, err)
			continue
		}
		s.all[lower(c.Language)] = c
	}
	return s, wrong
}

// read reads a file over the catalogue that it changes, or over nothing.
func (s *Set) read(dir fs.FS, name string) (*Catalogue, *Error) {
	f := &file{tag: strings.TrimSuffix(strings.TrimSuffix(name, ".yml"), ".yaml")}
	if tag, err := language.Parse(f.tag); err != nil || strings.HasSuffix(name, ".yml") {
		f.report(place{}, "", "this is not named like a language", "name it after a language's tag, such as pl.yaml or pt-BR.yaml")
		return nil, f.err()
	} else if canonical := tag.String(); lower(canonical) == lower(f.tag) {
		f.tag = canonical
	}
	text, err := readText(dir, name)
	if err != nil {
		f.report(place{}, "", err.Error(), "")
		return nil, f.err()
	}
	f.lines = strings.Split(string(text), "\n")
	if base := s.find(f.tag); base != nil {
		f.c = *base
		f.based = true
	}
	for _, e := range f.entries(text) {
		f.set(e)
	}
	f.check()
	if err := f.err(); err != nil {
		return nil, err
	}
	return &f.c, nil
}

func readText(dir fs.FS, name string) ([]byte, error) {
	r, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, largest+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > largest:
		return nil, fmt.Errorf("it is larger than %s bytes", figures.Of(largest))
	case !utf8.Valid(text):
		return nil, errors.New("it is not in UTF-8: save it so")
	}
	return bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\r\n"), []byte("\n")), nil
}

// place is a line and column, from 1; zero where the whole file is meant.
type place struct{ line, column int }

// entry is one key of a file with its value.
type entry struct {
	key   string
	at    place // of the key
	value ast.Node
}

// file is a catalogue as it is read.
type file struct {
	tag      string
	lines    []string
	c        Catalogue
	based    bool // c began as another catalogue
	given    map[string]place
	problems []Problem
}

func (f *file) report(at place, key, text, fix string) {
	p := Problem{Line: at.line, Column: at.column, Key: key, Text: text, Fix: fix}
	if at.line >= 1 && at.line <= len(f.lines) {
		p.excerpt = f.lines[at.line-1]
	}
	f.problems = append(f.problems, p)
}

func (f *file) err() *Error {
	if len(f.problems) == 0 {
		return nil
	}
	return &Error{Language: f.tag, Problems: f.problems}
}

// entries takes the text to its keys. The parser panics on some bad input.
func (f *file) entries(text []byte) (all []entry) {
	f.given = map[string]place{}
	defer func() {
		if r := recover(); r != nil {
			f.report(place{}, "", "this is not YAML", "write each line as key: \"text\"")
		}
	}()
	parsed, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := place{}, err.Error()
		var wrong yaml.Error
		if errors.As(err, &wrong) {
			message = wrong.GetMessage()
			if t := wrong.GetToken(); t != nil && t.Position != nil {
				at = place{t.Position.Line, t.Position.Column}
			}
		}
		f.report(at, "", message, `put a text that holds ": ", quotes or braces into quotes`)
		return nil
	}
	for _, doc := range parsed.Docs {
		for _, v := range mappingOf(doc.Body) {
			if v.Key == nil {
				continue
			}
			t := v.Key.GetToken()
			all = append(all, entry{key: t.Value, at: place{t.Position.Line, t.Position.Column}, value: v.Value})
		}
		if doc.Body != nil && len(mappingOf(doc.Body)) == 0 && doc.Body.Type() != ast.CommentType && doc.Body.Type() != ast.NullType {
			f.report(place{1, 1}, "", "this is no list of keys", "write each line as key: \"text\"")
		}
	}
	return all
}

func mappingOf(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// textOf is the text of a scalar; false for a list or a mapping.
func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSuffix(n.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}
