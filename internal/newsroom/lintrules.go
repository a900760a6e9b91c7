package newsroom

import (
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
	"github.com/broadsheet-news/broadsheet/mailer/message"
)

// The rules about what the bytes of a message do not tell.
var (
	storyTwice     = lint.Rule{Name: "story-twice", Severity: lint.Warning, About: "No story stands twice", Source: "practice", Do: "Drop one: \"broadsheet edit\"."}
	addressMissing = lint.Rule{Name: "address-missing", Severity: lint.Warning, About: "The newsletter has a postal address", Source: "CAN-SPAM 5(a)(5)", Do: "Set the newsletter's \"address\"."}
	sourceStale    = lint.Rule{Name: "source-stale", Severity: lint.Warning, About: "Each source was read within a day of the end of the edition's window", Source: "the newsroom's record of its sources", Do: "See what it says; then \"broadsheet draft\" reads it again."}
	sourcesStale   = lint.Rule{Name: "sources-stale", Severity: lint.Error, About: "Some source was: else the news are old", Source: "the newsroom's record of its sources", Do: "Mend the sources; then \"broadsheet draft\" reads them again."}
	linkDead       = lint.Rule{Name: "link-dead", Severity: lint.Error, About: "No link leads to a page that is not there: asked for when online", Source: "practice", Do: "Link elsewhere, or drop the story: \"broadsheet edit\"."}
	linkKnown      = lint.Rule{Name: "link-known-dead", Severity: lint.Warning, About: "Nor does that of a story whose page the editors know to be gone", Source: "practice", Do: "Drop the story: \"broadsheet edit\"."}
	privateTells   = lint.Rule{Name: "private-tells", Severity: lint.Error, About: "A mail for readers at risk holds one link of the reader's own: the one to leave", Source: "Broadsheet, the variant private", Do: "Take it out: a partial in the newsroom's templates/ may have put it in."}
)

// LintRules is the table of all rules: those on a message's bytes, then ours.
func LintRules() []lint.Rule {
	return append(lint.Rules(), storyTwice, addressMissing, sourceStale, sourcesStale, linkDead, linkKnown, privateTells)
}

// lintRevision looks at what an edition says.
func lintRevision(e *Printed) []lint.Finding {
	var found []lint.Finding
	if strings.EqualFold(strings.TrimSpace(e.Revision.Subject), e.Letter.Title) {
		found = append(found, lint.SubjectPlaceholder.At("subject", fmt.Sprintf("it is %q, the newsletter's name", e.Revision.Subject)))
	}
	for _, b := range e.Revision.Blocks {
		if len(b.Items) == 0 {
			found = append(found, lint.SectionEmpty.At("section "+b.Name, "it has no story"))
		}
	}
	seen := map[string]bool{}
	for _, item := range e.Revision.Items() {
		if seen[item.Story.ID] {
			found = append(found, storyTwice.At(item.Story.ID, fmt.Sprintf("%q stands twice", item.Story.Title)))
		}
		seen[item.Story.ID] = true
	}
	if strings.TrimSpace(e.Letter.Look.Footer.Address) == "" {
		found = append(found, addressMissing.At("configuration", "newsletter "+e.Newsletter+" has none"))
	}
	return found
}

// staleAge is how long before the end of the window the last good look at a source may
// lie.
const staleAge = 24 * time.Hour

// lintSources looks at how old what is known of an edition's sources was at the end of
// its window.
func lintSources(e *Printed, states []store.SourceState) []lint.Finding {
	known := map[string]store.SourceState{}
	for _, s := range states {
		known[s.Source] = s
	}
	var found []lint.Finding
	for _, source := range e.Letter.Sources {
		s := known[source.Name]
		if !s.LastSuccess.Before(e.Stored.Cutoff.Add(-staleAge)) {
			continue
		}
		what := "it has never been read from where " + ConfigFile + " has it now"
		if !s.LastSuccess.IsZero() {
			what = "it was last read " + s.LastSuccess.In(e.Letter.Location).Format(clock)
		}
		if s.Error != "" {
			what += ": " + s.Error
		}
		found = append(found, sourceStale.At("source "+source.Name, what))
	}
	if n := len(found); n > 0 && n == len(e.Letter.Sources) {
		found = append(found, sourcesStale.At("sources", fmt.Sprintf("none of %d was read within a day of the end of the window", n)))
	}
	return found
}

// lintPrivate looks for what tells one reader from another in a private mail.
func (n *Newsroom) lintPrivate(e *Printed, eml []byte) []lint.Finding {
	r := n.reader(e.Letter, "reader@example.org", sampleName(e.Letter), sampleReader, 0, 0)
	var found []lint.Finding
	for _, u := range lint.Links(eml) {
		switch {
		case strings.Contains(u, r.Preferences):
			found = append(found, privateTells.At("link", "it holds the "+message.FieldPreferences.String()+" token of the reader"))
		case strings.Contains(u, r.MessageID):
			found = append(found, privateTells.At("link", "it holds the "+message.FieldMessageID.String()+" of the reader"))
		}
	}
	return found
}
