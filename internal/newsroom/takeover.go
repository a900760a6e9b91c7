package newsroom

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

const onStandby = "on standby"

// spare says why a relay carries nothing now; empty: it does.
func (n *Newsroom) spare(name string, choice RelayChoice) string {
	i := slices.IndexFunc(n.Config.Relays, func(r config.Relay) bool { return r.Name == name })
	switch {
	case choice.Relay != "" && choice.Relay != name:
		return "not in use: all mail goes by " + choice.Relay
	case choice.Relay == "" && i >= 0 && n.Config.Relays[i].Standby:
		return onStandby
	}
	return ""
}

// takeover tells which relay carries on where the first in use refuses us, of those
// that were just rehearsed: another in use, or one on standby.
func (n *Newsroom) takeover(relays []RelayRehearsal, choice RelayChoice) *Takeover {
	var t Takeover
	var works, fails []string
	for _, spare := range []string{"", onStandby} {
		for _, r := range relays {
			switch {
			case r.Spare != spare:
			case spare == "" && t.Refusing == "":
				t.Refusing = r.Relay
			case r.OK:
				works = append(works, r.Relay)
			default:
				fails = append(fails, r.Relay)
			}
		}
	}
	switch {
	case choice.Relay != "":
		t.Text = fmt.Sprintf("all mail goes by %s, by an operator's order, so nothing takes over where it refuses: \"broadsheet relays use --all\" ends that", choice.Relay)
	case len(works) > 0:
		t.Relay, t.OK = works[0], true
		t.Text = fmt.Sprintf("where %s refuses, %s takes over; it would take the message", t.Refusing, t.Relay)
	case len(fails) > 0:
		t.Text = fmt.Sprintf("where %s refuses, nothing takes over: %s does not work (see above)", t.Refusing, fails[0])
	default:
		t.Text = fmt.Sprintf("where %s refuses, nothing takes over and every reader waits: add a second relay under relays:", t.Refusing)
	}
	return &t
}

// takeoverTime bounds the rehearsal of a takeover. One on standby is waited for, for
// an eighth of it.
const takeoverTime = 20 * time.Second

// takeOver rehearses the takeover with a real letter: the sender itself sends it, to a
// first relay that refuses us, and whatever relays come after it.
func (re *rehearsing) takeOver(ctx context.Context, t *Takeover) error {
	routes, err := re.n.routes()
	if err != nil {
		return err
	}
	refuser, err := openRefuser()
	if err != nil {
		return fmt.Errorf("rehearse the takeover: %w", err)
	}
	defer refuser.close()
	for i := range routes {
		routes[i].Limits, routes[i].DomainLimits = mailer.Limits{}, nil
		if routes[i].Name == t.Refusing {
			routes[i].Relay = smtp.Relay{Name: t.Refusing, Address: refuser.address(), TLS: smtp.NoTLS, Connections: 1, Window: 1}
		}
	}
	msg, err := re.testLetter(smtp.Relay{Name: "that takes over"}, *re.to)
	if err != nil {
		return err
	}
	one := &oneLetter{delivery: mailer.Delivery{Number: 1, Address: re.to.Typed}, message: msg}
	ctx, stop := context.WithTimeout(ctx, takeoverTime)
	defer stop()
	sender := mailer.Sender{
		Relays: routes, Ledger: one, Source: one, Composer: one, From: re.letter.Envelope,
		Clock: re.n.Clock, Log: re.n.Log, GiveUpDialing: takeoverTime, Wait: takeoverTime,
	}
	runErr := sender.Run(ctx)
	by := one.took()
	switch {
	case by == "" && runErr != nil:
		t.Relay, t.OK, t.Text = "", false, fmt.Sprintf("where %s refuses, nothing took the test letter: %v", t.Refusing, runErr)
	case by == "":
		t.Relay, t.OK, t.Text = "", false, fmt.Sprintf("where %s refuses, nothing took the test letter", t.Refusing)
	default:
		t.Relay, t.OK, t.Text = by, true, fmt.Sprintf("with %s refusing, the test letter went out by %s", t.Refusing, by)
	}
	return nil
}
