package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Kind is what went wrong, for a program that decides on it.
type Kind string

// The kinds of an Error.
const (
	BadURL      Kind = "bad_url"     // not an http or https address
	Unknown     Kind = "unknown"     // no such host
	Barred      Kind = "barred"      // an address that is not of the public Internet
	Unreachable Kind = "unreachable" // no connection
	Insecure    Kind = "insecure"    // TLS failed: certificate, name, version
	Timeout     Kind = "timeout"     // a step, or all of them together, took too long
	Redirects   Kind = "redirects"   // too many, in a circle, or to nowhere
	Status      Kind = "status"      // the server answered 4xx or 5xx: see Error.Status
	TooLarge    Kind = "too_large"   // more bytes than are read
	Broken      Kind = "broken"      // the answer is no HTTP, or broke off
	Stopped     Kind = "stopped"     // the caller's context ended
)

// Error is why a fetch failed, in words for an editor.
type Error struct {
	Kind       Kind
	URL        string // what was asked for, as Shown shows it
	Words      string // what happened: "the server did not answer within 20 s"
	Status     int    // HTTP status, for Kind Status
	RetryAfter time.Duration
	Partly     bool  // some of the body came, and is in the Response
	Err        error // the cause; may be nil
}

func (e *Error) Error() string { return fmt.Sprintf("fetch %s: %s", e.URL, e.Words) }

// Unwrap gives the cause, context.Canceled among them.
func (e *Error) Unwrap() error { return e.Err }

// Lasting reports that trying again soon will not help: an editor should look at
// the address.
func (e *Error) Lasting() bool {
	switch e.Kind {
	case BadURL, Barred, Redirects, TooLarge:
		return true
	case Status:
		return e.Gone() || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
	}
	return false
}

// statusWords says in an editor's words what a status means.
func statusWords(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "401: the server asks for a login"
	case http.StatusForbidden:
		return "403: the server does not let us read this page"
	case http.StatusNotFound:
		return "404: no such page"
	case http.StatusGone:
		return "410: the page has been removed for good"
	case http.StatusTooManyRequests:
		return "429: the server asks us to come less often"
	case http.StatusServiceUnavailable:
		return "503: the server is overloaded or under maintenance"
	}
	text := http.StatusText(status)
	if text == "" {
		text = "a status of the server's own"
	}
	if status >= 500 {
		return fmt.Sprintf("%d: the server has a fault of its own (%s)", status, text)
	}
	return fmt.Sprintf("%d: the server refuses the request (%s)", status, text)
}

// explain turns an error of the transport into an Error. The stage says how far
// the request had come.
func (c *Client) explain(url string, stage stage, err error) *Error {
	e := &Error{URL: url, Err: err}
	var (
		private privateError
		dns     *net.DNSError
		stall   stallError
		network net.Error
	)
	switch {
	case errors.As(err, &private):
		e.Kind, e.Words = Barred, private.words()
	case errors.Is(err, context.Canceled):
		e.Kind, e.Words = Stopped, "stopped before the answer was there"
	case errors.As(err, &stall):
		e.Kind, e.Words = Timeout, stall.Error()
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Kind, e.Words = Unknown, fmt.Sprintf("there is no host named %q", dns.Name)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		e.Kind, e.Words = Timeout, stage.late(c.o.Timeout)
	case errors.As(err, &dns):
		e.Kind, e.Words = Unknown, fmt.Sprintf("the name %q cannot be looked up at the moment", dns.Name)
	case isTLS(err):
		e.Kind, e.Words = Insecure, "no safe connection: "+tlsWords(err)
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Kind, e.Words = Unreachable, "the server refuses the connection"
	case stage < connected:
		e.Kind, e.Words = Unreachable, "the server cannot be reached"
	case stage < answering:
		e.Kind, e.Words = Broken, "the server closed the connection without an answer that can be read"
	default:
		e.Kind, e.Words = Broken, "the answer broke off"
	}
	return e
}

func isTLS(err error) bool {
	var (
		verify *tls.CertificateVerificationError
		header tls.RecordHeaderError
		alert  tls.AlertError
	)
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &verify) || errors.As(err, &header) || errors.As(err, &alert)
}

func tlsWords(err error) string {
	var (
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		header  tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &name):
		return "the certificate is for another host"
	case errors.As(err, &unknown):
		return "the certificate is signed by nobody we know"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has run out or is not valid yet"
	case errors.As(err, &header), errors.Is(err, http.ErrSchemeMismatch):
		return "the server does not speak TLS there"
	}
	return "TLS failed"
}

// Passing reports that the next try, a little later, may well succeed.
func (e *Error) Passing() bool {
	switch e.Kind {
	case Unreachable, Broken, Timeout:
		return true
	case Status:
		return e.Status >= 500 && e.RetryAfter == 0
	}
	return false
}

// Gone reports that the server is there and says that the page is not.
func (e *Error) Gone() bool {
	return e.Kind == Status && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

// ForGood reports that the server says that the page is gone and will not come back.
func (e *Error) ForGood() bool { return e.Kind == Status && e.Status == http.StatusGone }
