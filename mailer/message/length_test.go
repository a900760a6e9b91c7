package message

import (
	"strings"
	"testing"
)

// TestEveryLength lets each value grow by one until every line has been at, below
// and above its limit, and holds the result to the slow way and to the promises.
func TestEveryLength(t *testing.T) {
	for _, unit := range []string{"x", "é", "漢", "🎉", "&", "=", ". ", "From ", `"`, "ab ", "Ж "} {
		for n := 1; n <= 100; n++ {
			long := strings.TrimSpace(strings.Repeat(unit, n))
			tmpl, r := sample(), anna
			tmpl.Subject = "S" + long
			tmpl.From.Name = long
			tmpl.ListID.Phrase = long
			tmpl.FeedbackID = strings.Repeat("f", n) + ":weekly:list:observer"
			tmpl.Headers = []Header{{"X-Note", long}}
			tmpl.Text += strings.Repeat("x", n) + strings.Repeat(unit, 30) + "\n"
			tmpl.HTML = "<p>" + strings.Repeat("x", n) + strings.Repeat(unit, 30) + marks.Of(FieldName) + "</p>" + tmpl.HTML
			if len(long) <= maxName {
				r.Name = long
			}
			r.MessageID = strings.Repeat("i", n)
			r.Unsubscribe = strings.Repeat("u", n)
			r.Address = strings.Repeat("a", min(n, maxLocal)) + "@" + strings.Repeat("d", (n+1)/2) + ".example"
			got := string(spliced(t, tmpl, r))
			if want := slow(tmpl, r); got != want {
				t.Fatalf("%d of %q: got\n%s\nwant\n%s", n, unit, got, want)
			}
			checkWire(t, got)
			if n%10 == 0 {
				checkRead(t, []byte(got), tmpl, r)
			}
		}
	}
}

// TestNoCharacterIsTorn: a line never ends within a character, so that even a
// reader that decodes line by line shows it.
func TestNoCharacterIsTorn(t *testing.T) {
	for n := range 80 {
		encoded := strings.Repeat("x", n) + strings.Repeat("=F0=9F=8E=89", 20)
		for line := range strings.SplitSeq(string(appendPiece(nil, encoded)), softBreak) {
			if rest := strings.TrimLeft(line, "x"); len(line) > qpLine || len(rest)%len("=F0=9F=8E=89") != 0 {
				t.Fatalf("after %d: a line %q", n, line)
			}
		}
	}
}
