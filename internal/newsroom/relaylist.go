package newsroom

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// RelayLine is a relay in a list.
type RelayLine struct {
	Name        string    `json:"name"`
	Address     string    `json:"address"`
	TLS         string    `json:"tls"`
	Connections int       `json:"connections"`
	Window      int       `json:"window"`
	Weight      int       `json:"weight,omitempty"` // 0: it takes what it can
	Standby     bool      `json:"standby"`
	Limits      []string  `json:"limits,omitempty"` // in words: "100 a second", "gmail.com: 20 a second"
	InUse       bool      `json:"in_use"`
	Spare       string    `json:"spare,omitempty"`  // why it is not in use
	Chosen      bool      `json:"chosen,omitempty"` // by an operator, alone
	ChosenBy    string    `json:"chosen_by,omitempty"`
	ChosenAt    time.Time `json:"chosen_at,omitzero"`
}

// RelayLines lists the relays in the order of the configuration.
func (n *Newsroom) RelayLines(ctx context.Context) ([]RelayLine, error) {
	choice, err := n.RelayChoice(ctx)
	if err != nil {
		return nil, err
	}
	var lines []RelayLine
	for _, c := range n.Config.Relays {
		l := RelayLine{
			Name: c.Name, Address: c.Address, TLS: string(c.TLS), Connections: c.Connections, Window: c.Window,
			Weight: c.Weight, Standby: c.Standby, Limits: limitWords(c.Limits),
		}
		l.Spare = n.spare(c.Name, choice)
		l.InUse = l.Spare == ""
		if choice.Relay == c.Name {
			l.Chosen, l.ChosenBy, l.ChosenAt = true, choice.Who, choice.At
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// limitWords says what bounds a relay besides its connections.
func limitWords(l config.Limits) []string {
	var all []string
	add := func(domain string, l mailer.Limits) {
		before := ""
		if domain != "" {
			before = domain + ": "
		}
		for _, one := range []struct {
			n    int
			unit string
		}{{l.Connections, "connections"}, {l.Rate, "a second"}, {l.Hourly, "an hour"}} {
			if one.n > 0 {
				all = append(all, fmt.Sprintf("%s%s %s", before, figures.Of(one.n), one.unit))
			}
		}
	}
	add("", l.Limits)
	for _, domain := range slices.Sorted(maps.Keys(l.Domains)) {
		add(domain, l.Domains[domain])
	}
	return all
}
