package mailer

import (
	"strings"
	"sync/atomic"
	"time"
)

// lane is what is loaded of the deliveries to one domain, oldest slice first.
type lane struct {
	domain  string
	runs    []strip
	aside   []apart
	pending int         // deliveries in both
	ring    int         // place in the dispatch's ring; -1: none
	limited atomic.Bool // something holds it back
	uses    []use       // by relay
	all     use         // over all relays: the newsletter's limits

	parkedTo time.Time // until when what is parked keeps the lane busy
}

// strip is a part of a slice.
type strip struct {
	*batch
	deliveries []Delivery
}

// apart is a delivery that not every relay may carry now.
type apart struct {
	*batch
	deliveries []Delivery  // one
	only       *outlet     // the relay that may have it already; nil: any
	again      []time.Time // by relay: when the gate may be asked again; nil: it was not asked
}

// use is how a lane is used over a relay.
type use struct {
	busy int  // connections that hold deliveries
	way  *way // nil: nothing holds the domain back there
}

// domain is that of an address, in lower case.
func domain(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// takeAll empties the lane, leaving out what is lost.
func (l *lane) takeAll() []strip {
	all := l.runs
	for _, a := range l.aside {
		all = append(all, strip{a.batch, a.deliveries})
	}
	l.runs, l.aside, l.pending = nil, nil, 0
	return all
}

// share is what a connection holds of a lane.
type share struct {
	lane *lane
	n    int
}

// holding is what a connection holds of each lane: a handful.
type holding []share

func (h holding) of(l *lane) int {
	for i := range h {
		if h[i].lane == l {
			return i
		}
	}
	return -1
}

// add changes what is held of a lane that is in the list.
func (h holding) add(l *lane, n int) {
	if i := h.of(l); i >= 0 {
		h[i].n += n
	}
}
