package segment

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

var named = map[string]string{
	"diaspora": `language = "ru" and not language = "ru-RU"`,
	"new":      "joined > 30d ago",
	"either":   "@diaspora or segment(new)",
	"faulty":   "language = ",
	"self":     "paused or @ring",
	"ring":     "@self",
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`language = "ru" and joined < 2026-01-01 and not paused`, ""},
		{`LANGUAGE == RU aNd NOT Paused`, `language = "ru" and not paused`},
		{`language != 'pt-BR'`, `language != "pt-br"`},
		{`not language = de`, `language != "de"`},
		{`language <> de`, `language != "de"`},
		{`language in (de, "fr", uk)`, `language in ("de", "fr", "uk")`},
		{`language not in (de, fr)`, `language not in ("de", "fr")`},
		{`language in (de)`, `language = "de"`},
		{`basis = "a \"b\" \\ c" or basis = 'it\'s "x"'`, `basis = "a \"b\" \\ c" or basis = "it's \"x\""`},
		{`basis = ""`, ""},
		{`joined = 2026-02-28`, ""},
		{`joined != 2026-02-28`, ""},
		{`not not joined >= 2024-02-29`, ""},
		{`confirmed <= 30D AGO or confirmed > 8w ago`, `confirmed <= 30d ago or confirmed > 8w ago`},
		{`(a_ppeal_hidden)`, "!"},
		{`((appeal_hidden))`, "appeal_hidden"},
		{`paused and (path = form and (policy = v2))`, `paused and path = "form" and policy = "v2"`},
		{`(paused or path = form) and policy = v2`, `(paused or path = "form") and policy = "v2"`},
		{`(paused and path = form) or policy = v2`, `paused and path = "form" or policy = "v2"`},
		{`not (paused or path = form)`, `not (paused or path = "form")`},
		{`format in (text, full)`, `format in ("text", "full")`},
		{`sample 10%`, ""},
		{`sample 0.0500% of "spring"`, `sample 0.05% of "spring"`},
		{`@diaspora`, `language = "ru" and language != "ru-ru"`},
		{`segment(diaspora) and paused`, `language = "ru" and language != "ru-ru" and paused`},
		{`not segment("either")`, `not (language = "ru" and language != "ru-ru" or joined > 30d ago)`},
		{"language = ru\n\tand paused", `language = "ru" and paused`},
	} {
		e, err := Parse(c.text, named)
		if c.want == "!" {
			if err == nil {
				t.Errorf("%s: it is read", c.text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		want := c.want
		if want == "" {
			want = c.text
		}
		if got := Print(e); got != want {
			t.Errorf("%s is printed as\n%s, want\n%s", c.text, got, want)
		}
	}
}

// TestErrors: each mistake has its column, a caret beneath it, and what would be right.
func TestErrors(t *testing.T) {
	deep := strings.Repeat("(", MaxDepth+1) + "paused" + strings.Repeat(")", MaxDepth+1)
	terms := strings.Repeat("paused or ", MaxTerms) + "paused"
	var b strings.Builder
	for _, text := range []string{
		"", "  ", "langage = ru", "zebra = 1", `"ru" = language`, "language", "language ru", "language =", "language = and",
		"language < ru", "language = russian.", "language in ru", "language in (ru", "language in (ru ru)", "language in ()",
		"language in (ru, ru)", "language not ru", "language = ru paused", "language = ru && paused", "! paused", "not", "(paused",
		"paused)", "paused = true", "paused and", "and paused", "joined < yesterday", "joined < 2026-02-30", "joined < 2026-1-1",
		"joined < 30d", "joined < 30m ago", "joined = 30d ago", "joined < 40000d ago", "joined in (2026-01-01)", "joined",
		"path = imprt", "format = private", "format = html", "sample", "sample 10", "sample 0%", "sample 120%", "sample 5% of spring",
		`basis = "open`, "basis = “fair”", "@", "@nobody", "@diasporra", "diaspora and paused", "segment diaspora", "segment(new", "@faulty", "@ring",
		`language = "ru"; drop table subscriber`, "language = 'ru' -- x", "language = \x00", "language = \xff", deep, terms,
		"language in (" + strings.Repeat("x, ", 2) + "ru)", "basis = \"" + strings.Repeat("x", MaxLength) + `"`,
		`basis = "ada@canary.example"`, "email = ada@canary.example", `zone = "b" and (name = 'ada@canary.example')`, "paused and\nlangage = ru", strings.Repeat("paused and ", 20) + "nothing",
	} {
		e, err := Parse(text, named)
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%.80q is read as %v, error %v", text, e, err)
			continue
		}
		if wrong.Fix == "" {
			t.Errorf("%.80q: %v, and not what would be right", text, err)
		}
		fmt.Fprintf(&b, "%.60q\n%s\n\n", text, err)
	}
	trial.Golden(t, "testdata/errors.golden", b.String())
}

// TestLimits: what is just within them is read, and can be read again as printed.
func TestLimits(t *testing.T) {
	for name, text := range map[string]string{
		"depth":  strings.Repeat("not ", MaxDepth) + "paused",
		"terms":  strings.Repeat("paused or ", MaxTerms-1) + "paused",
		"list":   "basis in (" + list(MaxTerms) + ")",
		"length": `basis = "` + strings.Repeat("ж", MaxLength-10) + `"`,
	} {
		e, err := Parse(text, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := Parse(Print(e), nil)
		if err != nil || !reflect.DeepEqual(e, again) {
			t.Errorf("%s: printed, it is read as %v, %v", name, again, err)
		}
	}
	// A segment that names others ten times over is bounded, too.
	bomb := map[string]string{"s0": "paused"}
	for i := range 12 {
		bomb[fmt.Sprintf("s%d", i+1)] = strings.TrimSuffix(strings.Repeat(fmt.Sprintf("@s%d or ", i), 10), " or ")
	}
	if _, err := Parse("@s12", bomb); err == nil || !strings.Contains(err.Error(), "too many terms") {
		t.Errorf("a bomb: %v", err)
	}
	if _, err := Parse("basis in ("+list(MaxTerms+1)+")", nil); err == nil {
		t.Error("a list of more is read")
	}
}

func list(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("b%d", i))
	}
	return strings.Join(all, ", ")
}

// phrase draws the text of an expression, with more parentheses than it needs.
func phrase(t *rapid.T, depth int) string {
	pick := func(all ...string) string { return rapid.SampledFrom(all).Draw(t, "word") }
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0, 1:
			return phrase(t, depth-1) + pick(" and ", " or ", " AND ", "\nor ") + phrase(t, depth-1)
		case 2:
			return "(" + phrase(t, depth-1) + ")"
		case 3:
			if rapid.Bool().Draw(t, "enclosed") {
				return "NOT (" + phrase(t, depth-1) + ")"
			}
			return "not " + phrase(t, depth-1)
		}
	}
	term := pick("language = RU", "language not in (pt-BR, uk)", "format != text", "path in (form, 'import')", "joined <= 2026-03-29", "joined != 2024-02-29",
		"confirmed > 30d ago", "paused", "appeal_hidden", "sample 2.5%", `sample 50% of "x y"`, "@new", "segment(either)", "basis = ", "policy <> ")
	if strings.HasSuffix(term, "= ") || strings.HasSuffix(term, "<> ") {
		mark := pick(`"`, `'`)
		text := rapid.StringMatching(`[a-zж"'\\% ();-]{0,8}`).Draw(t, "text")
		term += mark + strings.NewReplacer(`\`, `\\`, mark, `\`+mark).Replace(text) + mark
	}
	return term
}

func TestPrintedIsRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := phrase(rt, 4)
		e, err := Parse(text, named)
		if err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		printedIsRead(rt, e)
	})
}

func printedIsRead(t interface{ Fatalf(string, ...any) }, e Expr) {
	again, err := Parse(Print(e), nil)
	if err != nil {
		t.Fatalf("%s: %v", Print(e), err)
	}
	if !reflect.DeepEqual(e, again) {
		t.Fatalf("%s is read as %s", Print(e), Print(again))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`language = "ru" and joined < 2026-01-01 and not paused`, `@either or sample 10% of "x"`, `basis in ("a", 'b\'')`, "not not (paused)", "joined != 30d ago", "“”", "(((", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text, named)
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Column < 1 || wrong.Width < 1 || wrong.Text == "" || len(err.Error()) > 2000 {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		printedIsRead(t, e)
	})
}

func TestMatches(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	m := Moment{Now: time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC), Zone: berlin, Language: "en", Format: "digest"}
	r := Reader{
		Language: "pt-BR", Format: Private, Joined: time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC), // 00:30 of the 29th
		PausedUntil: m.Now.Add(time.Second), Consents: []Consent{{Path: "import", Basis: "fair"}, {Path: "form", Policy: "v2"}},
	}
	plainReader := Reader{Joined: m.Now.Add(-48 * time.Hour), PausedUntil: m.Now}
	for text, want := range map[string][2]bool{
		"language = pt": {true, false}, "language = pt-br": {true, false},
		"language != en": {true, false}, "language = pt-brx": {false, false},
		"format = digest": {true, true}, "format in (text, full)": {false, false}, "format not in (text, full, digest)": {false, false},
		"joined = 2026-03-29": {true, false}, "joined < 2026-03-29": {false, false}, "joined <= 2026-03-29": {true, false},
		"joined > 2026-03-29": {false, true}, "joined >= 2026-03-29": {true, true}, "joined != 2026-03-29": {false, true},
		"joined < 48h ago": {true, false}, "joined <= 2d ago": {true, true}, "joined > 3d ago": {false, true},
		"confirmed < 2026-01-01": {false, false}, "confirmed > 2026-01-01": {false, false}, "confirmed != 2026-01-01": {true, true},
		"paused": {true, false}, "not appeal_hidden": {true, true}, "path = import and path = form": {true, false},
		"path != form": {false, true}, `basis = "fair"`: {true, false}, `policy in (v1, v2)`: {true, false}, "sample 100%": {false, false},
	} {
		e, err := Parse(text, nil)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := [2]bool{Matches(e, r, m), Matches(e, plainReader, m)}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
