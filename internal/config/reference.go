package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// isReference tells whether a value names a place to read instead of holding the
// thing itself.
func isReference(s string) bool {
	return strings.HasPrefix(s, "env:") || strings.HasPrefix(s, "file:")
}

var variable = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reference resolves env:NAME and file:PATH. What it returns may be a secret:
// nothing may print it. Any other text comes back as it is, with direct true.
func (v value) reference() (s string, direct, ok bool) {
	s, ok = v.text()
	if !ok {
		return "", false, false
	}
	if name, is := strings.CutPrefix(s, "env:"); is {
		s, ok = v.fromEnvironment(name)
		return s, false, ok
	}
	if path, is := strings.CutPrefix(s, "file:"); is {
		s, ok = v.fromFile(path)
		return s, false, ok
	}
	return s, true, true
}

func (v value) fromEnvironment(name string) (string, bool) {
	if !variable.MatchString(name) {
		v.reportf("for example: env:SMTP_PASSWORD", "%s is no name of an environment variable", quoted(name))
		return "", false
	}
	s, found := v.r.lookup(name)
	if s = strings.TrimRight(s, "\r\n"); !found || s == "" {
		v.reportf("set it where broadsheet runs, or use file:PATH", "the environment has no %s", name)
		return "", false
	}
	return v.oneLine(s)
}

func (v value) fromFile(path string) (string, bool) {
	full, ok := v.within(path)
	if !ok {
		return "", false
	}
	data, err := readSmall(full, 64<<10)
	if err != nil {
		v.reportf("put the value alone into that file, readable by you only (chmod 600)", "%s cannot be read: %s", full, reason(err))
		return "", false
	}
	s := strings.TrimRight(string(data), "\r\n")
	if s == "" {
		v.report(full+" is empty", "put the value alone into that file")
		return "", false
	}
	return v.oneLine(s)
}

// oneLine refuses a resolved value that could break out of a protocol's line. It
// never shows the value.
func (v value) oneLine(s string) (string, bool) {
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		v.report("what this refers to holds a line break or a control character", "it must hold the value alone, on one line")
		return "", false
	}
	return s, true
}

// secret reads a value that must not stand in the file.
func (v value) secret(variable string) (string, bool) {
	v.hide()
	s, direct, ok := v.reference()
	if !ok {
		return "", false
	}
	if direct {
		v.report("a secret does not belong in this file",
			fmt.Sprintf("use env:%s, or file:%s with the secret in that file", variable, strings.ToLower(strings.ReplaceAll(variable, "_", "."))))
		return "", false
	}
	return s, true
}

// path reads the path of a file or folder, relative to the newsroom.
func (v value) path() (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	return v.within(strings.TrimPrefix(s, "file:"))
}

func (v value) within(path string) (string, bool) {
	if path == "" {
		v.report("a path is missing", "for example: stories")
		return "", false
	}
	if strings.HasPrefix(path, "~") {
		v.report("~ stands for nothing here", "write the folder out, or a path relative to this file")
		return "", false
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(v.r.dir, path)
	}
	return filepath.Clean(path), true
}
