package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/yamlslip"
)

// FileName is the file that Load looks for in a folder.
const FileName = "broadsheet.yaml"

// Folders that are looked for beside it: a newsroom's own partials, and in one of
// its folders those of a newsletter alone; and its own words.
const (
	TemplatesDir = "templates"
	WordsDir     = "words"
)

// largest configuration that is read, in bytes.
const largest = 1 << 20

// Load reads the configuration at path: a file, or a newsroom's folder. Lookup
// finds a variable of the environment (os.LookupEnv). An error is an [*Error]; it
// wraps fs.ErrNotExist where there is no such file.
func Load(path string, lookup func(string) (string, bool)) (*Config, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, FileName)
	}
	data, err := readSmall(path, largest)
	if err != nil {
		return nil, &Error{File: path, Problems: []Problem{unreadable(path, err)}, cause: err}
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, &Error{File: path, Problems: []Problem{unreadable(path, err)}, cause: err}
	}
	return Parse(path, data, dir, lookup)
}

func unreadable(path string, err error) Problem {
	p := Problem{Text: "it cannot be read: " + reason(err)}
	if errors.Is(err, fs.ErrNotExist) {
		p.Text = "there is no such file"
		p.Fix = "start a newsroom with: broadsheet init " + filepath.Dir(path)
	}
	return p
}

// reason is an error of the file system without the path, which stands before it
// already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// readSmall reads an ordinary file of at most limit bytes: never a device or a
// pipe, which might not end.
func readSmall(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not an ordinary file")
	case info.Size() > limit:
		return nil, fmt.Errorf("it has %s bytes, and at most %s are read", figures.Of(info.Size()), figures.Of(limit))
	}
	return os.ReadFile(path)
}

// Parse reads the bytes of a configuration. Name is what errors call the file,
// dir the folder that its paths are relative to. An error is an [*Error].
func Parse(name string, data []byte, dir string, lookup func(string) (string, bool)) (*Config, error) {
	if lookup == nil {
		lookup = func(string) (string, bool) { return "", false }
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	r := &reader{name: name, dir: dir, lookup: lookup, lines: strings.Split(string(data), "\n"), anchors: map[string]ast.Node{}, tables: allTables()}
	root, ok := r.parse(data)
	if !ok {
		return nil, r.err()
	}
	c := &Config{Dir: dir}
	r.readTop(root, c)
	if err := r.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// reportSyntax files what the parser says. It stops at its first error.
func (r *reader) reportSyntax(err error) {
	s, ok := yamlslip.Find(r.lines, err, mayBeSecret)
	if !ok {
		r.report(place{}, "this is not YAML: "+err.Error(), "")
		return
	}
	at := placeOf(s.Place)
	at.hide = s.Hide
	r.report(at, s.Text, s.Fix)
}

// parse takes the bytes to the tree's root.
func (r *reader) parse(data []byte) (value, bool) {
	for i, line := range r.lines {
		if !utf8.ValidString(line) {
			r.report(place{line: i + 1, column: 1}, "this line is not UTF-8", "save the file as UTF-8")
			return value{}, false
		}
	}
	// A key given twice is reported by pairs, which goes on to the rest.
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.reportSyntax(err)
		return value{}, false
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d != nil && d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		r.report(place{}, "it is empty", "it has to have site, relays and newsletters at least: take it away, and broadsheet init here writes one to begin with")
		return value{}, false
	case 1:
	default:
		r.report(r.placeOf(docs[1]), "a second document begins here", "remove the line --- and write it all as one")
		return value{}, false
	}
	ast.Walk(collectAnchors(r.anchors), docs[0])
	return r.value(docs[0]), true
}
