package templates

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/trial"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

// nested makes a partial that goes through a list within itself n deep.
func nested(list string, n int, inside string) string {
	return strings.Repeat("{{range "+list+"}}", n) + inside + strings.Repeat("{{end}}", n)
}

// laughs defines n partials, each of which includes the next ten times.
func laughs(n int, inside string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{{define "l%d"}}%s{{end}}`, i, strings.Repeat(fmt.Sprintf(`{{template "l%d" .}}`, i+1), 10))
	}
	fmt.Fprintf(&b, `{{define "l%d"}}%s{{end}}{{template "l0" .}}`, n, inside)
	return b.String()
}

// TestHostilePartialsEnd loads partials that want time, memory or more than their
// data. Each is refused at once, with its place, and takes little.
func TestHostilePartialsEnd(t *testing.T) {
	doubled := `{{$x := "{title}{title}"}}{{range 60}}{{$x = $.One $x "{title}{title}"}}{{end}}{{$x}}`
	cases := map[string]struct{ file, text, want string }{
		"printf wide":              {"lead.html", `{{printf "%1000000000d" 1}}`, "templates/lead.html:1:3: a partial cannot call printf"},
		"printf in a condition":    {"lead.html", "\n{{if eq (printf \"%0999999999d\" 1) \"1\"}}{{end}}", "templates/lead.html:2:10: a partial cannot call printf"},
		"print":                    {"lead.html", `{{print .}}`, "a partial cannot call print"},
		"println":                  {"lead.html", `{{. | println}}`, "a partial cannot call println"},
		"html":                     {"lead.html", `{{.Title | html}}`, "a partial cannot call html"},
		"js":                       {"lead.html", `{{js .Title}}`, "a partial cannot call js"},
		"urlquery":                 {"lead.html", `{{urlquery .Title}}`, "a partial cannot call urlquery"},
		"call":                     {"lead.html", `{{call .Css}}`, "a partial cannot call call"},
		"slice":                    {"lead.html", `{{slice .Title 1}}`, "a partial cannot call slice"},
		"the meter":                {"lead.html", `{{step 0}}`, "a partial cannot call step"},
		"the escaper":              {"lead.html", `{{_html_template_nospaceescaper .Title}}`, "a partial cannot call _html_template_nospaceescaper"},
		"a function of its own":    {"lead.html", `{{exec "rm"}}`, "a partial cannot call exec"},
		"in a definition":          {"lead.html", `{{define "x"}}{{print 1}}{{end}}`, "templates/lead.html:1:17: a partial cannot call print"},
		"in an argument":           {"lead.html", `{{template "story.html" (print 1)}}`, "a partial cannot call print"},
		"in a range":               {"lead.html", `{{range (slice .Also 1)}}{{end}}`, "a partial cannot call slice"},
		"in an else":               {"lead.html", `{{with .Nothing}}{{else}}{{print 1}}{{end}}`, "a partial cannot call print"},
		"at the head of a chain":   {"lead.html", `{{(print .).Title}}`, "a partial cannot call print"},
		"in a declaration":         {"lead.html", `{{$x := print 1}}`, "a partial cannot call print"},
		"itself":                   {"lead.html", `{{template "lead.html" .}}`, "templates/lead.html:1:12: lead.html would include itself, and never end"},
		"itself by another":        {"story.html", "\n{{template \"single.html\" .}}", "would include itself, and never end"},
		"itself by a definition":   {"lead.html", `{{define "x"}}{{template "lead.html" .}}{{end}}{{template "x" .}}`, "would include itself"},
		"endless words":            {"lead.html", `{{range 9000000}}xxxxxxxxxxxxxxxxxxxxx{{end}}`, "templates/lead.html:1:9: the page grew past a million bytes"},
		"endless silence":          {"lead.html", `{{range 9000000000000}}{{end}}`, "templates/lead.html:1:9: the partial does not come to an end"},
		"silent work":              {"lead.html", "\n{{range $i := 9000000000}}{{if eq $i 1}}{{end}}{{end}}", "templates/lead.html:2:9: the partial does not come to an end"},
		"lists in lists":           {"wrapper.html", nested("$.Sections", 40, "x"), "is too much"},
		"lists in lists, silent":   {"wrapper.html", nested("$.Sections", 12, ""), ""},
		"numbers in numbers":       {"lead.html", nested("1000", 6, ""), "does not come to an end"},
		"a billion laughs":         {"lead.html", laughs(9, "ha"), "is too much with all that it includes"},
		"laughs in lists":          {"lead.html", laughs(3, nested("1000", 3, "")), "templates/lead.html:1"},
		"doubled text":             {"page-error.html", doubled, ""},
		"a long condition":         {"lead.html", strings.Repeat("{{if .Title}}", 4000) + strings.Repeat("{{end}}", 4000), "templates/lead.html: it is larger"},
		"a deep condition":         {"lead.html", strings.Repeat("{{if .URL}}", 3000) + strings.Repeat("{{end}}", 3000), ""},
		"parentheses":              {"lead.html", "{{" + strings.Repeat("(", 30000) + "1" + strings.Repeat(")", 30000) + "}}", "templates/lead.html:1"},
		"long words to a function": {"lead.html", `{{range 200000}}{{$x := $.W.Greet "` + strings.Repeat("a ", 30000) + `"}}{{end}}`, "does not come to an end"},
		"long selectors":           {"style.html", `{{range 200000}}{{$x := $.Dark "` + strings.Repeat("a ", 30000) + `"}}{{end}}`, "does not come to an end"},
		"a picture of no width":    {"picture.html", `{{with .Picture}}{{(.Fit 0).Width}}{{(.Fit -5).Height}}{{end}}`, ""},
		"a panic":                  {"brief.html", `{{.Picture.Fit 5}}`, "templates/brief.html:1:11:"},
		"a type that is not":       {"lead.html", `{{.Css 5}}`, "templates/lead.html:1"},
		"an unexported field":      {"lead.html", `{{.edition}}`, "templates/lead.html:1"},
		"an embedded one":          {"wrapper.html", `{{.styles}}`, "templates/wrapper.html:1"},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var err error
			grew := trial.Allocated(func() { _, err = loadOver(c.file, c.text) }) >> 20
			took := time.Since(start)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v\nwant %s", err, c.want)
			}
			if took > 4*time.Second { // one on an idle machine
				t.Errorf("it took %v", took)
			}
			if grew > 200 {
				t.Errorf("it allocated %d MiB", grew)
			}
			t.Logf("%v, %d MiB", took.Round(time.Millisecond), grew)
		})
	}
}

// TestWhatIsStoppedSaysSo: callers can tell a partial that was stopped, and the
// theme works on with other data.
func TestWhatIsStoppedSaysSo(t *testing.T) {
	theme, err := loadOver("intro.html", endless)
	if err != nil {
		t.Fatal(err)
	}
	en := languages["en"]
	rev := eight(en)
	for range 2 * mostIdle {
		rev.Subject = "Endless"
		if _, err := theme.Render(rev, Digest, lookOf(en), linksOf()); !errors.Is(err, errTooLong) {
			t.Fatalf("it was not stopped: %v", err)
		}
		rev.Subject = "Short"
		if r, err := theme.Render(rev, Digest, lookOf(en), linksOf()); err != nil || !strings.Contains(r.HTML, "fine") {
			t.Fatalf("the next one fails: %v", err)
		}
	}
}

// TestTheClockStopsIt: a partial whose steps cost more than we think is stopped by
// the clock, be it printing or not.
func TestTheClockStopsIt(t *testing.T) {
	for _, text := range []string{`{{range 100}}{{end}}`, `{{range 100}}x{{end}}`} {
		theme, err := loadOver("intro.html", text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := theme.press()
		if err != nil {
			t.Fatal(err)
		}
		end := p.meter.start()
		p.meter.late.Store(true) // as the timer does
		if err := p.set.ExecuteTemplate(p.meter, "intro.html", struct{}{}); !errors.Is(err, errTooLong) {
			t.Errorf("%s: %v", text, err)
		}
		end()
	}
}

// endless is a partial that does not come to an end under one subject.
const endless = `{{if eq .Subject "Endless"}}{{range 9000000}}{{end}}{{end}}fine`

// TestMeters: of two renderings at a time each has a meter of its own. While one of
// them is past its bound, the other is not.
func TestMeters(t *testing.T) {
	theme, err := loadOver("intro.html", endless)
	if err != nil {
		t.Fatal(err)
	}
	begin := func() *press {
		p, err := theme.press()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.meter.start())
		return p
	}
	type page struct{ Subject string }
	one, other := begin(), begin()
	if err := one.set.ExecuteTemplate(one.meter, "intro.html", page{"Endless"}); !errors.Is(err, errTooLong) {
		t.Fatalf("the endless one: %v", err)
	}
	if err := other.set.ExecuteTemplate(other.meter, "intro.html", page{"Short"}); err != nil || string(other.meter.page) != "fine" {
		t.Errorf("the other: %q, %v", other.meter.page, err)
	}
}

// TestRenderingsAtOnce: a theme has a meter for each rendering, so that of two at a
// time none is charged for the other.
func TestRenderingsAtOnce(t *testing.T) {
	theme, err := loadOver("intro.html", `{{if eq .Subject "Endless"}}{{range 9000000}}{{end}}{{end}}fine`)
	if err != nil {
		t.Fatal(err)
	}
	en := languages["en"]
	done := make(chan error)
	for i := range 16 {
		go func() {
			rev := eight(en)
			rev.Subject = []string{"Short", "Endless"}[i%2]
			_, err := theme.Render(rev, Digest, lookOf(en), linksOf())
			if stopped := errors.Is(err, errTooLong); stopped != (i%2 == 1) {
				done <- fmt.Errorf("%s: %v", rev.Subject, err)
				return
			}
			done <- nil
		}()
	}
	for range 16 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// FuzzPartials loads whatever text as a partial: it ends, without a panic, in a theme
// or a fault that has a place.
func FuzzPartials(f *testing.F) {
	for _, name := range Default().Partials() {
		text, err := Default().Partial(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("story.html", string(text))
	}
	f.Add("lead.html", `{{range $i, $x := .Also}}{{break}}{{else}}{{continue}}{{end}}`)
	f.Add("lead.html", `{{define "x"}}{{block "y" .}}{{end}}{{end}}{{template "x"}}`)
	f.Fuzz(func(t *testing.T, file, text string) {
		if !slices.Contains(Default().Partials(), file) {
			file = "story.html"
		}
		_, err := Load("", words.Builtin(), Folder{"templates", fstest.MapFS{file: {Data: []byte(text)}}})
		if err == nil {
			return
		}
		if fault := new(Fault); !errors.As(err, &fault) || fault.File() == "" || fault.Text == "" {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// TestReach is the list of every method that a partial can call. Whatever joins it
// must do nothing but answer, and make no text of a length that it is told: no file,
// no network, no time (whose Format does, of "1" again and again).
func TestReach(t *testing.T) {
	found := map[string]bool{}
	for typ := range reachable() {
		for _, m := range methodsOf(typ) {
			in := m.Type.String()
			if m.Func.IsValid() { // the first of what it takes is the thing itself
				_, in, _ = strings.Cut(strings.Replace(in, ")", ", )", 1), ", ")
			}
			found[m.Name+"("+strings.Replace(in, ", )", ")", 1)] = true
		}
		if kind := typ.Kind(); kind == reflect.Func || kind == reflect.Chan {
			t.Errorf("partials reach a %s", typ)
		}
		if pkg := typ.PkgPath(); pkg != "" && pkg != "html/template" && !strings.Contains(pkg, "broadsheet") {
			t.Errorf("partials reach a %s", typ)
		}
	}
	for name, p := range pagesOf() {
		if shown := seen(p, words.For("en")); !reachable()[reflect.TypeOf(shown)] {
			t.Errorf("the page %s is not among pageTypes", name)
		}
	}
	trial.Golden(t, "testdata/reach.txt", strings.Join(slices.Sorted(maps.Keys(found)), "\n")+"\n")
}
