package fetch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"golang.org/x/net/idna"
)

// global is what of IPv6 is given to anybody on the Internet (RFC 4291 2.4, IANA's list of
// global unicast addresses).
var global = netip.MustParsePrefix("2000::/3")

// barred are the ranges of the special-purpose registries (RFC 6890 and the
// registries it founded) that netip's own predicates do not name.
var barred = prefixes(
	"0.0.0.0/8",        // this network, RFC 791
	"100.64.0.0/10",    // carriers' NAT, RFC 6598
	"192.0.0.0/24",     // protocol assignments, RFC 6890
	"192.0.2.0/24",     // documentation, RFC 5737
	"192.88.99.0/24",   // 6to4 relays, RFC 7526
	"168.63.129.16/32", // what Azure tells its machines of themselves; 169.254.169.254 elsewhere
	"198.18.0.0/15",    // benchmarks, RFC 2544
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"240.0.0.0/4",      // reserved, and the broadcast address
	"2001::/23",        // protocol assignments, Teredo among them
	"2001:db8::/32",    // documentation, RFC 3849
	"3fff::/20",        // documentation, RFC 9637
)

// Addresses that carry an IPv4 address: what counts is the one inside.
var (
	nat64   = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052
	sixToFo = netip.MustParsePrefix("2002::/16")    // RFC 3056

	isatap       = [4]byte{0x00, 0x00, 0x5e, 0xfe} // RFC 5214 6.1, in the interface's half
	isatapGlobal = [4]byte{0x02, 0x00, 0x5e, 0xfe}
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		list[i] = netip.MustParsePrefix(t)
	}
	return list
}

// public reports whether an address belongs to the public Internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		b := a.As16()
		switch {
		case nat64.Contains(a):
			return public(netip.AddrFrom4([4]byte(b[12:16])))
		case !global.Contains(a):
			return false
		case sixToFo.Contains(a):
			return public(netip.AddrFrom4([4]byte(b[2:6])))
		case [4]byte(b[8:12]) == isatap, [4]byte(b[8:12]) == isatapGlobal:
			return public(netip.AddrFrom4([4]byte(b[12:16])))
		}
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range barred {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// privateError says that the guard refused an address, which a host has or is.
type privateError struct {
	host string
	addr netip.Addr
}

// words say whose address it is: a redirect may have led to another host than that of
// the source.
func (e privateError) words() string {
	whose := fmt.Sprintf("the address %s is", e.addr)
	if at, err := netip.ParseAddr(e.host); err != nil || at.Unmap() != e.addr {
		whose = fmt.Sprintf("%s has the address %s, which is", e.host, e.addr)
	}
	return whose + " private or reserved; only a host that the configuration names with \"allow_private: true\" may have such a one"
}

func (e privateError) Error() string {
	return fmt.Sprintf("%s is not an address of the public Internet", e.addr)
}

// guardedDial dials public addresses, and any address of a host that the
// configuration names.
func guardedDial(d net.Dialer, allowed map[string]bool) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if allows(allowed, address) {
			return d.DialContext(ctx, network, address)
		}
		guarded := d
		guarded.ControlContext = guard(address)
		return guarded.DialContext(ctx, network, address)
	}
}

// guard refuses what is not public of the addresses that a host turns out to have.
func guard(asked string) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		// The address is an IP and a port here: the name is already resolved.
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dial %s: %w", address, err)
		}
		if !public(ap.Addr()) {
			host, _, _ := net.SplitHostPort(asked)
			return privateError{host, ap.Addr().Unmap()}
		}
		return nil
	}
}

// allowSet prepares the hosts of the configuration for allows.
func allowSet(hosts []string) map[string]bool {
	set := make(map[string]bool, len(hosts))
	for _, h := range hosts {
		set[canonicalHost(h)] = true
	}
	return set
}

// allows reports whether host:port is named, with its port or for all ports.
func allows(set map[string]bool, address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	return set[canonicalHost(address)] || set[canonicalHost(host)]
}

// canonicalHost makes "Bücher.Example.:80" and "[::1]" comparable.
func canonicalHost(h string) string {
	host, port, err := net.SplitHostPort(h)
	if err != nil {
		host, port = strings.Trim(h, "[]"), ""
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if name, err := idna.Lookup.ToASCII(host); err == nil && !ascii(host) {
		host = name
	}
	if port == "" {
		return host
	}
	return net.JoinHostPort(host, port)
}
