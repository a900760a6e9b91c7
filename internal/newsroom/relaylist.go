package newsroom

import (
	"context"
	"time"
)

// RelayLine is a relay in a list.
type RelayLine struct {
	Name        string    `json:"name"`
	Address     string    `json:"address"`
	TLS         string    `json:"tls"`
	Connections int       `json:"connections"`
	Window      int       `json:"window"`
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
		l := RelayLine{Name: c.Name, Address: c.Address, TLS: string(c.TLS), Connections: c.Connections, Window: c.Window}
		l.Spare = n.spare(c.Name, choice)
		l.InUse = l.Spare == ""
		if choice.Relay == c.Name {
			l.Chosen, l.ChosenBy, l.ChosenAt = true, choice.Who, choice.At
		}
		lines = append(lines, l)
	}
	return lines, nil
}
