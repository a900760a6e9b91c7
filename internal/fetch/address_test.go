package fetch

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := parseURL(text, false)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestParseURL(t *testing.T) {
	for text, want := range map[string]string{
		"http://Example.ORG/A":                          "http://example.org/A",
		" https://a.example/ ":                          "https://a.example/",
		"http://bücher.example/":                        "http://xn--bcher-kva.example/",
		"http://BÜCHER.example:81/":                     "http://xn--bcher-kva.example:81/",
		"http://пример.испытание/":                      "http://xn--e1afmkfd.xn--80akhbyknj4f/",
		"http://１２７.０.０.１/":                             "http://127.0.0.1/", // full-width digits: the guard sees what is dialled
		"http://127.0.0.1:80/":                          "http://127.0.0.1:80/",
		"http://[::1]/":                                 "http://[::1]/",
		"http://[2001:DB8::1]:8080/":                    "http://[2001:db8::1]:8080/",
		"http://under_score.example":                    "http://under_score.example",
		"http://1.2.3.example/":                         "http://1.2.3.example/",
		"http://a.example/" + strings.Repeat("x", 8000): "http://a.example/" + strings.Repeat("x", 8000),
	} {
		if u, err := parseURL(text, false); err != nil || u.String() != want {
			t.Errorf("%s: %v %v", text, u, err)
		}
	}
	for text, words := range map[string]string{
		"http://2130706433/":                    "in disguise",
		"http://0x7f000001/":                    "in disguise",
		"http://0X7F.1/":                        "in disguise",
		"http://0177.0.0.1/":                    "in disguise",
		"http://127.1/":                         "in disguise",
		"http://127.0.0.01/":                    "in disguise",
		"http://127.0.0.0x1./":                  "in disguise",
		"http://999.1.1.1/":                     "in disguise",
		"http://1.2.3.4.5/":                     "in disguise",
		"http://a.example\\@127.0.0.1/":         "not a web address",
		"http://a\x00b.example/":                "not a web address",
		"http://a b.example/":                   "not a web address",
		"http://bü cher.example/":               "not a web address",
		"http://\u200b.example/":                "no name that can be looked up",
		"http://-ü.example/":                    "no name that can be looked up",
		"gopher://a.example/":                   "begins with http://",
		"http:a.example":                        "begins with http://",
		"http://" + strings.Repeat("a", maxURL): "longer than 8,192",
	} {
		_, err := parseURL(text, false)
		if err == nil || err.Kind != BadURL || !strings.Contains(err.Words, words) {
			t.Errorf("%q: %+v", text, err)
		}
	}
}

// TestShown: nothing of an address that may be a secret is shown.
func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.example/feed":                   "https://a.example/feed",
		"https://a.example/feed?key=secret":        "https://a.example/feed?…",
		"https://secret:secret@a.example/feed":     "https://a.example/feed",
		"https://secret@a.example/feed?x#secret":   "https://a.example/feed?…",
		"https://user:secret%zz@a.example/feed":    "the address",
		"//user:secret@a.example":                  "//a.example",
		"user:secret@a.example/feed":               "the address",
		"nonsense":                                 `"nonsense"`,
		"https://a.example/secret/feed.xml SECRET": "https://a.example/secret/feed.xml%20SECRET",
	} {
		if got := Shown(text, false); got != want {
			t.Errorf("%s: %s", text, got)
		}
		if got := Shown(text, true); strings.Contains(got, "secret") || strings.Contains(got, "feed") {
			t.Errorf("%s, a secret: %s", text, got)
		}
	}
	if got := Shown("https://a.example/secret", true); got != "https://a.example/…" {
		t.Error(got)
	}
}

// TestLogin: a login is told to its own origin, also after a redirect there, and to no
// other; no error, and no address that is given back, holds it.
func TestLogin(t *testing.T) {
	heard := map[string]string{}
	var other string
	other, _ = serve(t, func(w http.ResponseWriter, r *http.Request) {
		heard["other"+r.URL.Path] = r.Header.Get("Authorization")
	})
	at, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		heard[r.URL.Path] = r.Header.Get("Authorization")
		switch r.URL.Path {
		case "/near":
			http.Redirect(w, r, "/end", http.StatusMovedPermanently)
		case "/full":
			http.Redirect(w, r, "http://"+r.Host+"/end", http.StatusMovedPermanently)
		case "/far":
			http.Redirect(w, r, other+"/end", http.StatusMovedPermanently)
		case "/theirs":
			http.Redirect(w, r, strings.Replace(other, "http://", "http://eve:mallory@", 1)+"/theirs", http.StatusMovedPermanently)
		case "/none":
			http.NotFound(w, r)
		case "/nowhere":
			w.Header().Set("Location", "http://ed:s3cret@[::1")
			w.WriteHeader(http.StatusFound)
		}
	})
	c := New(Options{AllowHosts: []string{"127.0.0.1"}})
	defer c.Close()
	login := "Basic " + base64.StdEncoding.EncodeToString([]byte("ed:s3cret"))
	secret := strings.Replace(at, "http://", "http://ed:s3cret@", 1)
	for _, path := range []string{"/near", "/full", "/far", "/theirs", "/none", "/nowhere"} {
		r, err := c.Get(t.Context(), Request{URL: secret + path})
		told := fmt.Sprintf("%+v %v", r, err)
		var e *Error
		if errors.As(err, &e) {
			told += fmt.Sprintf(" %+v %v", *e, e.Err)
		}
		if strings.Contains(told, "s3cret") || strings.Contains(told, "mallory") {
			t.Errorf("%s tells the login: %s", path, told)
		}
		if heard[path] != login {
			t.Errorf("%s: the login was not told: %q", path, heard[path])
		}
	}
	if heard["/end"] != login || heard["other/end"] != "" || heard["other/theirs"] != "" {
		t.Errorf("%v", heard)
	}
}

// TestSecretAddress: of an address that is a secret itself, errors name the host alone.
func TestSecretAddress(t *testing.T) {
	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/s3cret/moved":
			http.Redirect(w, r, "ftp://a.example/s3cret", http.StatusFound)
		case "/s3cret/large":
			w.Write(make([]byte, 2<<20))
		default:
			http.NotFound(w, r)
		}
	}, func(o *Options) { o.MaxBytes = 1 << 20 })
	for _, path := range []string{"/s3cret/moved", "/s3cret/large", "/s3cret"} {
		_, err := c.Get(t.Context(), Request{URL: at + path, Secret: true})
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), hostOf(at)) {
			t.Errorf("%s: %v", path, err)
		}
	}
	c = New(Options{})
	defer c.Close()
	for _, address := range []string{at + "/s3cret", "http://2130706433/s3cret", "http://a.example:25/s3cret", "s3cret"} {
		if _, err := c.Get(t.Context(), Request{URL: address, Secret: true}); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestPorts(t *testing.T) {
	c := New(Options{AllowHosts: []string{"127.0.0.1:25"}})
	defer c.Close()
	for _, port := range []int{0, 22, 25, 110, 6000, 6667} {
		_, err := c.Get(t.Context(), Request{URL: fmt.Sprintf("http://192.0.2.1:%d/", port)})
		wants(t, err, Barred, "is not one that web servers use")
	}
	_, err := c.Get(t.Context(), Request{URL: "http://192.0.2.1:99999/"})
	wants(t, err, BadURL, "there is no port 99999")
	_, err = c.Get(t.Context(), Request{URL: "http://127.0.0.1:25/"}) // named: it is dialled
	wants(t, err, Unreachable, "refuses the connection")

	at, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://192.0.2.1:25/", http.StatusFound)
	})
	_, err = c.Get(t.Context(), Request{URL: at})
	wants(t, err, Barred, "port 25")
}
