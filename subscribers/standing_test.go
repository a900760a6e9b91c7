package subscribers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestStandings: what other programs' columns and words say of a reader.
func TestStandings(t *testing.T) {
	for column, cells := range map[string]map[Standing]string{
		"status": {
			Reads:   "|subscribed|Enabled|active|confirmed|Opted-In|free|paid|comped",
			Gone:    "unsubscribed|disabled|inactive|deleted|archived|opted out|left|removed|cancelled|canceled",
			Bounced: "cleaned|bounced|hard bounced|undeliverable", Barred: "blocklisted|blacklisted|blocked|suppressed|complained|spam",
			Never: "pending|unconfirmed|non-subscribed|transactional",
		},
		"subscribed":     {Reads: "|true|yes|1", Gone: "false|No|0"},
		"email_disabled": {Reads: "|false|no|0", Gone: "true|yes|1"},
		"UNSUB_TIME":     {Reads: "| ", Gone: "2023-01-05 10:00:00"},
		"CLEAN_TIME":     {Reads: "| ", Bounced: "2023-01-05 10:00:00"},
	} {
		for want, words := range cells {
			for i, cell := range strings.Split(words, "|") {
				list := fmt.Sprintf("email,%s\na@canary.example,%s\n", column, cell)
				got, _ := readWhole(strings.NewReader(list), FileOptions{})
				line := strings.TrimSpace(fmt.Sprintf("2 a@canary.example||| %s", want))
				if !slices.Equal(got, []string{line}) {
					t.Errorf("%s, word %d: %q, want %q", column, i, got, line)
				}
			}
		}
	}
}
