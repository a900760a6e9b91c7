package main

import (
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// standingWords say of a file what its name says of its readers.
var standingWords = map[subscribers.Standing]string{
	subscribers.Gone:    "these have left",
	subscribers.Bounced: "the mail of these came back",
	subscribers.Barred:  "these are never to be mailed",
	subscribers.Never:   "these never confirmed",
}

var commaWords = map[byte]string{',': "commas", ';': "semicolons", '\t': "tabs"}

// printLayout says how a list was understood.
func (a *App) printLayout(l subscribers.Layout) {
	what := "This"
	if l.File != "" {
		what = l.File
	}
	if l.Skipped != "" {
		fmt.Fprintf(a.Err, "%s: left alone: %s\n", what, l.Skipped)
		return
	}
	parts := []string{l.Format, l.Charset}
	if comma := commaWords[l.Comma]; comma != "" {
		parts = append(parts, comma)
	}
	if l.Packed == "gzip" {
		parts = append(parts, "in gzip")
	}
	if l.Program != "" {
		parts = append(parts, "as "+l.Program+" writes it")
	}
	if words := standingWords[l.Standing]; words != "" {
		parts = append(parts, words)
	}
	fmt.Fprintf(a.Err, "%s: %s\n", what, strings.Join(parts, ", "))
	if !l.Header {
		fmt.Fprintln(a.Err, "  one column, without a name: address")
		return
	}
	dropped, order := map[string][]string{}, []string{}
	for _, u := range l.Columns {
		if u.As != subscribers.ColumnDropped {
			fmt.Fprintf(a.Err, "  %s -> %s\n", u.Name, u.As)
			continue
		}
		if dropped[u.Why] == nil {
			order = append(order, u.Why)
		}
		dropped[u.Why] = append(dropped[u.Why], columnName(u.Name))
	}
	for _, why := range order {
		fmt.Fprintf(a.Err, "  dropped: %s: %s\n", strings.Join(dropped[why], ", "), why)
	}
}

func columnName(name string) string {
	if name == "" {
		return "(no name)"
	}
	return name
}

// printImport says what became of a list.
func (a *App) printImport(r newsroom.ImportReport, badFile string) {
	for i, b := range r.Bad {
		if i == badShown {
			say(a.Err, "... and %s more; --bad FILE writes them all", figures.Of(r.BadRows-badShown))
			break
		}
		say(a.Err, "%s", b.Error())
	}
	if badFile != "" && r.BadRows > 0 {
		say(a.Err, "%s holds the bad rows, with addresses in clear (mode 0600): mend and import it, then delete it.", badFile)
	}
	if r.UnknownFormat > 0 {
		say(a.Err, "%s: the format is none of digest, full, text and private; these readers get the newsletter's own.", figures.Counted(r.UnknownFormat, "row", "rows"))
	}
	if r.DryRun {
		say(a.Out, "%s read, %s bad; nothing stored (--dry-run). It would be:", figures.Counted(r.Rows, "row", "rows"), figures.Of(r.BadRows))
	}
	say(a.Out, "%s: %s added, %s subscribed already, %s had left, %s suppressed, %s twice in it, %s bad.", figures.Counted(r.Rows, "row", "rows"),
		figures.Of(r.Added), figures.Of(r.Existing), figures.Of(r.Left), figures.Of(r.Suppressed), figures.Of(r.Duplicates), figures.Of(r.BadRows))
	if r.LeftThere+r.BarredThere+r.Unconfirmed > 0 {
		say(a.Out, "Not subscribed there: %s had left, %s barred or came back, %s never confirmed.",
			figures.Of(r.LeftThere), figures.Of(r.BarredThere), figures.Of(r.Unconfirmed))
	}
	if r.Gone+r.Barred > 0 {
		say(a.Out, "Noted, so that no import brings them back: %s as having left, %s as never to be mailed.", figures.Of(r.Gone), figures.Of(r.Barred))
	}
	if r.Stayed > 0 {
		say(a.Out, "Of those not subscribed there, %s for the newsletter here, and %s it.",
			figures.Counted(r.Stayed, "reader asked", "readers asked"), one(r.Stayed, "keeps", "keep"))
	}
}
