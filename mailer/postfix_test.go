package mailer

import (
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/parts"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// TestRunPostfixSink sends to a relay program that we did not write: with
// PIPELINING, without it, and without any extension.
func TestRunPostfixSink(t *testing.T) {
	for name, options := range map[string][]string{"pipelining": nil, "steps": {"-p"}, "no ESMTP": {"-e"}} {
		t.Run(name, func(t *testing.T) {
			address := parts.StartPostfixSink(t, options...)
			m := newMemory(t, 1000, 300)
			r := smtp.Relay{Name: "sink", Address: address, TLS: smtp.NoTLS, Connections: 10, MessagesPerSession: 30}
			if err := sender(m, r).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c := m.counts(); c.Accepted != 1000 {
				t.Errorf("%+v", c)
			}
			for _, row := range m.rows {
				if len(row.results) != 1 || row.Attempts != 1 {
					t.Fatalf("delivery %d took %d tries", row.Number, row.Attempts)
				}
			}
		})
	}
}
