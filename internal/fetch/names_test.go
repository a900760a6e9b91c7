package fetch

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"pgregory.net/rapid"
)

// names is a DNS server on loopback. answer gives the addresses of a name; ok false: no
// answer at all.
type names struct {
	conn   net.PacketConn
	asked  sync.Map // name to *atomic.Int32
	answer func(name string, times int) (addresses []string, ok bool)
	done   sync.WaitGroup
}

func serveNames(t *testing.T, answer func(name string, times int) ([]string, bool)) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{conn: conn, answer: answer}
	n.done.Go(n.serve)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(func() {
		stop() // a resolver goes on asking after its caller has given up
		conn.Close()
		n.done.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asking, err := new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
		if err == nil {
			context.AfterFunc(ctx, func() { asking.Close() })
		}
		return asking, err
	}}
}

func (n *names) serve() {
	buffer := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buffer[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		q := m.Questions[0]
		times := 0
		if q.Type == dnsmessage.TypeA {
			count, _ := n.asked.LoadOrStore(q.Name.String(), new(atomic.Int32))
			times = int(count.(*atomic.Int32).Add(1))
		}
		addresses, ok := n.answer(strings.TrimSuffix(q.Name.String(), "."), times)
		if !ok {
			continue
		}
		m.Response, m.Authoritative = true, true
		for _, text := range addresses {
			head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET}
			switch a := netip.MustParseAddr(text); {
			case a.Is4() && q.Type == dnsmessage.TypeA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: a.As4()}})
			case a.Is6() && q.Type == dnsmessage.TypeAAAA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
			}
		}
		if out, err := m.Pack(); err == nil {
			_, _ = n.conn.WriteTo(out, from)
		}
	}
}

// TestNamesThatLead inside: whatever a name is resolved to, the address that is dialled
// is the one that is checked.
func TestNamesThatLeadInside(t *testing.T) {
	for name, address := range map[string]string{
		"loopback.example": "127.0.0.1", "private.example": "10.1.2.3", "metadata.google.internal": "169.254.169.254",
		"mapped.example": "::ffff:10.0.0.1", "nat64.example": "64:ff9b::a00:1", "sixtofour.example": "2002:a00:1::1",
		"any.example": "0.0.0.0", "unique.example": "fd00:ec2::254", "azure.example": "168.63.129.16",
	} {
		c := New(Options{Timeout: 5 * time.Second, Resolver: serveNames(t, func(string, int) ([]string, bool) { return []string{address}, true })})
		_, err := c.Get(t.Context(), Request{URL: "http://" + name + "/"})
		wants(t, err, Barred, "private or reserved")
		c.Close()
	}
}

// TestRebinding: a name that was the public server's when it was first asked for, and
// is ours when it is asked for again, reaches nothing of ours: neither with the next
// request nor after a redirect to itself.
func TestRebinding(t *testing.T) {
	var reached atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	port := hostOf(inside.URL)[len("127.0.0.1:"):]
	var at string
	at, _ = serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://turns.example:"+port+"/", http.StatusFound)
	})
	// One of the two addresses is refused at each dial, so that both are tried.
	resolver := serveNames(t, func(_ string, times int) ([]string, bool) {
		if times%2 == 1 {
			return []string{"192.0.2.1"}, true
		}
		return []string{"127.0.0.1", "::1"}, true
	})
	c := New(Options{AllowHosts: []string{hostOf(at)}, Timeout: 5 * time.Second, Resolver: resolver})
	defer c.Close()
	for range 4 {
		for _, address := range []string{"http://turns.example:" + port, at} {
			_, err := c.Get(t.Context(), Request{URL: address})
			wants(t, err, Barred, "private or reserved")
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("reached %d times", n)
	}
	// The host that the configuration names may be anywhere.
	c = New(Options{AllowHosts: []string{"Bücher.Example"}, Resolver: serveNames(t, func(name string, _ int) ([]string, bool) {
		return []string{"127.0.0.1"}, name == "xn--bcher-kva.example"
	})})
	defer c.Close()
	if _, err := c.Get(t.Context(), Request{URL: "http://bücher.example:" + port}); err != nil || reached.Load() != 1 {
		t.Errorf("%v, reached %d times", err, reached.Load())
	}
}

// TestSilentNames: a name server that answers nothing costs its own host its time, and
// no other.
func TestSilentNames(t *testing.T) {
	at, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "good") })
	c := New(Options{
		AllowHosts: []string{"127.0.0.1", "good.example"}, Timeout: 700 * time.Millisecond,
		Resolver: serveNames(t, func(name string, _ int) ([]string, bool) { return []string{"127.0.0.1"}, name == "good.example" }),
	})
	defer c.Close()
	silent := make(chan error, 1)
	go func() {
		_, err := c.Get(context.Background(), Request{URL: "http://silent.example/"})
		silent <- err
	}()
	for range 20 {
		r, err := c.Get(t.Context(), Request{URL: "http://good.example:" + hostOf(at)[len("127.0.0.1:"):]})
		if err != nil || string(r.Body) != "good" {
			t.Errorf("%+v %v", r, err)
		}
	}
	wants(t, <-silent, Timeout, "could not be looked up in time")
}

// inside are IANA's special-purpose registries in IPv4, all that is not for anybody on
// the Internet, and what holds secrets of machines at a public address.
var inside = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32",
}

// insideSix are those of IPv6 within what is given to anybody; all beyond 2000::/3 is not.
var insideSix = []string{"2001::/23", "2001:db8::/32", "3fff::/20", "2002:7f00::/24", "2002:a00::/24", "2002:c0a8::/32"}

// TestRanges: of every range, any address is refused, in each way of writing it in IPv6;
// and what is in none is let through in each.
func TestRanges(t *testing.T) {
	ranges := prefixes(inside...)
	six := prefixes(insideSix...)
	rapid.Check(t, func(t *rapid.T) {
		a := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")))
		if rapid.Bool().Draw(t, "within") {
			a = within(t, rapid.SampledFrom(ranges).Draw(t, "range"), a)
		}
		want := !slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
		b := a.As4()
		for name, form := range map[string]string{
			"plain": a.String(), "mapped": fmt.Sprintf("::ffff:%s", a), "NAT64": fmt.Sprintf("64:ff9b::%s", a),
			"6to4":   fmt.Sprintf("2002:%02x%02x:%02x%02x::1", b[0], b[1], b[2], b[3]),
			"ISATAP": fmt.Sprintf("2606:4700::5efe:%s", a),
		} {
			if got := public(netip.MustParseAddr(form)); got != want {
				t.Fatalf("%s, %s: public %v, want %v", name, form, got, want)
			}
		}
		for _, form := range []string{fmt.Sprintf("::%s", a), fmt.Sprintf("64:ff9b:1::%s", a), fmt.Sprintf("2001:0:%02x%02x:%02x%02x::", b[0], b[1], b[2], b[3])} {
			if public(netip.MustParseAddr(form)) {
				t.Fatalf("%s is let through", form)
			}
		}
		wide := netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address of IPv6")))
		if public(wide) && (!global.Contains(wide) && !nat64.Contains(wide) && !wide.Is4In6()) {
			t.Fatalf("%s is let through", wide)
		}
		if w := within(t, rapid.SampledFrom(six).Draw(t, "range of IPv6"), wide); public(w) {
			t.Fatalf("%s is let through", w)
		}
	})
}

// within is an address of a range, with the last bits of another.
func within(t *rapid.T, p netip.Prefix, a netip.Addr) netip.Addr {
	bits, from := p.Addr().AsSlice(), a.AsSlice()
	for i := range bits {
		for j := range 8 {
			if i*8+j >= p.Bits() {
				bits[i] |= from[i] & (0x80 >> j)
			}
		}
	}
	w, ok := netip.AddrFromSlice(bits)
	if !ok || !p.Contains(w) {
		t.Fatalf("%s is not in %s", w, p)
	}
	return w
}
