package newsroom_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
	"github.com/broadsheet-news/broadsheet/templates"
)

// lints are the rules, with where, that lint names for an edition; warnings in brackets.
// A preview names the same, asking for no link.
func (r *room) lints(edition string, offline bool) []string {
	r.t.Helper()
	report, err := r.n.Lint(r.t.Context(), edition, newsroom.LintOptions{Offline: offline})
	if err != nil {
		r.t.Fatal(err)
	}
	if offline {
		beside, err := r.n.PreviewLint(r.t.Context(), edition, func([]newsroom.PreviewFile) error { return nil })
		if err != nil || !reflect.DeepEqual(beside, report) {
			r.t.Errorf("a preview says %+v, and lint %+v: %v", beside, report, err)
		}
	}
	var all []string
	for _, v := range report.Variants {
		for _, f := range v.Findings {
			line := f.Rule + " " + f.Where
			if f.Severity == lint.Warning {
				line = "(" + line + ")"
			}
			all = append(all, line)
		}
	}
	return all
}

// errorsOf leaves the warnings out.
func errorsOf(lines []string) string {
	var all []string
	for _, l := range lines {
		if !strings.HasPrefix(l, "(") {
			all = append(all, l)
		}
	}
	return strings.Join(all, "; ")
}

// linked edits an intro that links to a page of the paper.
func (r *room) linked(p *paper, page string) {
	r.t.Helper()
	r.edit(fridays, fmt.Sprintf("intro: 'Look at the [table of tides](%s/%s).'\n", p.URL, page))
}

// TestDeadLinkStops: a link whose page is gone holds an edition at its freeze; who lets
// it pass, lets pass that one alone.
func TestDeadLinkStops(t *testing.T) {
	p := openPaper(t)
	boxed(t, p.source("editors", "[desk@observer.example]"), func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		r.linked(p, "tides")
		if got := errorsOf(r.lints(fridays, false)); got != "" {
			t.Errorf("before the page is gone: %s", got)
		}
		r.approve(fridays)
		p.change(func() { p.gone["tides"] = 404 })
		if got := errorsOf(r.lints(fridays, false)); got != "link-dead link" {
			t.Errorf("with a dead link: %s", got)
		}
		if got := errorsOf(r.lints(fridays, true)); got != "" {
			t.Errorf("offline: %s", got)
		}
		r.clock.Set(friday)
		r.goes(nil)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Held})
		text := strings.Join(strings.Fields(r.hears("is held: its mail has errors")), " ")
		for _, want := range []string{"/tides: 404", "broadsheet lint " + fridays, "--force --reason"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		r.sink.forget()

		// Looked at again, it is held, and nobody is told twice.
		r.goes(nil)
		r.hears()
		a, err := r.n.AnnounceApproval(t.Context(), fridays)
		var faulty *newsroom.Faulty
		if err != nil || !errors.As(a.Faulty(), &faulty) || len(a.Lint) == 0 {
			t.Errorf("the approval shows %+v, %v", a.Lint, err)
		}
		if _, err := r.n.ApproveFor(t.Context(), fridays, "they move house"); err != nil {
			t.Fatal(err)
		}
		r.logged(fridays, "test", "forced", "past 1 errors of lint (link-dead): they move house")

		r.goes(once(readers...))
	})
}

// TestForceIsOfTheMoment: what is wrong later stops it all the same.
func TestForceIsOfTheMoment(t *testing.T) {
	p := openPaper(t)
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		r.edit(fridays, fmt.Sprintf("intro: 'The [tides](%s/tides) and the [winds](%s/winds).'\n", p.URL, p.URL))
		p.change(func() { p.gone["tides"] = 404 })
		if _, err := r.n.ApproveFor(t.Context(), fridays, "one is known"); err != nil {
			t.Fatal(err)
		}
		p.change(func() { p.gone["winds"] = 410 })
		_, err := r.n.Send(t.Context(), fridays, newsroom.SendOptions{})
		var faulty *newsroom.Faulty
		if !errors.As(err, &faulty) || strings.Contains(err.Error(), "/tides: ") || !strings.Contains(err.Error(), "/winds: 410") {
			t.Fatalf("send said: %v", err)
		}
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Held})
		r.approve(fridays) // offline: nobody has asked
		r.send(fridays, newsroom.SendOptions{Force: "both are known"})
		r.logged(fridays, "test", "forced", "past 2 errors of lint (link-dead): both are known")
		r.got(once(readers...))
	})
}

// TestStoryGone: a story's page that is gone is an error while nobody knows it, and a
// warning once somebody does; the look at the sources does not ask a second time.
func TestStoryGone(t *testing.T) {
	p := openPaper(t)
	onSQLite(t, p.source(), func(t *testing.T, r *room) {
		readers := r.readers(0, 2)
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		p.change(func() { p.gone["market"] = 404 })
		if got := errorsOf(r.lints(fridays, false)); !strings.HasPrefix(got, "link-dead story ") {
			t.Errorf("lint said %s", got)
		}
		if _, err := r.n.ApproveFor(t.Context(), fridays, "it comes back"); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(r.lints(fridays, false), "; "); !strings.Contains(got, "(link-known-dead story ") {
			t.Errorf("lint said %s", got)
		}
		r.send(fridays, newsroom.SendOptions{})
		r.got(once(readers...))
	})
}

// TestStaleSources: one that was not read costs a warning, all of them the edition.
func TestStaleSources(t *testing.T) {
	change := settings{"sources": "[{file: feed.xml, name: wire}, {file: other.xml, name: other}]"}
	onSQLite(t, change, func(t *testing.T, r *room) {
		r.write("other.xml", `<rss version="2.0"><channel><title>Other</title></channel></rss>`)
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		old := func(source string) {
			t.Helper()
			s, err := r.n.Store.SourceState(t.Context(), "weekly", source)
			if err != nil || s.LastSuccess.IsZero() {
				t.Fatalf("%+v, %v", s, err)
			}
			s.LastSuccess, s.Error = s.LastSuccess.Add(-3*24*time.Hour), "no such host"
			if err := r.n.Store.PutSourceState(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		says := func(want string) {
			t.Helper()
			got := strings.Join(r.lints(fridays, true), "; ")
			if strings.Contains(got, "stale") != (want != "") || !strings.Contains(got, want) {
				t.Errorf("lint said %s, want %s", got, want)
			}
		}
		says("")
		old("other")
		says("(source-stale source other)")
		old("wire")
		says("(source-stale source wire); (source-stale source other)")
		says("sources-stale sources")
		if _, err := r.n.Approve(t.Context(), fridays); err == nil || !strings.Contains(err.Error(), "sources-stale") {
			t.Errorf("approving said %v", err)
		}
	})
}

// TestPrivateTells: the mail of another variant holds links that a private one may not.
func TestPrivateTells(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		files, err := r.n.Preview(t.Context(), fridays)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name, ".eml") {
				continue
			}
			tells := false
			for _, found := range r.n.LintMail(&r.edition(fridays).Printed, "private", f.Bytes) {
				tells = tells || found.Rule == "private-tells" && found.Severity == lint.Error
			}
			if private := strings.Contains(f.Name, "private"); tells == private {
				t.Errorf("%s: it tells, says lint: %t", f.Name, tells)
			}
		}
	})
}

// TestRevisionRules: a subject that is the newsletter's name, and no postal address.
func TestRevisionRules(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		if _, err := r.n.Draft(t.Context(), "weekly", "2026-11-27", true); err != nil {
			t.Fatal(err)
		}
		title := r.edition(fridays).Letter.Title
		r.edit(fridays, "subject: '"+title+"'\n")
		got := strings.Join(r.lints(fridays, true), "; ")
		for _, want := range []string{"subject-placeholder subject", "(address-missing configuration)"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %s in %s", want, got)
			}
		}
	})
}

// TestLintOfTheFrozen: lint looks at the bytes that are stored, whatever changed since.
func TestLintOfTheFrozen(t *testing.T) {
	onSQLite(t, settings{"freeze_lead": "1h"}, func(t *testing.T, r *room) {
		r.readers(0, 1)
		r.ready()
		r.clock.Set(friday.Add(-30 * time.Minute))
		r.beat(r.n)
		r.inStates(map[string]digest.State{"2026-11-27T09:00": digest.Frozen})
		before := r.lints(fridays, true)
		if err := os.Mkdir(filepath.Join(r.dir, "templates"), 0o755); err != nil {
			t.Fatal(err)
		}
		r.write("templates/footer.html", footerOf(t)+"<h1>Again</h1>")
		r.again()
		if got := r.lints(fridays, true); strings.Join(got, ";") != strings.Join(before, ";") {
			t.Errorf("lint said %q, and before %q", got, before)
		}
		r.reopen(fridays)
		if got := errorsOf(r.lints(fridays, true)); !strings.Contains(got, "h1 HTML") {
			t.Errorf("of the next revision lint said %q", got)
		}
	})
}

// footerOf is the footer of the theme, to write more behind it.
func footerOf(t *testing.T) string {
	t.Helper()
	text, err := templates.Default().Partial("footer.html")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
