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
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// maxAge is how long an answer stays good for us, a private cache (RFC 9111 4.2).
func maxAge(h http.Header, now time.Time) time.Duration {
	age, _ := strconv.ParseInt(strings.TrimSpace(h.Get("Age")), 10, 32)
	fresh, stated := time.Duration(0), false
	for part := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(name) {
		case "no-cache", "no-store", "must-understand":
			return 0
		case "max-age":
			n, err := strconv.ParseInt(strings.Trim(value, `" `), 10, 32)
			if err != nil {
				return 0 // RFC 9111 4.2.1: what cannot be read is stale
			}
			fresh, stated = time.Duration(n)*time.Second, true
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
	return max(0, fresh-time.Duration(max(0, age))*time.Second)
}
