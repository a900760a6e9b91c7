package fetch

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
)

const (
	acceptFeeds = "application/rss+xml, application/atom+xml, application/feed+json, " +
		"application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
	// drain is how much of an unwanted body is read so that the connection can serve
	// the next request.
	drain = 4 << 10
)

// hop makes one request. A redirect comes back as next.
func (c *Client) hop(ctx context.Context, u *url.URL, r Request) (resp Response, next *url.URL, err error) {
	leave, err := c.enter(ctx, u.Host)
	if err != nil {
		return resp, nil, c.explain(u.Redacted(), dialling, err)
	}
	defer leave()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	traced, at := follow(ctx)
	req, err := http.NewRequestWithContext(traced, http.MethodGet, u.String(), nil)
	if err != nil {
		return resp, nil, &Error{Kind: BadURL, URL: u.Redacted(), Words: "this is not a web address", Err: err}
	}
	c.headers(req, r)
	answer, err := c.http.Do(req)
	if err != nil {
		// Bytes may have come, but no answer: there would be no error otherwise.
		return resp, nil, c.explain(u.Redacted(), min(stage(at.Load()), asked), err)
	}
	defer answer.Body.Close()
	resp = c.describe(u, answer)
	switch {
	case resp.NotModified:
		return resp, nil, nil
	case isRedirect(answer.StatusCode):
		_, _ = io.CopyN(io.Discard, answer.Body, drain)
		to, bad := redirect(u, answer)
		if bad != nil {
			return resp, nil, bad
		}
		return resp, to, nil
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		_, _ = io.CopyN(io.Discard, answer.Body, drain)
		return resp, nil, &Error{
			Kind: Status, URL: u.Redacted(), Status: answer.StatusCode,
			RetryAfter: resp.RetryAfter, Words: statusWords(answer.StatusCode),
		}
	}
	raw := watched{Reader: answer.Body, pause: c.pause, cancel: cancel, ctx: ctx}
	resp.Body, err = c.read(raw, answer.Header.Get("Content-Encoding"))
	if errors.Is(err, errTooLarge) {
		return resp, nil, &Error{
			Kind: TooLarge, URL: u.Redacted(), Err: err,
			Words: fmt.Sprintf("the answer is larger than %d MB, which is the most that is read", c.o.MaxBytes>>20),
		}
	}
	if err != nil {
		return resp, nil, c.explain(u.Redacted(), answering, err)
	}
	return resp, nil, nil
}

// headers says who asks and what for; nothing else goes along.
func (c *Client) headers(req *http.Request, r Request) {
	req.Header.Set("User-Agent", c.o.UserAgent)
	req.Header.Set("Accept-Encoding", "gzip, br")
	accept := r.Accept
	if accept == "" {
		accept = acceptFeeds
	}
	req.Header.Set("Accept", accept)
	if r.ETag != "" {
		req.Header.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		req.Header.Set("If-Modified-Since", r.LastModified)
	}
}

func (c *Client) describe(u *url.URL, answer *http.Response) Response {
	return Response{
		Status:       answer.StatusCode,
		ContentType:  answer.Header.Get("Content-Type"),
		ETag:         answer.Header.Get("ETag"),
		LastModified: answer.Header.Get("Last-Modified"),
		NotModified:  answer.StatusCode == http.StatusNotModified,
		FinalURL:     u.String(),
		RetryAfter:   retryAfter(answer.Header.Get("Retry-After"), c.o.Clock()),
	}
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// retryAfter reads seconds or a date (RFC 9110 10.2.3). A date in the past, or what
// cannot be read, asks for nothing.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// read unpacks a body. The limit counts what comes out, so that a few kilobytes
// cannot become gigabytes, and what goes in as well.
func (c *Client) read(raw io.Reader, encoding string) ([]byte, error) {
	packed := bufio.NewReader(io.LimitReader(raw, c.o.MaxBytes+1))
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		// QUIRK: some servers label plain text as gzip; its magic number tells.
		if magic, _ := packed.Peek(2); string(magic) != "\x1f\x8b" {
			return readAll(packed, c.o.MaxBytes)
		}
		unpacked, err := gzip.NewReader(packed)
		if err != nil {
			return nil, err
		}
		return readAll(unpacked, c.o.MaxBytes)
	case "br":
		return readAll(brotli.NewReader(packed), c.o.MaxBytes)
	}
	return readAll(packed, c.o.MaxBytes)
}
