package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxValidator is the longest ETag or date that is kept, in bytes.
const maxValidator = 1024

// Validators say which version of a page an answer was (RFC 9110 8.8). They are sent
// back as they were given: If-None-Match compares weakly, so that a W/"1" is as good as
// a "1".
type Validators struct {
	ETag         string
	LastModified string
	Of           string // the Fingerprint of the address that gave them: a page elsewhere is another page
}

func (v Validators) empty() bool { return v.ETag == "" && v.LastModified == "" }

func validators(address string, h http.Header) Validators {
	v := Validators{ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified")}
	if len(v.ETag) > maxValidator {
		v.ETag = ""
	}
	if len(v.LastModified) > maxValidator {
		v.LastModified = ""
	}
	if !v.empty() {
		v.Of = Fingerprint(address)
	}
	return v
}

// retryAfter reads seconds or a date (RFC 9110 10.2.3). A date in the past, or what
// cannot be read, asks for nothing.
func retryAfter(text string, now time.Time) time.Duration {
	if wait, ok := deltaSeconds(text); ok {
		return wait
	}
	if at, err := http.ParseTime(strings.TrimSpace(text)); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// endless is what more seconds than a number holds count as (RFC 9111 1.2.2).
const endless = 1 << 31 * time.Second

// deltaSeconds reads seconds (RFC 9111 1.2.2).
func deltaSeconds(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return endless, true
	}
	return time.Duration(n) * time.Second, true
}

// maxAge is how long an answer stays good for us, a private cache (RFC 9111 4.2).
func maxAge(h http.Header, now time.Time) time.Duration {
	age, _ := deltaSeconds(h.Get("Age"))
	fresh, stated := time.Duration(0), false
	for part := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "no-cache", "no-store", "must-understand":
			return 0
		case "max-age":
			if fresh, stated = deltaSeconds(strings.Trim(value, ` "`)); !stated {
				return 0 // RFC 9111 4.2.1: what cannot be read is stale
			}
		}
	}
	if !stated {
		at, err := http.ParseTime(h.Get("Expires"))
		if err != nil {
			return 0
		}
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		fresh = at.Sub(now)
	}
	return max(0, fresh-age)
}
