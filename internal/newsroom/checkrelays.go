package newsroom

import (
	"context"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// relayCheckTime bounds the greeting of a relay in a check.
const relayCheckTime = 10 * time.Second

// checkRelays opens a session to each relay, up to AUTH, and closes it.
func (n *Newsroom) checkRelays(ctx context.Context) []Finding {
	relays, err := n.relays()
	if err != nil {
		return []Finding{{What: "relays", Text: Plain(err)}}
	}
	var findings []Finding
	for _, r := range relays {
		r.Timeouts = smtp.Timeouts{Connect: relayCheckTime, Greeting: relayCheckTime, Hello: relayCheckTime}
		f := Finding{What: "relay " + r.Name, OK: true, Text: r.Address + " answers"}
		session, outcome, err := smtp.Dial(ctx, r)
		if err != nil {
			f.OK, f.Text = false, strings.TrimPrefix(outcome.Stage+": "+said(outcome), "dial: ")+`. "broadsheet relays test" says at which step, and what to do`
		} else {
			_ = session.Close()
		}
		findings = append(findings, f)
	}
	return findings
}
