package web

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
)

const (
	mostAskers = 20000 // networks that are remembered
	anHour     = time.Hour
)

// Who does not do the work has a share of what is allowed: of a network's a third, of
// all a tenth, counted apart, so that nobody uses up what the others have.
const (
	networkShare = 3
	allShare     = 10
	slowerBy     = 2 * time.Minute // until their confirmation is sent
)

// limits are those of sign-ups.
type limits struct {
	networks       *limiter
	worked, others *limiter // of all together: those who have done the work, and those who have not
	network, all   int
}

func newLimits(c config.SignUp, clock func() time.Time) *limits {
	return &limits{networks: newLimiter(clock), worked: newLimiter(clock), others: newLimiter(clock), network: c.PerNetwork, all: c.InAll}
}

// allow counts a sign-up, and tells whether it is within the limits.
func (l *limits) allow(from netip.Prefix, worked bool) bool {
	if worked {
		return l.networks.allow(from, l.network) && l.worked.allow(netip.Prefix{}, l.all)
	}
	return l.networks.allow(from, max(1, l.network/networkShare)) && l.others.allow(netip.Prefix{}, max(1, l.all/allShare))
}

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

// allow counts one ask, and tells whether it is within what is allowed.
func (l *limiter) allow(network netip.Prefix, most int) bool {
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
	return a.count <= most
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
