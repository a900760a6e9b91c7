package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// serve starts a server on loopback and a client that may reach it.
func serve(t *testing.T, h http.HandlerFunc, change ...func(*Options)) (string, *Client) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	o := Options{
		UserAgent: "Broadsheet/test (+https://news.example)", Timeout: 5 * time.Second,
		AllowHosts: []string{hostOf(s.URL)}, Clock: func() time.Time { return noon },
	}
	for _, f := range change {
		f(&o)
	}
	c := New(o)
	t.Cleanup(c.Close)
	return s.URL, c
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Host
}

// wants checks that an error is an *Error of a kind, and that its words hold some.
func wants(t *testing.T, err error, kind Kind, words string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if e.Kind != kind || !strings.Contains(e.Words, words) {
		t.Errorf("%s: %s; want %s: %s", e.Kind, e.Words, kind, words)
	}
	return e
}

func TestConditional(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"7"`)
		w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 09:00:00 GMT")
		if r.Header.Get("If-None-Match") == `W/"7"` && r.Header.Get("If-Modified-Since") == "Fri, 27 Nov 2026 09:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		io.WriteString(w, "<rss/>")
	})
	first, err := c.Get(context.Background(), Request{URL: at})
	if err != nil || first.Status != 200 || string(first.Body) != "<rss/>" || first.NotModified || first.FinalURL != at ||
		first.PermanentURL != "" || first.ContentType != "application/rss+xml; charset=utf-8" {
		t.Fatalf("%+v %v", first, err)
	}
	again, err := c.Get(context.Background(), Request{URL: at, Known: first.Known})
	if err != nil || !again.NotModified || len(again.Body) != 0 || again.Known != first.Known {
		t.Errorf("%+v %v", again, err)
	}
}

func TestLanguage(t *testing.T) {
	for header, want := range map[string]string{"de-AT": "de-AT", " fr ": "fr", "de, en": "", "": ""} {
		at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Language", header)
			io.WriteString(w, "<rss/>")
		})
		if r, err := c.Get(context.Background(), Request{URL: at}); err != nil || r.Language != want {
			t.Errorf("%q: %q %v", header, r.Language, err)
		}
	}
}

// TestHeaders holds what is told to a server: who asks, what for, and nothing else.
func TestHeaders(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	var got []http.Header
	var at string
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header)
		http.SetCookie(w, &http.Cookie{Name: "reader", Value: "1"})
		if r.URL.Path == "/" {
			http.Redirect(w, r, at+"/next", http.StatusFound)
		}
	})
	if _, err := c.Get(context.Background(), Request{URL: at + "/"}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	for _, h := range got {
		if h.Get("User-Agent") != "Broadsheet/test (+https://news.example)" || h.Get("Accept-Encoding") != "gzip, br" {
			t.Errorf("%v", h)
		}
		for _, barred := range []string{"Cookie", "Referer", "Authorization", "If-None-Match"} {
			if h.Get(barred) != "" {
				t.Errorf("%s: %s was sent", barred, h.Get(barred))
			}
		}
	}
}

func TestEncodings(t *testing.T) {
	text := strings.Repeat("<item>all the news</item>", 500)
	var zipped, brotlied bytes.Buffer
	for _, w := range []struct{ io.WriteCloser }{{gzip.NewWriter(&zipped)}, {brotli.NewWriter(&brotlied)}} {
		io.WriteString(w, text)
		w.Close()
	}
	for name, c := range map[string]struct {
		encoding string
		body     []byte
	}{
		"plain": {"", []byte(text)}, "identity": {"identity", []byte(text)}, "gzip": {"gzip", zipped.Bytes()},
		"x-gzip": {"X-GZIP", zipped.Bytes()}, "br": {"br", brotlied.Bytes()}, "gzip that is none": {"gzip", []byte(text)},
	} {
		at, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", c.encoding)
			w.Write(c.body)
		})
		if r, err := client.Get(context.Background(), Request{URL: at}); err != nil || string(r.Body) != text {
			t.Errorf("%s: %d bytes, %v", name, len(r.Body), err)
		}
	}
}

func TestTooLarge(t *testing.T) {
	const limit = 1 << 20
	zeros := make([]byte, 8*limit)
	for _, encoding := range []string{"", "gzip", "br"} {
		var body bytes.Buffer
		switch encoding {
		case "gzip":
			w := gzip.NewWriter(&body)
			w.Write(zeros)
			w.Close()
		case "br":
			w := brotli.NewWriterLevel(&body, 1)
			w.Write(zeros)
			w.Close()
		default:
			body.Write(zeros[:limit+1])
		}
		at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", encoding)
			w.Write(body.Bytes())
		}, func(o *Options) { o.MaxBytes = limit })
		_, err := c.Get(context.Background(), Request{URL: at})
		wants(t, err, TooLarge, "larger than 1 MB")
	}
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(zeros[:limit]) }, func(o *Options) { o.MaxBytes = limit })
	if r, err := c.Get(context.Background(), Request{URL: at}); err != nil || len(r.Body) != limit {
		t.Errorf("exactly the limit: %d bytes, %v", len(r.Body), err)
	}
}

func TestRedirects(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var status, left int
		switch n, _ := fmt.Sscanf(r.URL.Path, "/%d/%d", &status, &left); {
		case r.URL.Path == "/moved-then-found":
			http.Redirect(w, r, "/302/1", http.StatusMovedPermanently)
		case r.URL.Path == "/found-then-moved":
			http.Redirect(w, r, "/301/1", http.StatusFound)
		case r.URL.Path == "/nowhere":
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case n == 2 && left > 0:
			http.Redirect(w, r, fmt.Sprintf("/%d/%d", status, left-1), status)
		default:
			io.WriteString(w, "there")
		}
	})
	for _, good := range []struct{ path, final, permanent string }{
		{"/302/1", "/302/0", ""},
		{"/303/5", "/303/0", ""},
		{"/301/1", "/301/0", "/301/0"},
		{"/308/5", "/308/0", "/308/0"},
		{"/moved-then-found", "/302/0", "/302/1"},
		{"/found-then-moved", "/301/0", ""},
	} {
		permanent := good.permanent
		if permanent != "" {
			permanent = at + permanent
		}
		r, err := c.Get(context.Background(), Request{URL: at + good.path})
		if err != nil || string(r.Body) != "there" || r.FinalURL != at+good.final || r.PermanentURL != permanent {
			t.Errorf("%s: %+v %v", good.path, r, err)
		}
	}
	for path, words := range map[string]string{
		"/302/6": "more than 5 times", "/nowhere": "not to an address", "/file": "begins with http",
	} {
		_, err := c.Get(context.Background(), Request{URL: at + path})
		wants(t, err, Redirects, words)
	}
}

func TestStatuses(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.Header().Set("Retry-After", r.URL.Query().Get("after"))
		w.WriteHeader(status)
	})
	for path, want := range map[string]struct {
		words   string
		after   time.Duration
		lasting bool
	}{
		"/404":           {"404: no such page", 0, true},
		"/410":           {"410: the page has been removed for good", 0, true},
		"/403":           {"403: ", 0, true},
		"/418":           {"418: the server refuses the request (I'm a teapot)", 0, false},
		"/500":           {"500: the server has a fault of its own", 0, false},
		"/599":           {"599: ", 0, false},
		"/429?after=120": {"429: the server asks us to come less often", 2 * time.Minute, false},
		"/503?after=Fri,+27+Nov+2026+13:00:00+GMT": {"503: ", time.Hour, false},
		"/503?after=Fri,+27+Nov+2026+11:00:00+GMT": {"503: ", 0, false},
		"/503?after=soon":                          {"503: ", 0, false},
		"/503?after=-5":                            {"503: ", 0, false},
	} {
		r, err := c.Get(context.Background(), Request{URL: at + path})
		e := wants(t, err, Status, want.words)
		if e.RetryAfter != want.after || r.RetryAfter != want.after || e.Lasting() != want.lasting || r.Status != e.Status {
			t.Errorf("%s: %+v %+v", path, e, r)
		}
	}
}

// TestTimeouts: a server that accepts and never answers, and one that stops
// half-way. The waits are the client's own timeouts, made short.
func TestTimeouts(t *testing.T) {
	release := make(chan struct{})
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			io.WriteString(w, "<rss>")
			w.(http.Flusher).Flush()
		}
		<-release
	}, func(o *Options) { o.Timeout = 300 * time.Millisecond })
	defer close(release)
	_, err := c.Get(context.Background(), Request{URL: at + "/silent"})
	wants(t, err, Timeout, "the server did not answer within 0.3 s")
	_, err = c.Get(context.Background(), Request{URL: at + "/half"})
	wants(t, err, Timeout, "")
	c.pause = 50 * time.Millisecond
	_, err = c.Get(context.Background(), Request{URL: at + "/half"})
	wants(t, err, Timeout, "stopped in the middle of its answer for 0.05 s")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = c.Get(ctx, Request{URL: at})
	if wants(t, err, Stopped, "stopped before"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v hides its cause", err)
	}
}

// TestSilentTLS: a server that accepts and says nothing of TLS costs one step's time.
func TestSilentTLS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := New(Options{AllowHosts: []string{"127.0.0.1"}, Timeout: 300 * time.Millisecond})
	defer c.Close()
	_, err = c.Get(t.Context(), Request{URL: "https://" + l.Addr().String()})
	wants(t, err, Timeout, "the server did not finish the TLS handshake in time")
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	l.Close()
	c := New(Options{AllowHosts: []string{"127.0.0.1"}, Timeout: 5 * time.Second})
	defer c.Close()
	_, err = c.Get(context.Background(), Request{URL: "http://" + free})
	wants(t, err, Unreachable, "refuses the connection")

	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	_, err = c.Get(context.Background(), Request{URL: secure.URL})
	wants(t, err, Insecure, "signed by nobody we know")

	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	_, err = c.Get(context.Background(), Request{URL: strings.Replace(plain.URL, "http", "https", 1)})
	wants(t, err, Insecure, "does not speak TLS")
}

// TestBroken: answers that are none, or that break off.
func TestBroken(t *testing.T) {
	for answer, words := range map[string]string{
		"":                     "without an answer",
		"220 smtp.example\r\n": "that can be read",
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort":             "broke off",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08xx": "broke off",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				conn.Read(make([]byte, 4096))
				io.WriteString(conn, answer)
				conn.Close()
			}
		}()
		c := New(Options{AllowHosts: []string{"127.0.0.1"}, Timeout: 5 * time.Second})
		_, err = c.Get(context.Background(), Request{URL: "http://" + l.Addr().String()})
		wants(t, err, Broken, words)
		c.Close()
		l.Close()
		<-done
	}
}
