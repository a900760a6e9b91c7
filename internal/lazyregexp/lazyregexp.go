// Package lazyregexp has patterns that are compiled when they are first used. The
// project has two hundred at package level, and a command uses few of them: compiled
// when the program starts, they were half of what every command did before its first
// line. So all of them are made here, as Go's own tools do it; a pattern that is made
// while the program runs is used at once, and stays package regexp's.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// Regexp is a pattern, for any number of goroutines. Its methods are those of
// regexp.Regexp that somebody asks for.
type Regexp struct {
	expr     string
	once     sync.Once
	compiled *regexp.Regexp
}

// inTest tells of a program that go test has built.
var inTest = len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")

// New makes a pattern. In a test it is compiled at once, so that a wrong one fails
// every test of its package, and not the one reader whose mail needs it.
func New(expr string) *Regexp {
	r := &Regexp{expr: expr}
	if inTest {
		r.Compiled()
	}
	return r
}

// Compiled is the pattern as libraries ask for it.
func (r *Regexp) Compiled() *regexp.Regexp {
	r.once.Do(r.compile)
	return r.compiled
}

func (r *Regexp) compile() { r.compiled = regexp.MustCompile(r.expr) }

// String is the pattern as it was written.
func (r *Regexp) String() string { return r.expr }

func (r *Regexp) Match(b []byte) bool { return r.Compiled().Match(b) }

func (r *Regexp) MatchString(s string) bool { return r.Compiled().MatchString(s) }

func (r *Regexp) FindString(s string) string { return r.Compiled().FindString(s) }

func (r *Regexp) FindStringIndex(s string) []int { return r.Compiled().FindStringIndex(s) }

func (r *Regexp) FindSubmatch(b []byte) [][]byte { return r.Compiled().FindSubmatch(b) }

func (r *Regexp) FindStringSubmatch(s string) []string { return r.Compiled().FindStringSubmatch(s) }

func (r *Regexp) FindStringSubmatchIndex(s string) []int {
	return r.Compiled().FindStringSubmatchIndex(s)
}

func (r *Regexp) FindAllString(s string, n int) []string { return r.Compiled().FindAllString(s, n) }

func (r *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return r.Compiled().FindAllStringIndex(s, n)
}

func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.Compiled().FindAllStringSubmatch(s, n)
}

func (r *Regexp) ReplaceAllString(s, repl string) string {
	return r.Compiled().ReplaceAllString(s, repl)
}

func (r *Regexp) ReplaceAllLiteralString(s, repl string) string {
	return r.Compiled().ReplaceAllLiteralString(s, repl)
}

func (r *Regexp) ReplaceAllStringFunc(s string, repl func(string) string) string {
	return r.Compiled().ReplaceAllStringFunc(s, repl)
}

func (r *Regexp) Split(s string, n int) []string { return r.Compiled().Split(s, n) }
