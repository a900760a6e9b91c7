package newsroom

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// relayChoiceKey is where the store keeps the operator's choice.
const relayChoiceKey = "relays/use"

// RelayChoice is an operator's word that mail goes by one relay alone.
type RelayChoice struct {
	Relay string    `json:"relay"` // empty: the configuration decides
	Who   string    `json:"who,omitempty"`
	At    time.Time `json:"at,omitzero"`
	// Gone names a relay that was chosen and is not in the configuration any more: the
	// choice holds nothing back then.
	Gone string `json:"gone,omitempty"`
}

// RelayChoice is the choice that holds now.
func (n *Newsroom) RelayChoice(ctx context.Context) (RelayChoice, error) {
	var c RelayChoice
	found, err := n.recall(ctx, relayChoiceKey, &c)
	if err != nil {
		return RelayChoice{}, fmt.Errorf("the choice of the relay: %w", err)
	}
	if !found {
		return c, nil
	}
	c.At = c.At.In(n.zone())
	if c.Relay != "" && !n.hasRelay(c.Relay) {
		c.Relay, c.Gone = "", c.Relay
	}
	return c, nil
}

func (n *Newsroom) hasRelay(name string) bool {
	return slices.ContainsFunc(n.Config.Relays, func(r config.Relay) bool { return r.Name == name })
}

// UseRelay makes all mail go by one relay alone, whatever process sends it, from
// within 2 seconds on; or, with an empty name, as the configuration says. Limits and
// a warm-up of the relay hold on. Errors: there is no such relay.
func (n *Newsroom) UseRelay(ctx context.Context, name string) (RelayChoice, error) {
	if name != "" && !n.hasRelay(name) {
		return RelayChoice{}, n.noRelay(name)
	}
	c := RelayChoice{Relay: name, Who: n.Who, At: n.Clock().UTC().Truncate(time.Second)}
	if err := n.remember(ctx, relayChoiceKey, c); err != nil {
		return c, err
	}
	if name == "" {
		n.Log.Info("relays are used as configured again", "who", n.Who)
	} else {
		n.Log.Info("all mail goes by one relay", "relay", name, "who", n.Who)
	}
	return c, nil
}

// choiceEvery is how often a run looks whether the operator has chosen otherwise.
const choiceEvery = time.Second

// chosen keeps the operator's choice at hand while a run goes on.
type chosen struct {
	name atomic.Value // a relay's, or ""
	stop context.CancelFunc
	over sync.WaitGroup
}

// watchChoice begins. Where the store cannot tell later, the last word holds.
func (n *Newsroom) watchChoice(ctx context.Context) (*chosen, error) {
	first, err := n.RelayChoice(ctx)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	c := &chosen{stop: stop}
	c.name.Store(first.Relay)
	c.over.Go(func() {
		for range every(ctx, choiceEvery) {
			choice, err := n.RelayChoice(ctx)
			if err == nil && c.name.Swap(choice.Relay) != choice.Relay {
				n.Log.Info("an operator has chosen", "relay", cmp.Or(choice.Relay, "as configured"), "who", choice.Who)
			}
		}
	})
	return c, nil
}

// use is the relay to use alone; empty: as configured.
func (c *chosen) use() string { return c.name.Load().(string) }

func (c *chosen) close() {
	c.stop()
	c.over.Wait()
}

// relaysInUse are the relays that mail may go by now: all, or the operator's choice.
func (n *Newsroom) relaysInUse(ctx context.Context) ([]smtp.Relay, error) {
	all, err := n.relays()
	if err != nil {
		return nil, err
	}
	choice, err := n.RelayChoice(ctx)
	if err != nil || choice.Relay == "" {
		return all, err
	}
	return slices.DeleteFunc(all, func(r smtp.Relay) bool { return r.Name != choice.Relay }), nil
}
