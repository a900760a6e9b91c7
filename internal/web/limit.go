package web

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

const (
	asksAnHour = 30    // sign-ups that one network may ask for
	mostAskers = 20000 // networks that are remembered
	anHour     = time.Hour
)

// limiter counts how often each network asked within the hour. It forgets
// everything with the process, and keeps no network in clear, only a hash under a
// key that nobody knows.
type limiter struct {
	clock func() time.Time
	seed  maphash.Seed

	mu   sync.Mutex
	asks map[uint64]asker
}

type asker struct {
	since time.Time
	count int
}

func newLimiter(clock func() time.Time) *limiter {
	return &limiter{clock: clock, seed: maphash.MakeSeed(), asks: map[uint64]asker{}}
}

// allow counts one ask, and tells whether it is within the limit.
func (l *limiter) allow(network netip.Prefix) bool {
	now := l.clock()
	key := maphash.Comparable(l.seed, network)
	l.mu.Lock()
	defer l.mu.Unlock()
	a, known := l.asks[key]
	if !known {
		l.makeRoom(now)
	}
	if !known || now.Sub(a.since) >= anHour {
		a = asker{since: now}
	}
	a.count++
	l.asks[key] = a
	return a.count <= asksAnHour
}

// makeRoom forgets whoever's hour is over, and, if that is nobody, anyone.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.asks) < mostAskers {
		return
	}
	for key, a := range l.asks {
		if now.Sub(a.since) >= anHour {
			delete(l.asks, key)
		}
	}
	for key := range l.asks {
		if len(l.asks) < mostAskers {
			return
		}
		delete(l.asks, key)
	}
}

// loopback is this machine: the proxy that stands in front of us.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// networkOf is the network that a request comes from: the last address of
// X-Forwarded-For that is no proxy of ours, and only where a proxy of ours wrote
// it. A visitor's own network is a /24 of IPv4 or a /48 of IPv6, as providers hand
// them out. The zero prefix stands for what cannot be told.
func networkOf(r *http.Request, proxies []netip.Prefix) netip.Prefix {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	from := peer.Addr().Unmap()
	path := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(path) - 1; i >= 0 && among(proxies, from); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(path[i]))
		if err != nil {
			break
		}
		from = before.Unmap()
	}
	bits := 48
	if from.Is4() {
		bits = 24
	}
	network, err := from.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}

func among(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
