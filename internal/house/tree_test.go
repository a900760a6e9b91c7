package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// source is one Go file of the project.
type source struct {
	path   string // "digest/pick.go"
	room   string // its package: "digest"
	lines  int
	parsed *ast.File
	files  *token.FileSet
}

// test tells whether the file is built for tests only.
func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) line(p token.Pos) int { return s.files.Position(p).Line }

// at names a place, as go vet does.
func (s source) at(p token.Pos) string { return fmt.Sprintf("%s:%d", s.path, s.line(p)) }

// readTree reads every Go file of a project, and the names of its folders at the
// top. What the go command passes over is passed over: testdata, folders that begin
// with a dot or an underscore.
func readTree(tree fs.FS) (sources []source, tops []string, err error) {
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			tops = append(tops, e.Name())
		}
	}
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		switch {
		case e.IsDir() && name != "." && (base[0] == '.' || base[0] == '_' || base == "testdata"):
			return fs.SkipDir
		case e.IsDir() || path.Ext(name) != ".go" || base[0] == '.' || base[0] == '_':
			return nil
		}
		s, err := readSource(tree, name)
		if err == nil && built(s.parsed) {
			sources = append(sources, s)
		}
		return err
	})
	return sources, tops, err
}

func readSource(tree fs.FS, name string) (source, error) {
	text, err := fs.ReadFile(tree, name)
	if err != nil {
		return source{}, err
	}
	s := source{path: name, room: path.Dir(name), lines: bytes.Count(text, []byte("\n")), files: token.NewFileSet()}
	s.parsed, err = parser.ParseFile(s.files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return s, err
}

// built tells whether any build takes the file in: the tag ignore is
// for files that none does.
func built(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			expr, err := constraint.Parse(c.Text)
			if err == nil && constraint.IsGoBuild(c.Text) && !expr.Eval(func(tag string) bool { return tag != "ignore" }) {
				return false
			}
		}
	}
	return true
}

// imports lists what a file imports: the path, the name it has in the file, and
// where.
func (s source) imports() []imported {
	var all []imported
	for _, spec := range s.parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		i := imported{path: p, name: defaultName(p), at: s.at(spec.Pos())}
		if spec.Name != nil {
			i.name = spec.Name.Name
		}
		all = append(all, i)
	}
	return all
}

type imported struct{ path, name, at string }

// defaultName is the last part of an import path that is no version.
func defaultName(p string) string {
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" && p != base {
		return path.Base(path.Dir(p))
	}
	return base
}

// within tells whether a room is one of the patterns: itself, or below "x/...".
func within(room string, patterns []string) bool {
	for _, p := range patterns {
		root, tree := strings.CutSuffix(p, "/...")
		if room == root || tree && strings.HasPrefix(room, root+"/") {
			return true
		}
	}
	return false
}

// isLibrary tells whether an import path is one of the patterns: itself, or below
// "x/*".
func isLibrary(p string, patterns []string) bool {
	for _, pattern := range patterns {
		root, tree := strings.CutSuffix(pattern, "/*")
		if p == root || tree && strings.HasPrefix(p, root+"/") {
			return true
		}
	}
	return false
}
