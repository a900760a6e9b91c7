package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Limits that no configuration changes.
const (
	maxRedirects  = 5
	perHost       = 2 // requests to one host at a time
	maxHeader     = 256 << 10
	connectWithin = 10 * time.Second // name and connection; then TLS
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
	Resolver   *net.Resolver    // looks names up; nil: the system's
}

// Request names a page and what is known of it from last time.
type Request struct {
	URL    string
	Accept string     // media types wanted; empty: feeds first, then anything
	Known  Validators // of the last answer; sent only to the address that gave them
	Secret bool       // the address is a secret: errors name its host alone
}

// Response is an answer. With NotModified the body is empty and the last one still
// stands.
type Response struct {
	Status       int
	Body         []byte // unpacked
	ContentType  string // the header, parameters included
	Language     string // the header Content-Language, where it names one
	Known        Validators
	NotModified  bool
	FinalURL     string        // where the answer came from, without a login: the base of relative links
	PermanentURL string        // where the page has moved for good, and may be asked for from now on; empty: it has not
	MaxAge       time.Duration // how long the answer says that it stays good; 0: it does not
	RetryAfter   time.Duration // how long the server asks us to stay away; 0: it does not
	Wire         int64         // bytes of the body as they came, packed
	Packed       []string      // how the body was packed: "gzip"; with more than one, the outermost first
}

// Client fetches. It is safe for concurrent use.
type Client struct {
	o     Options
	allow map[string]bool
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
	dialer := net.Dialer{Timeout: step, KeepAlive: 30 * time.Second, Resolver: o.Resolver}
	allow := allowSet(o.AllowHosts)
	return &Client{
		o:     o,
		allow: allow,
		pause: min(pauseWithin, o.Timeout),
		hosts: map[string]*places{},
		http: &http.Client{
			Transport: &http.Transport{
				DialContext:            guardedDial(dialer, allow),
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
// the Response is filled in as well, but for its body. Of an answer that broke off, was
// too slow or too large (Error.Partly) the Body is what came, and no Validators.
func (c *Client) Get(ctx context.Context, r Request) (Response, error) {
	first, err := parseURL(r.URL, r.Secret)
	if err != nil {
		return Response{}, err
	}
	var permanent *url.URL
	forGood := true // every redirect so far may be remembered
	left := c.o.Timeout
	for u, hops := first, 0; hops <= maxRedirects; hops++ {
		resp, next, spent, err := c.hop(ctx, u, r, left)
		left -= spent
		if permanent != nil {
			resp.PermanentURL = bare(permanent).String()
		}
		if err != nil || next == nil {
			return resp, err
		}
		if forGood = forGood && c.remembers(first, u, next, resp.Status); forGood {
			permanent = next
		}
		u = next
	}
	return Response{}, &Error{
		Kind: Redirects, URL: shown(first, r.Secret),
		Words: fmt.Sprintf("the server sends us on more than %d times", maxRedirects),
	}
}

// remembers tells whether a redirect may be gone without from now on: it is permanent
// (RFC 9110 15.4), gives up no encryption, and does not lead from the Internet to a host
// that only the configuration may name.
func (c *Client) remembers(first, from, to *url.URL, status int) bool {
	switch {
	case status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect:
		return false
	case from.Scheme == "https" && to.Scheme != "https":
		return false
	}
	return !allows(c.allow, hostPort(to)) || allows(c.allow, hostPort(first))
}
