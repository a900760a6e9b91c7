package newsroom

import (
	"fmt"
)

// spare says why a relay carries nothing now; empty: it does.
func (n *Newsroom) spare(name string, choice RelayChoice) string {
	if choice.Relay != "" && choice.Relay != name {
		return "not in use: all mail goes by " + choice.Relay
	}
	return ""
}

// takeover tells which relay carries on where the first in use refuses us, of those
// that were just rehearsed.
func (n *Newsroom) takeover(relays []RelayRehearsal) *Takeover {
	var t Takeover
	var works, fails string
	for _, r := range relays {
		switch {
		case r.Spare == "" && t.Refusing == "":
			t.Refusing = r.Relay
		case r.OK && works == "":
			works = r.Relay
		case !r.OK && fails == "":
			fails = r.Relay
		}
	}
	switch {
	case works != "":
		t.Relay, t.OK = works, true
		t.Text = fmt.Sprintf("where %s refuses, %s takes over; it took the message just now", t.Refusing, works)
	case fails != "":
		t.Text = fmt.Sprintf("where %s refuses, nothing takes over: %s does not work (see above)", t.Refusing, fails)
	default:
		t.Text = fmt.Sprintf("where %s refuses, nothing takes over and every reader waits: add a second relay under relays:", t.Refusing)
	}
	return &t
}
