package message

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSignedSpliceIsTheSlowWay holds the fast way of signing to the slow one: splice,
// then sign what came of it.
func TestSignedSpliceIsTheSlowWay(t *testing.T) {
	s := signer(t, testKey(t, "ed25519"))
	compilable := templates.Filter(func(tmpl Template) bool { // TestSpliceIsTheSlowWay holds what is not
		_, err := Compile(tmpl)
		return err == nil
	})
	rapid.Check(t, func(t *rapid.T) {
		tmpl, r := compilable.Draw(t, "template"), readers.Draw(t, "reader")
		if rapid.Bool().Draw(t, "white space at the end") {
			tmpl.Text += " " + marks.Of(FieldName) + rapid.StringMatching(`[ \t\n]{0,5}`).Draw(t, "end")
		}
		c, err := Compile(tmpl)
		if err != nil {
			t.Fatal(err)
		}
		msg, err := c.Splice(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Sign(nil, msg)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Splice([]byte("before"), c, r)
		if err != nil {
			t.Fatal(err)
		}
		if got = bytes.TrimPrefix(got, []byte("before")); !bytes.Equal(got, want) {
			t.Fatalf("fast:\n%s\nslow:\n%s", got, want)
		}
	})
}

func TestSignedSpliceRefuses(t *testing.T) {
	s := signer(t, testKey(t, "ed25519"))
	before := []byte("before")
	if got, err := s.Splice(before, new(Compiled), anna); err == nil || string(got) != "before" {
		t.Errorf("nothing compiled: %q, %v", got, err)
	}
	r := anna
	r.MessageID = "two\r\nlines"
	var wrong *ReaderError
	if got, err := s.Splice(before, compiled(t, sample()), r); !errors.As(err, &wrong) || string(got) != "before" {
		t.Errorf("a reader with a line break: %q, %v", got, err)
	}
}

func TestStretches(t *testing.T) {
	const head = "To:\r\n\r\n"
	for _, c := range []struct {
		what, body string // "|" is a slot
		want       string // stretches, each "relaxed/lines with slots"; empty: none
	}{
		{"no slot", "a  b \r\n\tc\r\n", "a b\r\n c\r\n/"},
		{"one", "a \r\nb | \r\nc \r\n\r\n", "a\r\n/b  \r\n c\r\n/"},
		{"two in a line, one at the next", "a|b|c\r\n|d\r\ne\r\n", "/abc\r\n /d\r\n e\r\n/"},
		{"the last line", "a\r\n|b\r\n", ""},
		{"before white space", "a\r\nb|\r\n \r\n", ""},
		{"nothing", "\r\n", ""},
	} {
		var fixed []byte
		slots := []slot{{at: 3}}
		for i, part := range strings.Split(head+c.body, "|") {
			if i > 0 {
				slots = append(slots, slot{at: len(fixed)})
			}
			fixed = append(fixed, part...)
		}
		var got []string
		for _, s := range stretches(fixed, slots) {
			got = append(got, string(s.relaxed)+"/"+string(fixed[s.from:s.to]))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
