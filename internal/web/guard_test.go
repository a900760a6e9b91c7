package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// TestLargeBodies: nothing past 16 kB is read, whether its length is told or not.
func TestLargeBodies(t *testing.T) {
	r := open(t, Options{})
	large := strings.Repeat("x", 16<<10)
	boundary := "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n" + large + "\r\n--b--\r\n"
	leave := newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada)
	for _, c := range []struct{ name, path, kind, body string }{
		{"sign-up", "/subscribe", formKind, "newsletter=weekly&email=a%40b.example&name=" + large},
		{"JSON", "/subscribe", "application/json", `{"email":"a@b.example","newsletters":["weekly"],"name":"` + large + `"}`},
		{"leaving", leave, formKind, "List-Unsubscribe=One-Click&x=" + large},
		{"multipart", leave, "multipart/form-data; boundary=b", boundary},
		{"preferences", newsroom.PathPreferences + "weekly/" + r.token(subscribers.Preferences, "weekly", ada), formKind, "x=" + large},
	} {
		before := r.fingerprint()
		for told, body := range map[string]io.Reader{"told": strings.NewReader(c.body), "not told": io.NopCloser(strings.NewReader(c.body))} {
			req := httptest.NewRequest("POST", c.path, body)
			req.Header.Set("Content-Type", c.kind)
			w := httptest.NewRecorder()
			r.pages.ServeHTTP(w, req)
			if w.Code != http.StatusRequestEntityTooLarge {
				t.Errorf("%s, length %s: %d", c.name, told, w.Code)
			}
			if inJSON := strings.HasPrefix(w.Body.String(), `{"status":"refused","problem":"size"}`); inJSON != (c.kind == "application/json") {
				t.Errorf("%s, length %s: answered as %s: %s", c.name, told, w.Header().Get("Content-Type"), w.Body)
			}
		}
		if r.fingerprint() != before {
			t.Errorf("%s: the store has changed", c.name)
		}
	}
	fits := "List-Unsubscribe=One-Click&x="
	want(t, r.form(leave, fits+large[len(fits):]), http.StatusOK)
	r.wantState("weekly", ada, store.Unsubscribed)
}

// TestFaults: a fault of ours is a page that says so, and a log line that tells
// nothing of the reader.
func TestFaults(t *testing.T) {
	r := open(t, Options{})
	path := newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada)
	must(t, r.Store.Close())
	for _, method := range []string{"GET", "POST"} {
		want(t, r.ask(method, path, formKind, ""), http.StatusInternalServerError, "Something went wrong here")
	}
	want(t, r.get(webRef), http.StatusInternalServerError, "Something went wrong here")
	if !strings.Contains(r.log.String(), `msg="page failed" route="POST /u/{newsletter}/{token}"`) {
		t.Errorf("the log: %s", r.log)
	}
}

func TestPanics(t *testing.T) {
	r := open(t, Options{})
	s := &site{n: r.Newsroom}
	h := s.guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("about " + ada) }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	want(t, w, http.StatusInternalServerError, "Something went wrong")
	if strings.Contains(w.Body.String(), ada) || !strings.Contains(r.log.String(), "msg=panic") {
		t.Errorf("%s; the log: %s", w.Body, r.log)
	}
	if w.Header().Get("Content-Security-Policy") == "" {
		t.Error("no headers")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{newsletter}", func(http.ResponseWriter, *http.Request) { panic("at once") })
	for newsletter, says := range map[string]string{"tides": "Что-то сломалось", "weekly": "Something went wrong here"} {
		w := httptest.NewRecorder()
		s.guard(mux).ServeHTTP(w, httptest.NewRequest("GET", "/"+newsletter, nil))
		want(t, w, http.StatusInternalServerError, says)
	}
}

// TestOwnPartialFails: a partial of the newsroom's that fails with what a page holds
// costs its look, and not the page; nor does the language go with it.
func TestOwnPartialFails(t *testing.T) {
	r := open(t, Options{})
	own := filepath.Join(r.dir, "templates")
	must(t, os.MkdirAll(own, 0o700))
	put(t, filepath.Join(own, "page-bottom.html"), []byte(`<p class="ours">{{index .Address 0}}</p></main></body></html>`))
	again, err := r.Reread()
	must(t, err)
	r.pages = Handler(again, Options{})
	want(t, r.get(newsroom.PathUnsubscribe+"weekly/"+r.token(subscribers.Unsubscribe, "weekly", ada)), http.StatusOK, "Unsubscribe", "<form ", "</html>")
	want(t, r.get("/subscribe?newsletter=tides"), http.StatusOK, "Подписаться", "<form ", "</html>")
	if !strings.Contains(r.log.String(), "page-bottom.html") {
		t.Errorf("the log: %s", r.log)
	}
}

// TestBelowAPath: a site may have a path, which the proxy strips or leaves.
func TestBelowAPath(t *testing.T) {
	r := open(t, Options{})
	r.Config.Site = &url.URL{Scheme: "https", Host: "harbour-observer.example", Path: "/letters"}
	r.pages = Handler(r.Newsroom, Options{})
	path := newsroom.PathUnsubscribe + "weekly/" + r.token(subscribers.Unsubscribe, "weekly", ada)
	for _, asked := range []string{path, "/letters" + path} {
		want(t, r.get(asked), http.StatusOK, `action="/letters`+path+`"`, `href="/letters/assets/`)
	}
	if got := r.get("/").Header().Get("Location"); got != "/letters/subscribe" {
		t.Errorf("/ leads to %q", got)
	}
	want(t, r.get("/lettersx"+path), http.StatusNotFound)
}

// ours is this machine, as the configuration has it where it says nothing.
var ours = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func TestNetworkOf(t *testing.T) {
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"a visitor", "198.51.100.7:1", "", "198.51.100.0/24"},
		{"a visitor who lies", "198.51.100.7:1", "203.0.113.1", "198.51.100.0/24"},
		{"through our proxy", "127.0.0.1:1", "198.51.100.7", "198.51.100.0/24"},
		{"through our proxy, lying", "127.0.0.1:1", "203.0.113.1, 198.51.100.7", "198.51.100.0/24"},
		{"through two of ours", "[::1]:1", "203.0.113.1, 198.51.100.7,10.1.2.3", "198.51.100.0/24"},
		{"IPv6", "[2001:db8:1:2::7]:1", "", "2001:db8:1::/48"},
		{"IPv4 in IPv6", "[::ffff:198.51.100.7]:1", "", "198.51.100.0/24"},
		{"the proxy says nothing", "127.0.0.1:1", "", "127.0.0.0/24"},
		{"the proxy says nonsense", "127.0.0.1:1", "unknown", "127.0.0.0/24"},
		{"a unix socket", "@", "", "invalid Prefix"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := networkOf(r, append([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, ours...)); got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestNobodyForgesANetwork: what a visitor who is no proxy of ours writes counts
// for nothing.
func TestNobodyForgesANetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = visitor
		r.Header["X-Forwarded-For"] = rapid.SliceOf(rapid.String()).Draw(t, "forwarded")
		if got := networkOf(r, ours).String(); got != "198.51.100.0/24" {
			t.Fatal(got)
		}
	})
}

func TestLimiter(t *testing.T) {
	now := friday
	l := newLimiter(func() time.Time { return now })
	network := netip.MustParsePrefix("198.51.100.0/24")
	const most = 30
	for i := range 2 * most {
		if got := l.allow(network, most); got != (i < most) {
			t.Fatalf("ask %d", i)
		}
	}
	now = now.Add(anHour)
	if !l.allow(network, most) {
		t.Error("an hour later it is still refused")
	}
	for i := range mostAskers + 10 {
		l.allow(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 32), most)
	}
	if len(l.asks) > mostAskers {
		t.Errorf("%d networks are remembered", len(l.asks))
	}
}

func TestMemo(t *testing.T) {
	m := newMemo[int](2)
	made := 0
	get := func(edition int64) int {
		v, err := m.get(revision{edition, 1}, func() (int, error) { made++; return int(edition), nil })
		must(t, err)
		return v
	}
	for range 2 {
		if got := get(1); got != 1 || made != 1 {
			t.Errorf("got %d, made %d times", got, made)
		}
	}
	get(2)
	get(3)
	if len(m.values) > 2 {
		t.Errorf("keeps %d", len(m.values))
	}
	if _, err := m.get(revision{4, 1}, func() (int, error) { return 0, errors.New("no") }); err == nil {
		t.Error("the error is gone")
	}
	if get(4) != 4 {
		t.Error("a failure was kept")
	}
}

// TestServeFinishes: an answer under way is finished, and then Serve returns.
func TestServeFinishes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	asked, goOn := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-goOn
		_, _ = io.WriteString(w, "finished")
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, newServer(h, slog.New(slog.DiscardHandler)), l) }()
	got := make(chan string, 1)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		resp, err := client.Get("http://" + l.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		got <- string(body)
	}()
	<-asked
	stop()
	for { // until it takes no more
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		_ = c.Close()
	}
	close(goOn)
	if text := <-got; text != "finished" {
		t.Errorf("got %q", text)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServe(t *testing.T) {
	r := open(t, Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, r.Newsroom, l) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + l.Addr().String() + "/subscribe")
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
	stop()
	must(t, <-ended)
	if err := Serve(t.Context(), r.Newsroom, l); err == nil {
		t.Error("serves a closed listener")
	}
}

// TestSlowClients: who takes too long to say what they want is hung up on, and nobody
// else waits for them.
func TestSlowClients(t *testing.T) {
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }), slog.New(slog.DiscardHandler))
	if server.ReadHeaderTimeout != headerTime || server.ReadTimeout != readTime || server.WriteTimeout != writeTime || server.IdleTimeout != idleTime {
		t.Errorf("the server waits for others than it should: %+v", server)
	}
	server.ReadHeaderTimeout, server.ReadTimeout = time.Second, 2*time.Second
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, server, l) }()
	slow := make([]net.Conn, 50)
	for i := range slow {
		slow[i], err = net.Dial("tcp", l.Addr().String())
		must(t, err)
		said := "POST /subscribe HTTP/1.1\r\nHost: x\r\nX-Slow: "
		if i%2 == 1 { // with its head, and half of its body
			said += "\r\nContent-Length: 9\r\n\r\nhalf"
		}
		_, err = io.WriteString(slow[i], said)
		must(t, err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + l.Addr().String())
	must(t, err)
	_ = r.Body.Close()
	begun := time.Now()
	for _, c := range slow {
		must(t, c.SetReadDeadline(begun.Add(time.Minute)))
		if _, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("a slow client is still there")
		}
		_ = c.Close()
	}
	stop()
	must(t, <-ended)
}

func TestQuiet(t *testing.T) {
	var out strings.Builder
	q := quiet{slog.New(slog.NewTextHandler(&out, nil))}
	for _, line := range []string{"http: TLS handshake error from 198.51.100.7:40123: EOF\n", "http: Accept error: accept tcp: too many open files; retrying in 5ms\n"} {
		_, err := q.Write([]byte(line))
		must(t, err)
	}
	if strings.Contains(out.String(), "198.51.100.7") || !strings.Contains(out.String(), "too many open files") {
		t.Error(out.String())
	}
}
