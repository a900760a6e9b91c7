package bench

import (
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
)

// yardMessage is the size of smtp-source's messages, in bytes.
const yardMessage = 40_000

// smtpSource sends messages with Postfix's smtp-source, and gives its rate, a second.
func smtpSource(b *testing.B, address string, connections, messages int, options ...string) float64 {
	b.Helper()
	ctx, stop := bounded(b)
	defer stop()
	return float64(messages) / parts.PostfixSource(ctx, b, address, connections, yardMessage, messages, options...).Seconds()
}
