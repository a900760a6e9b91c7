package yamlslip_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/parser"

	"github.com/broadsheet-news/broadsheet/internal/yamlslip"
)

// find parses as a reader of YAML does, and answers the slip as "line:column: text; fix".
func find(text string, secret func(string) bool) (yamlslip.Slip, string) {
	_, err := parser.ParseBytes([]byte(text), 0)
	s, ok := yamlslip.Find(strings.Split(text, "\n"), err, secret)
	if !ok {
		return s, ""
	}
	return s, fmt.Sprintf("%d:%d: %s; %s", s.Line, s.Column, s.Text, s.Fix)
}

// What people get wrong in a configuration is in internal/config/testdata/bad.golden, and
// in a story's front matter in TestMarkdownErrors of digest/feed.
func TestFind(t *testing.T) {
	for in, want := range map[string]string{
		"a: b\n":             "",
		"a: [x\n":            "1:4: this [ has no ]; close it with ]",
		"é: \"A\"  b\n":      "1:6: this quote ends the text before its end; write \\\" for each \" within the text, or put ' around it",
		"a: 1\nb: 2\na: 3\n": "3:1: \"a\" is given twice; it first stands in line 1: remove one",
		"a: b\n\tc: d\n":     "2:1: this line is indented with a tab; indent with spaces",
	} {
		if _, got := find(in, nil); got != want {
			t.Errorf("%q: got  %s\n      want %s", in, got, want)
		}
	}
}

func TestFindHidesSecrets(t *testing.T) {
	isSecret := func(key string) bool { return key == "password" }
	for in, want := range map[string]string{
		"user: a\npassword:harbour\nb: c\n": "2:1: a space is missing behind the colon; write password: and its value",
		"- user: a\n-password: harbour\n":   "2:1: a space is missing behind the dash; write - password: and its value",
	} {
		if _, got := find(in, isSecret); got != want {
			t.Errorf("%q: got  %s\n      want %s", in, got, want)
		}
	}
}

func TestFindOfOtherErrors(t *testing.T) {
	if s, ok := yamlslip.Find([]string{"a: b"}, errors.New("no such file"), nil); ok {
		t.Errorf("%+v is said of an error that is not the parser's", s)
	}
}

func FuzzFind(f *testing.F) {
	for _, in := range []string{"a: [x\n", "a: \"x\n  y: 'z\n", "\t- a\n-b: }\n", "a: \"\\q\"\n", "\u00a0a: {b: [c}\n", "a: @b\n", "a\n b: c\n", "\r\"", "0\r0 #0\n]0"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		defer func() {
			if r := recover(); r != nil && !strings.Contains(fmt.Sprint(parsed(in)), "panic") {
				t.Fatalf("%q: %v", in, r)
			}
		}()
		s, said := find(in, nil)
		if said != "" && (s.Text == "" || s.Fix == "" || s.Line < 1 || s.Line > strings.Count(in, "\n")+1) {
			t.Errorf("%q: %+v", in, s)
		}
	})
}

// parsed is the parser's own answer, or its panic.
func parsed(text string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	_, err = parser.ParseBytes([]byte(text), 0)
	return err
}
