package newsroom

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// Standing is how a source is doing, in one word.
type Standing string

// The standings of a source.
const (
	SourceFine   Standing = "ok"
	SourceWarns  Standing = "warns"    // it is read, with warnings
	SourceQuiet  Standing = "quiet"    // it is read, and has had nothing new for long
	SourceFails  Standing = "fails"    // the last try failed
	SourceWaits  Standing = "waits"    // its server wants to be left alone
	SourceUnread Standing = "not read" // nobody has tried yet
)

// SourceLine says how a source is doing. Times are in its newsletter's zone.
type SourceLine struct {
	Newsletter   string    `json:"newsletter"`
	Source       string    `json:"source"`
	From         string    `json:"from"` // its address, file or folder; of a secret address, the host alone
	Standing     Standing  `json:"standing"`
	Error        string    `json:"error,omitempty"` // of the last try, in words
	Failures     int       `json:"failures,omitempty"`
	FailingSince time.Time `json:"failing_since,omitzero"`
	LastSuccess  time.Time `json:"last_success,omitzero"`
	LastTry      time.Time `json:"last_try,omitzero"`
	LastNew      time.Time `json:"last_new,omitzero"` // when there last was a story not known before
	NextTry      time.Time `json:"next_try,omitzero"` // by serve; none: with the next draft
	NotBefore    time.Time `json:"not_before,omitzero"`
	Away         string    `json:"away,omitempty"` // until when it is left alone, in words
	Stories      int       `json:"stories"`
	New          int       `json:"new"`
	Seconds      float64   `json:"seconds"`
	Bytes        int64     `json:"bytes"`
	Kind         string    `json:"kind,omitempty"`
	MovedTo      string    `json:"moved_to,omitempty"` // for good: the configuration should say so
	Gone         bool      `json:"gone,omitempty"`     // for good, as its server says
	Quiet        string    `json:"quiet,omitempty"`
	Warnings     []string  `json:"warnings,omitempty"`
}

// Sources says how the sources of a newsletter are doing, or of all where none is named.
func (n *Newsroom) Sources(ctx context.Context, newsletter string) ([]SourceLine, error) {
	if newsletter != "" {
		if _, err := n.Newsletter(newsletter); err != nil {
			return nil, err
		}
	}
	lines := []SourceLine{}
	for i := range n.Config.Newsletters {
		letter := &n.Config.Newsletters[i]
		if newsletter != "" && letter.Name != newsletter {
			continue
		}
		states, err := n.sourceStates(ctx, letter)
		if err != nil {
			return nil, err
		}
		for i, s := range letter.Sources {
			lines = append(lines, lineOf(letter, s, states[i], n.Clock()))
		}
	}
	return lines, nil
}

func lineOf(letter *config.Newsletter, s config.Source, st store.SourceState, now time.Time) SourceLine {
	zone := func(t time.Time) time.Time { return inZone(t, letter.Location) }
	l := SourceLine{
		Newsletter: letter.Name, Source: s.Name, From: shownFrom(s), Error: st.Error, Failures: st.Failures,
		FailingSince: zone(st.FailingSince), LastSuccess: zone(st.LastSuccess), LastTry: zone(st.LastTry), LastNew: zone(st.LastNew),
		Stories: st.Items, New: st.NewItems, Seconds: st.Latency.Seconds(), Bytes: st.Size, Kind: st.Kind,
		MovedTo: shownMove(st.RedirectedTo), Gone: strings.HasPrefix(st.Error, "410"), Quiet: quietWords(st, now, letter.Location), Warnings: st.Warnings,
	}
	if readBetween(letter, s) {
		l.NextTry = zone(st.NextTry)
	}
	if now.Before(st.NotBefore) {
		l.NotBefore, l.Away = zone(st.NotBefore), untilWords(st, now, letter.Location)
	}
	switch {
	case st.LastTry.IsZero():
		l.Standing = SourceUnread
	case !l.NotBefore.IsZero():
		l.Standing = SourceWaits
	case st.Error != "":
		l.Standing = SourceFails
	case l.Quiet != "":
		l.Standing = SourceQuiet
	case len(st.Warnings) > 0:
		l.Standing = SourceWarns
	default:
		l.Standing = SourceFine
	}
	return l
}

// inZone is an instant as people in a zone have it; none stays none.
func inZone(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}

// shownFrom is where a source is, as people may see it.
func shownFrom(s config.Source) string {
	switch {
	case s.Folder != "":
		return s.Folder
	case s.File != "":
		return s.File
	}
	return fetch.Shown(s.URL, s.Secret)
}

// findSource finds a source by its name, or NEWSLETTER/NAME where several newsletters
// have one of that name.
func (n *Newsroom) findSource(name string) (*config.Newsletter, config.Source, error) {
	var in []*config.Newsletter
	var found config.Source
	var known []string
	for i := range n.Config.Newsletters {
		letter := &n.Config.Newsletters[i]
		for _, s := range letter.Sources {
			known = append(known, s.Name)
			if strings.EqualFold(s.Name, name) || strings.EqualFold(letter.Name+"/"+s.Name, name) {
				in, found = append(in, letter), s
			}
		}
	}
	switch {
	case len(in) == 1:
		return in[0], found, nil
	case len(in) > 1:
		return nil, found, fmt.Errorf("several newsletters have a source %q: say %s/%s or %s/%s", name, in[0].Name, found.Name, in[1].Name, found.Name)
	}
	if like := config.Nearest(name, known); like != "" {
		return nil, found, fmt.Errorf("there is no source %q (did you mean %q?)", name, like)
	}
	return nil, found, fmt.Errorf("there is no source %q (\"broadsheet sources\" lists them)", name)
}

// Source says how one source is doing.
func (n *Newsroom) Source(ctx context.Context, name string) (SourceLine, error) {
	letter, source, err := n.findSource(name)
	if err != nil {
		return SourceLine{}, err
	}
	st, err := n.sourceState(ctx, letter, source)
	return lineOf(letter, source, st, n.Clock()), err
}

// SourceTroubles names the sources that were not read at the last try, or have had
// nothing new for long, in words.
func (n *Newsroom) SourceTroubles(ctx context.Context) ([]string, error) {
	lines, err := n.Sources(ctx, "")
	var troubles []string
	for _, l := range lines {
		switch l.Standing {
		case SourceWaits:
			troubles = append(troubles, fmt.Sprintf("source %s of %s: %s; %s", l.Source, l.Newsletter, l.Error, l.Away))
		case SourceFails:
			troubles = append(troubles, fmt.Sprintf("source %s of %s: %s", l.Source, l.Newsletter, l.Error))
		case SourceQuiet:
			troubles = append(troubles, fmt.Sprintf("source %s of %s: %s", l.Source, l.Newsletter, l.Quiet))
		}
	}
	return troubles, err
}
