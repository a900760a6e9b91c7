package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	acceptFeeds = "application/rss+xml, application/atom+xml, application/feed+json, " +
		"application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
	// drain is how much of an unwanted body is read so that the connection can serve
	// the next request.
	drain = 4 << 10
)

// hop makes one request, which may take as long as is left of the time. Waiting for a
// place at the host does not count: it says nothing of this page. A redirect comes back
// as next.
func (c *Client) hop(ctx context.Context, u *url.URL, r Request, left time.Duration) (resp Response, next *url.URL, spent time.Duration, err error) {
	came := time.Now()
	leave, err := c.enter(ctx, u.Host)
	noteWait(ctx, time.Since(came))
	if err != nil {
		return resp, nil, 0, c.explain(shown(u, r.Secret), waiting, err)
	}
	defer leave()
	begun := time.Now()
	ctx, stop := context.WithTimeout(ctx, left)
	defer stop()
	resp, next, err = c.ask(ctx, u, r)
	return resp, next, time.Since(begun), err
}

func (c *Client) ask(ctx context.Context, u *url.URL, r Request) (resp Response, next *url.URL, err error) {
	name := shown(u, r.Secret)
	if bad := badPort(u, c.allow); bad != nil {
		bad.URL = name
		return resp, nil, bad
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	traced, at := follow(ctx)
	req, err := http.NewRequestWithContext(traced, http.MethodGet, u.String(), nil)
	if err != nil {
		return resp, nil, &Error{Kind: BadURL, URL: name, Words: "this is not a web address"}
	}
	conditional := c.headers(req, u, r)
	answer, err := c.http.Do(req)
	if err != nil {
		return resp, nil, c.noAnswer(name, min(stage(at.Load()), asked), err)
	}
	defer answer.Body.Close()
	resp = c.describe(u, answer)
	switch {
	case resp.NotModified && !conditional:
		return resp, nil, &Error{Kind: Broken, URL: name, Words: "the server says that nothing has changed (304), and was not asked that"}
	case resp.NotModified:
		return resp, nil, nil
	case isRedirect(answer.StatusCode):
		_, _ = io.CopyN(io.Discard, answer.Body, drain)
		to, bad := redirect(u, answer, r.Secret)
		if bad != nil {
			return resp, nil, bad
		}
		return resp, to, nil
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		_, _ = io.CopyN(io.Discard, answer.Body, drain)
		return resp, nil, &Error{
			Kind: Status, URL: name, Status: answer.StatusCode,
			RetryAfter: resp.RetryAfter, Words: statusWords(answer.StatusCode),
		}
	}
	raw := watched{Reader: answer.Body, pause: c.pause, cancel: cancel, ctx: ctx}
	resp.Body, resp.Packed, resp.Wire, err = c.read(raw, strings.Join(answer.Header.Values("Content-Encoding"), ","))
	if err != nil {
		resp.Known = Validators{}
		return resp, nil, c.bodyError(name, resp, err)
	}
	return resp, nil, nil
}

// noAnswer says why there is no answer, though bytes of one may have come. The cause is
// kept without the address, and without what the server wrote.
func (c *Client) noAnswer(name string, s stage, err error) *Error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if strings.HasPrefix(err.Error(), "failed to parse Location header") {
		return unreadable(name)
	}
	return c.explain(name, s, err)
}

// bodyError says why a body was not read to its end.
func (c *Client) bodyError(name string, resp Response, err error) *Error {
	e := c.explain(name, answering, err)
	var packed packError
	switch {
	case errors.Is(err, errTooLarge):
		e = &Error{
			Kind: TooLarge, URL: name, Err: err,
			Words: fmt.Sprintf("the answer is larger than %d MB, which is the most that is read", c.o.MaxBytes>>20),
		}
	case errors.As(err, &packed):
		e = &Error{Kind: Broken, URL: name, Err: err, Words: fmt.Sprintf("the answer is %s, which was not asked for and is not understood", packed)}
	}
	e.Partly = len(resp.Body) > 0
	return e
}

// headers says who asks and what for; nothing else goes along. It tells whether the
// question is conditional.
func (c *Client) headers(req *http.Request, u *url.URL, r Request) bool {
	req.Header.Set("User-Agent", c.o.UserAgent)
	req.Header.Set("Accept-Encoding", "gzip, br")
	accept := r.Accept
	if accept == "" {
		accept = acceptFeeds
	}
	req.Header.Set("Accept", accept)
	if r.Known.empty() || r.Known.Of != Fingerprint(u.String()) {
		return false
	}
	if r.Known.ETag != "" {
		req.Header.Set("If-None-Match", r.Known.ETag)
	}
	if r.Known.LastModified != "" {
		req.Header.Set("If-Modified-Since", r.Known.LastModified)
	}
	return true
}

func (c *Client) describe(u *url.URL, answer *http.Response) Response {
	return Response{
		Status:      answer.StatusCode,
		ContentType: answer.Header.Get("Content-Type"),
		Language:    oneLanguage(answer.Header.Get("Content-Language")),
		Known:       validators(u.String(), answer.Header),
		NotModified: answer.StatusCode == http.StatusNotModified,
		FinalURL:    bare(u).String(),
		MaxAge:      maxAge(answer.Header, c.o.Clock()),
		RetryAfter:  retryAfter(answer.Header.Get("Retry-After"), c.o.Clock()),
	}
}

// oneLanguage gives a language alone: of "de, en" nobody knows which one a story is in.
func oneLanguage(header string) string {
	if strings.Contains(header, ",") {
		return ""
	}
	return strings.TrimSpace(header)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
