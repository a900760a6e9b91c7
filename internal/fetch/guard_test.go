package fetch

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestGuard: loopback is refused, by number, by name, by any way of writing it, and
// after a redirect; the host that the configuration names is not.
func TestGuard(t *testing.T) {
	var reached atomic.Int32
	hidden := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer hidden.Close()
	port := hostOf(hidden.URL)[len("127.0.0.1:"):]
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, hidden.URL, http.StatusFound) })
	for _, host := range []string{"127.0.0.1", "localhost", "127.1.2.3", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"} {
		_, err := c.Get(context.Background(), Request{URL: "http://" + host + ":" + port})
		wants(t, err, Barred, "private or reserved")
	}
	_, err := c.Get(context.Background(), Request{URL: at})
	wants(t, err, Barred, `private or reserved; only a host that the configuration names with "allow_private: true" may have such a one`)
	at, c = serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://localhost:"+port, http.StatusMovedPermanently)
	})
	_, err = c.Get(context.Background(), Request{URL: at})
	wants(t, err, Barred, "localhost has the address ") // not the address that the configuration names
	if n := reached.Load(); n != 0 {
		t.Fatalf("the hidden server was reached %d times", n)
	}
	for _, allow := range []string{"127.0.0.1", hostOf(hidden.URL), "LOCALHOST"} {
		c := New(Options{AllowHosts: []string{allow}})
		target := hidden.URL
		if allow == "LOCALHOST" {
			target = "http://localhost:" + port
		}
		if _, err := c.Get(context.Background(), Request{URL: target}); err != nil {
			t.Errorf("%s: %v", allow, err)
		}
		c.Close()
	}
	other := New(Options{AllowHosts: []string{"127.0.0.1:1"}})
	defer other.Close()
	_, err = other.Get(context.Background(), Request{URL: hidden.URL})
	wants(t, err, Barred, "private or reserved")
}

func TestPublic(t *testing.T) {
	for _, good := range []string{"1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"} {
		if !public(netip.MustParseAddr(good)) {
			t.Errorf("%s is refused", good)
		}
	}
	for _, bad := range []string{
		"0.0.0.0", "10.0.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
		"100.127.255.255", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
		"::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
		"0.1.2.3", "192.0.0.192", "192.88.99.1", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "::ffff:169.254.169.254", "4000::1", "5f00::1", "3fff::1",
		"2606:4700::5efe:a00:1", "2606:4700::200:5efe:a00:1", "2001:0:a00:1::", "2002:a9fe:a9fe::1",
		"64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2001::1", "2001:db8::1", "100::1",
	} {
		if public(netip.MustParseAddr(bad)) {
			t.Errorf("%s is let through", bad)
		}
	}
}

func TestBadURLs(t *testing.T) {
	c := New(Options{})
	defer c.Close()
	for _, bad := range []string{"", "news", "/feed", "ftp://a.example/", "file:///etc/passwd", "http://", "https://:80/", "http://[::1", "javascript:x"} {
		_, err := c.Get(context.Background(), Request{URL: bad})
		wants(t, err, BadURL, "web address")
	}
	_, err := c.Get(context.Background(), Request{URL: "ftp://ed:secret@a.example/"})
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the password is in %q", err)
	}
}

// TestPlaces: two requests at a time to a host, and another host waits for none of
// them.
func TestPlaces(t *testing.T) {
	var now, most atomic.Int32
	arrived, release := make(chan struct{}, 6), make(chan struct{})
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		arrived <- struct{}{}
		<-release
		now.Add(-1)
	}, func(o *Options) { o.AllowHosts = []string{"127.0.0.1", "localhost"} })
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "free") }))
	defer other.Close()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := c.Get(context.Background(), Request{URL: at}); err != nil {
				t.Error(err)
			}
		})
	}
	<-arrived
	<-arrived
	if r, err := c.Get(context.Background(), Request{URL: other.URL}); err != nil || string(r.Body) != "free" {
		t.Errorf("another host: %+v %v", r, err)
	}
	close(release)
	wg.Wait()
	if most.Load() != perHost {
		t.Errorf("%d requests at a time", most.Load())
	}
	if len(c.hosts) != 0 {
		t.Errorf("%d hosts are remembered for nothing", len(c.hosts))
	}
}

// TestWaiting: what a request waited for a place is told apart from the rest of its time.
func TestWaiting(t *testing.T) {
	arrived, release := make(chan struct{}, 3), make(chan struct{})
	at, c := serve(t, func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	})
	get := func(ctx context.Context) {
		if _, err := c.Get(ctx, Request{URL: at}); err != nil {
			t.Error(err)
		}
	}
	var wg sync.WaitGroup
	for range perHost {
		wg.Go(func() { get(context.Background()) })
		<-arrived
	}
	ctx, waited := Waiting(context.Background())
	wg.Go(func() { get(ctx) })
	for waiting := false; !waiting; runtime.Gosched() {
		c.mu.Lock()
		waiting = c.hosts[hostOf(at)].users > perHost
		c.mu.Unlock()
	}
	if waited() != 0 {
		t.Errorf("%s are counted before there was a place", waited())
	}
	close(release)
	wg.Wait()
	if waited() == 0 {
		t.Error("the wait is not counted")
	}
}
