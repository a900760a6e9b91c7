package newsroom

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MirrorLine is a mirror, for those who look after them.
type MirrorLine struct {
	Site    string    `json:"site"`
	Mirror  string    `json:"mirror"`
	State   string    `json:"state"` // works, fails, unknown
	Since   time.Time `json:"since,omitzero"`
	Looked  time.Time `json:"looked,omitzero"`
	Problem string    `json:"problem,omitempty"` // of the last look
	InUse   bool      `json:"in_use"`            // readers are sent there
	Chosen  string    `json:"chosen,omitempty"`  // by whom; empty: because it works
}

// MirrorLines lists the mirrors of every site, and where readers are sent now.
func (n *Newsroom) MirrorLines(ctx context.Context) ([]MirrorLine, error) {
	var all []MirrorLine
	for _, m := range n.mirrorSites() {
		choice, known, err := n.mirrorsKnown(ctx, m)
		if err != nil {
			return nil, err
		}
		now := known.choose(addresses(m), n.Clock())
		for _, a := range addresses(m) {
			s := known.Sights[a]
			line := MirrorLine{
				Site: m.Site.String(), Mirror: a, State: "unknown", Since: s.Since, Looked: s.Looked, Problem: s.Problem,
				InUse: a == choice.Mirror || choice.Mirror == "" && a == now,
			}
			switch {
			case s.Looked.IsZero():
			case s.Works:
				line.State = "works"
			default:
				line.State = "fails"
			}
			if a == choice.Mirror {
				line.Chosen = choice.Who
			}
			all = append(all, line)
		}
	}
	return all, nil
}

// UseMirror sends readers to one mirror from now on, whatever is seen of it from here;
// or, with an empty address, to what works. Errors: there is no such mirror.
func (n *Newsroom) UseMirror(ctx context.Context, address string) error {
	address = strings.TrimRight(address, "/")
	var known []string
	for _, m := range n.mirrorSites() {
		known = append(known, addresses(m)...)
		if address != "" && !slices.Contains(addresses(m), address) {
			continue
		}
		choice := mirrorChoice{Mirror: address, Who: n.Who, At: n.Clock().UTC().Truncate(time.Second)}
		if err := n.remember(ctx, "mirrors/use/"+m.Site.String(), choice); err != nil {
			return err
		}
		n.Log.Info("an operator has chosen where readers are sent", "site", m.Site.Host, "mirror", address, "who", n.Who)
	}
	switch {
	case len(known) == 0:
		return errNoMirrors
	case address != "" && !slices.Contains(known, address):
		return fmt.Errorf("there is no mirror %q: there are %s", address, strings.Join(known, ", "))
	}
	return nil
}

var errNoMirrors = fmt.Errorf("there are no mirrors: name some under \"mirrors\" in %s", ConfigFile)
