package newsroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
)

const (
	mirrorTurns  = 2                // looks in a row that it takes to believe that a mirror is gone, or back
	mirrorSteady = 10 * time.Minute // how long one must have worked before it takes over from one that works
	mirrorTime   = 15 * time.Second // for a look at all of them
)

// sight is what looks at a mirror have shown. One failed look is not believed, nor one
// good one after bad ones: readers are not sent to and fro.
type sight struct {
	Works   bool      `json:"works"`
	Since   time.Time `json:"since,omitzero"`
	Against int       `json:"against,omitempty"` // looks in a row that said otherwise
	Looked  time.Time `json:"looked,omitzero"`   // zero: never
	Problem string    `json:"problem,omitempty"` // of the last look
}

// next is the sight after another look; an empty problem says that it went well.
func (s sight) next(problem string, now time.Time) sight {
	works := problem == ""
	first := s.Looked.IsZero()
	s.Looked, s.Problem = now, problem
	switch {
	case first:
		s.Works, s.Since = works, now
	case works == s.Works:
		s.Against = 0
	default:
		if s.Against++; s.Against >= mirrorTurns {
			s.Works, s.Since, s.Against = works, now, 0
		}
	}
	return s
}

// seen is what is known of a site's mirrors.
type seen struct {
	Current string           `json:"current,omitempty"` // where readers are sent; empty: none works
	Sights  map[string]sight `json:"sights"`
}

// choose says where readers are sent from now on: where they are sent already, while
// that works; to one named before it as soon as that has worked for a while; else to
// the first that works. Empty where none does. What was never looked at may work.
func (s seen) choose(at []string, now time.Time) string {
	works := func(a string) bool { return s.Sights[a].Works || s.Sights[a].Looked.IsZero() }
	current := s.Current
	if !slices.Contains(at, current) || !works(current) {
		current = ""
	}
	for _, a := range at {
		if a == current || works(a) && (current == "" || now.Sub(s.Sights[a].Since) >= mirrorSteady) {
			return a
		}
	}
	return current
}

// mirrorChoice is an operator's word on a site's mirrors.
type mirrorChoice struct {
	Mirror string    `json:"mirror"` // empty: what works
	Who    string    `json:"who"`
	At     time.Time `json:"at"`
}

// mirrorSites are the sites of the configuration that have mirrors, each once.
func (n *Newsroom) mirrorSites() []*config.Mirrors {
	var all []*config.Mirrors
	for i := range n.Config.Newsletters {
		m := n.Config.Newsletters[i].Mirrors
		if m != nil && !slices.ContainsFunc(all, func(o *config.Mirrors) bool { return siteKey(o) == siteKey(m) }) {
			all = append(all, m)
		}
	}
	return all
}

// siteKey is what the store keeps a site's mirrors under: site and mirrors, since two
// newsletters may know different ones.
func siteKey(m *config.Mirrors) string {
	return m.Site.String() + " " + strings.Join(addresses(m), " ")
}

func addresses(m *config.Mirrors) []string {
	all := make([]string, len(m.At))
	for i, u := range m.At {
		all[i] = u.String()
	}
	return all
}

// mirror is where readers are sent now: an operator's choice, whatever we see of it
// from here, since readers may see otherwise; else what works. Empty: nothing does.
func (n *Newsroom) mirror(ctx context.Context, m *config.Mirrors) (string, error) {
	choice, known, err := n.mirrorsKnown(ctx, m)
	if err != nil {
		return "", err
	}
	return cmp.Or(choice.Mirror, known.choose(addresses(m), n.Clock())), nil
}

func (n *Newsroom) mirrorsKnown(ctx context.Context, m *config.Mirrors) (mirrorChoice, seen, error) {
	var choice mirrorChoice
	known := seen{Sights: map[string]sight{}}
	_, err := n.recall(ctx, "mirrors/use/"+m.Site.String(), &choice)
	if err == nil {
		_, err = n.recall(ctx, "mirrors/seen/"+siteKey(m), &known)
	}
	if !slices.Contains(addresses(m), choice.Mirror) {
		choice = mirrorChoice{} // it is not in the configuration any more
	}
	if err != nil {
		err = fmt.Errorf("the mirrors of %s: %w", m.Site.Host, err)
	}
	return choice, known, err
}

// CheckMirrors looks at every mirror, and keeps what it sees. Readers are sent by that
// from now on, also by a serve that runs.
func (n *Newsroom) CheckMirrors(ctx context.Context) error {
	for _, m := range n.mirrorSites() {
		_, known, err := n.mirrorsKnown(ctx, m)
		if err != nil {
			return err
		}
		problems := n.lookAt(ctx, m)
		if ctx.Err() != nil {
			return ctx.Err() // what was cut short says nothing
		}
		now, was := n.Clock().UTC().Truncate(time.Second), known.choose(addresses(m), n.Clock())
		sights := map[string]sight{}
		for i, a := range addresses(m) {
			sights[a] = known.Sights[a].next(problems[i], now)
		}
		known.Sights = sights
		known.Current = known.choose(addresses(m), now)
		if known.Current != was {
			n.Log.Warn("readers are sent to another mirror", "site", m.Site.Host, "from", cmp.Or(was, "none"), "to", cmp.Or(known.Current, "none: none works"))
		}
		if err := n.remember(ctx, "mirrors/seen/"+siteKey(m), known); err != nil {
			return err
		}
	}
	return nil
}

// lookAt asks each mirror for a page, and says what went wrong; empty: nothing.
func (n *Newsroom) lookAt(ctx context.Context, m *config.Mirrors) []string {
	ctx, stop := context.WithTimeout(ctx, mirrorTime)
	defer stop()
	problems := make([]string, len(m.At))
	var looking sync.WaitGroup
	for i, u := range m.At {
		looking.Go(func() {
			_, err := n.client.Get(ctx, fetch.Request{URL: u.String() + m.Check, Accept: "text/html, */*"})
			if failed := new(fetch.Error); errors.As(err, &failed) {
				problems[i] = failed.Words
			} else if err != nil {
				problems[i] = err.Error()
			}
		})
	}
	looking.Wait()
	return problems
}

// HasMirrors tells whether there is any mirror to look at.
func (n *Newsroom) HasMirrors() bool { return len(n.mirrorSites()) > 0 }
