package newsroom

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// certificateSoon is how long before its end a relay's certificate is worth a word.
const certificateSoon = 14 * 24 * time.Hour

// relay goes through the steps at one relay, and stops at the first that fails.
func (re *rehearsing) relay(ctx context.Context, relay smtp.Relay, place, of int) []RelayStep {
	relay.Timeouts = smtp.Timeouts{
		Connect: relayCheckTime, Greeting: relayCheckTime, Hello: relayCheckTime,
		Mail: relayCheckTime, Rcpt: relayCheckTime, Data: relayCheckTime, Dot: 6 * relayCheckTime,
	}
	steps := []RelayStep{lookUp(ctx, relay)}
	if !steps[0].OK {
		return steps
	}
	session, outcome, err := smtp.Dial(ctx, relay)
	if err != nil {
		return append(steps, dialFailure(relay, outcome)...)
	}
	defer func() { _ = session.Close() }()
	steps = append(steps, re.opened(relay, session.Offer())...)
	if !steps[len(steps)-1].OK {
		return steps
	}
	for _, step := range re.asked(session) {
		if steps = append(steps, step); !step.OK {
			return steps
		}
	}
	if re.to != nil {
		steps = append(steps, re.mailed(ctx, session, relay, place, of))
	}
	return steps
}

// lookUp asks for the addresses of the relay's name.
func lookUp(ctx context.Context, relay smtp.Relay) RelayStep {
	s := RelayStep{Step: "name", OK: true}
	host, _, _ := net.SplitHostPort(relay.Address)
	if _, err := netip.ParseAddr(host); err == nil {
		s.Text = host + " is an address: no name to look up"
		return s
	}
	ctx, stop := context.WithTimeout(ctx, relayCheckTime)
	defer stop()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		s.OK, s.Text, s.Fix = false, host+" is not in the DNS", "look at the spelling of address: in broadsheet.yaml"
	case err != nil:
		s.OK, s.Text, s.Fix = false, host+" could not be looked up: "+Plain(err), "look at this machine's network and its resolver, and try again"
	default:
		s.Text = fmt.Sprintf("%s is %s", host, strings.Join(addresses[:min(len(addresses), 3)], ", "))
	}
	return s
}

// dialFailure is the steps up to the one at which a session could not be opened.
func dialFailure(relay smtp.Relay, o smtp.Outcome) []RelayStep {
	order := []string{smtp.StageDial, smtp.StageGreeting, smtp.StageTLS, smtp.StageAuth}
	if relay.TLS == smtp.Implicit {
		order = []string{smtp.StageDial, smtp.StageTLS, smtp.StageGreeting, smtp.StageAuth}
	}
	var steps []RelayStep
	for _, stage := range order {
		if stage == o.Stage {
			break
		}
		steps = append(steps, RelayStep{Step: stepName(stage), OK: true, Text: "done"})
	}
	return append(steps, RelayStep{Step: stepName(o.Stage), Text: said(o), Fix: fixOf(o)})
}

func stepName(stage string) string {
	if stage == smtp.StageDial {
		return "connect"
	}
	return stage
}

// dialled is what Go puts before the reason why there is no connection.
var dialled = lazyregexp.New(`^dial tcp ([^ ]+): (?:connect: )?`)

// said is a relay's answer for people.
func said(o smtp.Outcome) string {
	if o.Code == 0 {
		return dialled.ReplaceAllString(o.Text, "$1: ")
	}
	return strings.Join(slices.DeleteFunc([]string{fmt.Sprint(o.Code), o.Enhanced, o.Text}, func(s string) bool { return s == "" }), " ")
}

// fixOf says what to do about a step that failed.
func fixOf(o smtp.Outcome) string {
	later := o.Code/100 == 4
	switch o.Stage {
	case smtp.StageDial:
		return "see that the relay runs, and that the port is right (587 or 465; 25 on this machine). Many hosts let nothing out on port 25: ask yours, or use 587"
	case smtp.StageGreeting:
		if later {
			return "the relay is busy, or does not like this machine today: try again in some minutes; if it stays so, ask its provider"
		}
		return "the relay does not answer to this machine: ask its provider whether the account is suspended, or this machine's address is listed"
	case smtp.StageTLS:
		return "the certificate has to be valid for the name in address:. Mend it at the relay; or, where it is your own, name its authority with ca:. On port 465 tls: is implicit, on others starttls"
	case smtp.StageAuth:
		if later {
			return "the relay cannot look at passwords now: try again in some minutes"
		}
		return "look at username: and password:, and with the provider whether the account is suspended or wants another kind of login (auth:)"
	case smtp.StageMail:
		switch {
		case o.Enhanced == "5.3.4" || o.Code == 552:
			return "the message is too large for this relay: fewer stories or smaller texts, or ask for a higher limit"
		case later:
			return "the relay takes nothing at the moment: try again in some minutes; if it stays so, ask its provider about limits"
		}
		return "the relay will not have this sender: allow the address or its domain at the provider, or set envelope:; or the account is suspended"
	}
	if later {
		return "the relay wants to be asked again later (maybe greylisting): try again in some minutes"
	}
	return "the relay does not pass mail on for us: give username: and password:, or have this machine's address allowed there; or it does not know this recipient: try --to with another"
}

// opened is the steps that went well when a session was opened, with what is to be
// minded in them.
func (re *rehearsing) opened(relay smtp.Relay, offer smtp.Offer) []RelayStep {
	steps := []RelayStep{{Step: "connect", OK: true, Text: relay.Address + " answers"}}
	secure := RelayStep{Step: "tls", OK: true, Text: offer.TLS}
	switch left := offer.Expires.Sub(re.n.Clock()); {
	case offer.TLS == "":
		host, _, _ := net.SplitHostPort(relay.Address)
		secure.Text = "in clear"
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			secure.Warn, secure.Fix = true, "whoever stands between reads the mail: use tls: starttls or implicit"
		}
	case left < certificateSoon:
		secure.Warn = true
		secure.Text += fmt.Sprintf("; the certificate ends in %d days", int(math.Floor(left.Hours()/24)))
		secure.Fix = "have it renewed: without one, no mail goes out by this relay"
	default:
		secure.Text += fmt.Sprintf("; the certificate is good for %d days", int(left.Hours()/24))
	}
	var has []string
	for _, e := range []struct {
		name string
		has  bool
	}{
		{"PIPELINING", offer.Pipelining},
		{"CHUNKING", offer.Chunking},
		{"8BITMIME", offer.EightBit},
		{"SMTPUTF8", offer.UTF8},
		{"ENHANCEDSTATUSCODES", offer.Enhanced},
		{"REQUIRETLS", offer.RequireTLS},
	} {
		if e.has {
			has = append(has, e.name)
		}
	}
	hello := RelayStep{Step: "greeting", OK: true, Text: "offers " + strings.Join(has, ", ")}
	if len(has) == 0 {
		hello.Text = "offers no extension that we use"
	}
	if !offer.Pipelining {
		hello.Warn, hello.Fix = true, "without PIPELINING a message costs four round trips; more connections: help"
	}
	login := RelayStep{Step: "auth", OK: true, Text: "no login is configured"}
	if relay.Username != "" {
		login.Text = "logged in"
	}
	if len(offer.Auth) > 0 {
		login.Text += "; it offers " + strings.Join(offer.Auth, ", ")
	}
	size := RelayStep{Step: "size", OK: true, Text: fmt.Sprintf("the message has %s bytes; the relay names no limit", figures.Of(len(re.msg)))}
	if offer.Size > 0 {
		size.Text = fmt.Sprintf("the message has %s bytes; the relay takes %s", figures.Of(len(re.msg)), figures.Of(offer.Size))
	}
	if offer.Size > 0 && len(re.msg) > offer.Size {
		size.OK, size.Fix = false, fixOf(smtp.Outcome{Stage: smtp.StageMail, Enhanced: "5.3.4"})
	}
	return append(steps, secure, hello, login, size)
}

// asked names the message to the relay, once from each newsletter's sender.
func (re *rehearsing) asked(session *smtp.Session) []RelayStep {
	var steps []RelayStep
	var seen []string
	for _, letter := range re.n.Config.Newsletters {
		if slices.Contains(seen, letter.Envelope) {
			continue
		}
		seen = append(seen, letter.Envelope)
		o := session.Ask(smtp.Envelope{From: letter.Envelope, To: re.recipient()}, re.msg)
		s := RelayStep{Step: "mail", OK: o.Class == smtp.OutcomeAccepted, Text: "takes mail from " + letter.Envelope + ", and its recipient (nothing was sent)"}
		if !s.OK {
			s.Step, s.Text, s.Fix = o.Stage, "from "+letter.Envelope+": "+said(o), fixOf(o)
			return append(steps, s)
		}
		steps = append(steps, s)
	}
	return steps
}

// mailed sends the letter by which a person sees that the relay works.
func (re *rehearsing) mailed(ctx context.Context, session *smtp.Session, relay smtp.Relay, place, of int) RelayStep {
	s := RelayStep{Step: "letter"}
	msg, err := re.testLetter(relay, *re.to)
	if err != nil {
		s.Text = Plain(err)
		return s
	}
	o := session.Send(ctx, smtp.Envelope{From: re.letter.Envelope, To: re.to.Typed}, msg)
	if o.Class != smtp.OutcomeAccepted {
		s.Text, s.Fix = said(o), fixOf(o)
		return s
	}
	s.OK, s.Text = true, fmt.Sprintf("test letter %d of %d is handed over", place, of)
	if o.RelayID != "" {
		s.Text += "; there it is " + o.RelayID
	}
	return s
}
