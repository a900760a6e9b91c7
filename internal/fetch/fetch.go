package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Limits that no configuration changes.
const (
	maxRedirects  = 5
	perHost       = 2 // requests to one host at a time
	maxHeader     = 256 << 10
	connectWithin = 10 * time.Second
	pauseWithin   = 10 * time.Second // between two reads of the body
)

// Defaults of Options.
const (
	DefaultTimeout  = 20 * time.Second
	DefaultMaxBytes = 10 << 20
)

// Options of a Client.
type Options struct {
	UserAgent  string           // says who we are and where to complain
	Timeout    time.Duration    // for one Get in all, redirects and body included; 0: DefaultTimeout
	MaxBytes   int64            // most bytes of a body, unpacked; 0: DefaultMaxBytes
	AllowHosts []string         // "host" or "host:port" of the configuration, which may be private
	Clock      func() time.Time // for a Retry-After that is a date; nil: the system's
}

// Request names a page and what is known of it from last time.
type Request struct {
	URL          string
	Accept       string // media types wanted; empty: feeds first, then anything
	ETag         string // validator of the last answer, as it was given
	LastModified string // its date, as it was given
}

// Response is an answer. With NotModified the body is empty and the last one still
// stands.
type Response struct {
	Status       int
	Body         []byte // unpacked
	ContentType  string // the header, parameters included
	ETag         string
	LastModified string
	NotModified  bool
	FinalURL     string        // where the answer came from: the base of relative links
	PermanentURL string        // where the page has moved for good; empty: it has not
	RetryAfter   time.Duration // how long the server asks us to stay away; 0: it does not
}

// Client fetches. It is safe for concurrent use.
type Client struct {
	o     Options
	http  *http.Client
	pause time.Duration

	mu    sync.Mutex
	hosts map[string]*places
}

// New makes a client. Close frees its idle connections.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	step := min(connectWithin, o.Timeout)
	dialer := net.Dialer{Timeout: step, KeepAlive: 30 * time.Second}
	return &Client{
		o:     o,
		pause: min(pauseWithin, o.Timeout),
		hosts: map[string]*places{},
		http: &http.Client{
			Transport: &http.Transport{
				DialContext:            guardedDial(dialer, allowSet(o.AllowHosts)),
				ForceAttemptHTTP2:      true,
				TLSHandshakeTimeout:    step,
				ResponseHeaderTimeout:  o.Timeout,
				IdleConnTimeout:        30 * time.Second,
				MaxIdleConns:           20,
				MaxIdleConnsPerHost:    perHost,
				MaxResponseHeaderBytes: maxHeader,
				DisableCompression:     true, // br too is unpacked here, and the limit counts what comes out
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close frees idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Get fetches a page. A failure is always an *Error; with a status of 400 and above
// the Response is filled in as well, but for its body.
func (c *Client) Get(ctx context.Context, r Request) (Response, error) {
	u, err := parseURL(r.URL)
	if err != nil {
		return Response{}, err
	}
	asked := u.Redacted()
	permanent := ""
	forGood := true // every redirect so far was permanent
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	for range maxRedirects + 1 {
		resp, next, err := c.hop(ctx, u, r)
		resp.PermanentURL = permanent
		if err != nil || next == nil {
			return resp, err
		}
		forGood = forGood && (resp.Status == http.StatusMovedPermanently || resp.Status == http.StatusPermanentRedirect)
		if forGood {
			permanent = next.String()
		}
		if next.Host != u.Host {
			// An ETag came from the page at the end and names its bytes; a date
			// says nothing about the pages of another host.
			r.LastModified = ""
		}
		u = next
	}
	return Response{}, &Error{
		Kind: Redirects, URL: asked,
		Words: fmt.Sprintf("the server sends us on more than %d times", maxRedirects),
	}
}

// parseURL accepts absolute http and https addresses.
func parseURL(text string) (*url.URL, *Error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, &Error{Kind: BadURL, URL: fmt.Sprintf("%q", text), Words: "this is not a web address", Err: err}
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, &Error{
			Kind: BadURL, URL: u.Redacted(),
			Words: "a web address begins with http:// or https:// and names a host",
		}
	}
	return u, nil
}

// redirect gives where a 3xx sends us. The new request carries no credentials.
func redirect(from *url.URL, resp *http.Response) (*url.URL, *Error) {
	location := resp.Header.Get("Location")
	to, err := from.Parse(location)
	if location == "" || err != nil {
		return nil, &Error{
			Kind: Redirects, URL: from.Redacted(), Status: resp.StatusCode, Err: err,
			Words: "the server sends us on, but not to an address that can be read",
		}
	}
	if to.User != nil || to.Host != from.Host {
		to.User = nil
	}
	if to.Fragment == "" {
		to.Fragment = from.Fragment // RFC 9110 10.2.2
	}
	if _, bad := parseURL(to.String()); bad != nil {
		bad.Kind = Redirects
		return nil, bad
	}
	return to, nil
}
