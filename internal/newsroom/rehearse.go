package newsroom

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// Rehearsal says how the relays would do on the day.
type Rehearsal struct {
	Message  string           `json:"message"` // what was named to the relays: an edition, or "a letter" where there is none
	Bytes    int              `json:"bytes"`   // its size
	Relays   []RelayRehearsal `json:"relays"`
	Takeover *Takeover        `json:"takeover,omitempty"` // nil: only some relays were rehearsed
}

// RelayRehearsal is the rehearsal of one relay. Its steps end with the first that
// failed.
type RelayRehearsal struct {
	Relay   string      `json:"relay"`
	Address string      `json:"address"`
	OK      bool        `json:"ok"`
	Spare   string      `json:"spare,omitempty"` // why it carries nothing now; empty: it does
	Steps   []RelayStep `json:"steps"`
}

// RelayStep is one step, in words.
type RelayStep struct {
	Step string `json:"step"`
	OK   bool   `json:"ok"`
	Warn bool   `json:"warn,omitempty"` // works, but somebody should look
	Text string `json:"text"`
	Fix  string `json:"fix,omitempty"` // what to do
}

// Takeover says what happens where the relay in use refuses us.
type Takeover struct {
	Refusing string `json:"refusing"`
	Relay    string `json:"relay"` // that takes over; empty: none
	OK       bool   `json:"ok"`
	Text     string `json:"text"`
}

// Failed tells whether something fails that mail depends on now, or only a spare
// relay.
func (r Rehearsal) Failed() (now, spare bool) {
	for _, relay := range r.Relays {
		now = now || !relay.OK && relay.Spare == ""
		spare = spare || !relay.OK && relay.Spare != ""
	}
	return now, spare || r.Takeover != nil && !r.Takeover.OK
}

// rehearsing is a rehearsal under way.
type rehearsing struct {
	n      *Newsroom
	letter *config.Newsletter
	to     *subscribers.Address // who gets a letter by each relay; nil: nobody
	rcpt   string               // who is named as recipient
	msg    []byte               // what is named as message
}

// Rehearse goes through what a send would do at each relay named, or at all: name
// lookup, connection, TLS, EHLO, AUTH, and whether it would take the newest edition's
// message, from every newsletter's sender. With to it mails that address a letter by
// each relay, by itself. Then it rehearses the takeover. Errors are of the newsroom;
// what a relay does is in the result.
func (n *Newsroom) Rehearse(ctx context.Context, names []string, to string) (Rehearsal, error) {
	routes, err := n.chosenRelays(names)
	if err != nil {
		return Rehearsal{}, err
	}
	choice, err := n.RelayChoice(ctx)
	if err != nil {
		return Rehearsal{}, err
	}
	re, r, err := n.newRehearsal(ctx, to)
	if err != nil {
		return r, err
	}
	for i, relay := range routes {
		one := RelayRehearsal{Relay: relay.Name, Address: relay.Address, Spare: n.spare(relay.Name, choice)}
		one.Steps = re.relay(ctx, relay, i+1, len(routes))
		one.OK = !slices.ContainsFunc(one.Steps, func(s RelayStep) bool { return !s.OK })
		r.Relays = append(r.Relays, one)
	}
	if len(names) > 0 {
		return r, nil
	}
	r.Takeover = n.takeover(r.Relays, choice)
	if r.Takeover.OK && re.to != nil {
		err = re.takeOver(ctx, r.Takeover)
	}
	return r, err
}

// chosenRelays are the relays of these names; of no names: all.
func (n *Newsroom) chosenRelays(names []string) ([]smtp.Relay, error) {
	all, err := n.relays()
	if err != nil || len(names) == 0 {
		return all, err
	}
	var chosen []smtp.Relay
	for _, name := range names {
		i := slices.IndexFunc(all, func(r smtp.Relay) bool { return r.Name == name })
		if i < 0 {
			return nil, n.noRelay(name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func (n *Newsroom) noRelay(name string) error {
	var names []string
	for _, r := range n.Config.Relays {
		names = append(names, r.Name)
	}
	return fmt.Errorf("there is no relay %q: this newsroom has %s", name, strings.Join(names, ", "))
}

// newRehearsal makes what is named to the relays: the newest edition's message.
func (n *Newsroom) newRehearsal(ctx context.Context, to string) (*rehearsing, Rehearsal, error) {
	re := &rehearsing{n: n, letter: &n.Config.Newsletters[0]}
	r := Rehearsal{Message: "a letter"}
	if to != "" {
		address, err := subscribers.ParseAddress(to)
		if err != nil {
			return nil, r, fmt.Errorf("--to: %w", err)
		}
		re.to = &address
	}
	rows, err := n.Store.Editions(ctx, "", 20)
	if err != nil {
		return nil, r, err
	}
	for _, row := range rows {
		if row.Revision == 0 {
			continue
		}
		e, err := n.load(ctx, row)
		if err != nil {
			return nil, r, err
		}
		re.letter, r.Message = e.Letter, e.Ref()
		rendering, err := n.render(ctx, e.Letter, e.Revision, templates.Digest, true)
		if err != nil {
			return nil, r, err
		}
		if re.msg, err = n.messageTo(e.Letter, e.Revision, rendering, re.recipient(), "", sampleReader, 0, 0); err != nil {
			return nil, r, err
		}
		r.Bytes = len(re.msg)
		return re, r, nil
	}
	address, err := subscribers.ParseAddress(re.recipient())
	if err != nil {
		return nil, r, err
	}
	re.msg, err = re.testLetter(smtp.Relay{Name: "none"}, address)
	r.Bytes = len(re.msg)
	return re, r, err
}

// recipient is who a relay is asked about: the address of the test, or an editor, or
// the newsletter itself. Never a reader.
func (re *rehearsing) recipient() string {
	if re.rcpt != "" {
		return re.rcpt
	}
	switch {
	case re.to != nil:
		re.rcpt = re.to.Typed
	case len(re.letter.Editors) > 0:
		re.rcpt = re.letter.Editors[0].Address
	default:
		re.rcpt = re.letter.From.Address
	}
	return re.rcpt
}

// testLetter is a letter that says which relay it came by.
func (re *rehearsing) testLetter(relay smtp.Relay, to subscribers.Address) ([]byte, error) {
	n := re.n
	body := fmt.Sprintf("This mail was sent by the relay **%s**, at %s, to see that it works. It is no edition, and only you have got it.\n\n"+
		"If it lies in the spam folder, so may the edition: \"broadsheet check\" looks at what receivers look at.\n", relay.Name, relay.Address)
	r, err := n.renderLetter(re.letter, templates.Notice{Subject: "Test of the relay " + relay.Name, Body: body})
	if err != nil {
		return nil, fmt.Errorf("the test letter: %w", err)
	}
	return n.letter(re.letter, r, to, fmt.Sprintf("relaytest/%s/%d", relay.Name, n.Clock().UnixNano()))
}
