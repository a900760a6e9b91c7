package message

import (
	"bytes"
	"errors"
	"time"
)

const dateField = "Date: "

// Dated is the same message with another Date: that of the mailing, which is known
// only when it starts, maybe long after the freeze. Every reader of a mailing, and
// every resend, gets the same date (RFC 5322 3.6.1). The date is the message's first
// field and always as long (RFC 5322 3.3: "Fri, 27 Nov 2026 09:00:00 +0100"). Hash
// and MarshalBinary stay those of the frozen message.
func (c *Compiled) Dated(at time.Time) (*Compiled, error) {
	date := at.Format(time.RFC1123Z)
	end := len(dateField) + len(date)
	if at.IsZero() || !bytes.HasPrefix(c.fixed, []byte(dateField)) ||
		!bytes.HasPrefix(c.fixed[min(end, len(c.fixed)):], []byte("\r\n")) ||
		len(c.slots) > 0 && c.slots[0].at < end {
		return nil, errors.New("message: it has no Date that could be replaced")
	}
	dated := *c
	dated.fixed = bytes.Clone(c.fixed)
	copy(dated.fixed[len(dateField):], date)
	return &dated, nil
}
