package smtp

import (
	"bufio"
	"strings"
	"testing"
)

// classified holds replies as relays write them.
var classified = []struct {
	stage string
	line  string
	want  Class
}{
	{StageGreeting, "554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org", OutcomeRefused},
	{StageGreeting, "554 go away", OutcomeRefused},
	{StageGreeting, "450 4.3.2 try later", OutcomeDeferred},
	{StageAuth, "535 5.7.8 Authentication failed", OutcomeRefused},
	{StageAuth, "454 4.7.0 Temporary authentication failure", OutcomeDeferred},
	{StageMail, "553 5.7.1 Sender address rejected: not owned by user", OutcomeRefused},
	{StageMail, "552 5.3.4 Message size exceeds fixed limit", OutcomeRefused},
	{StageMail, "452 4.3.1 Insufficient system storage", OutcomeDeferred},
	{StageRcpt, "550 5.1.1 User unknown", OutcomeRejected},
	{StageRcpt, "550 No such user here", OutcomeRejected},
	{StageRcpt, "550 5.2.1 The account is disabled", OutcomeRejected},
	{StageRcpt, "552 5.2.2 Mailbox over quota", OutcomeRejected},
	{StageRcpt, "552 mailbox quota exceeded", OutcomeRejected},
	{StageRcpt, "550 5.1.1 blocked mailbox", OutcomeRejected},
	{StageRcpt, "550 5.7.1 Recipient does not accept mail from outside", OutcomeRejected},
	{StageRcpt, "554 5.7.1 Relay access denied", OutcomeRefused},
	{StageRcpt, "550 relaying denied", OutcomeRefused},
	{StageRcpt, "550 5.7.1 Our system has detected that this message is spam", OutcomeRefused},
	{StageRcpt, "550 5.7.26 This mail has been blocked because the sender is unauthenticated", OutcomeRefused},
	{StageRcpt, "550 5.4.5 Daily user sending limit exceeded", OutcomeRefused},
	{StageRcpt, "550 Your account has been suspended", OutcomeRefused},
	{StageRcpt, "550 sending quota exceeded for today", OutcomeRefused},
	{StageRcpt, "530 5.7.0 Authentication required", OutcomeRefused},
	{StageRcpt, "503 5.5.1 need MAIL first", OutcomeRefused},
	{StageRcpt, "450 4.2.1 rate limited", OutcomeDeferred},
	{StageDot, "550 5.7.1 whatever", OutcomeRefused},
	{StageDot, "554 Message rejected as spam", OutcomeRefused},
	{StageDot, "552 5.3.4 Message too big for system", OutcomeRefused},
	{StageDot, "552 message exceeds maximum fixed size", OutcomeRefused},
	{StageDot, "552 5.2.2 mailbox full", OutcomeRejected},
	{StageDot, "552 Requested mail action aborted: exceeded storage allocation", OutcomeRejected},
	{StageDot, "550 quota exceeded", OutcomeRefused},
	{StageDot, "550 user is over quota", OutcomeRejected},
	{StageDot, "554 5.6.0 Malformed message", OutcomeRejected},
	{StageDot, "550 5.1.1 No such user", OutcomeRejected},
	{StageDot, "451 4.7.1 greylisted", OutcomeDeferred},
	{StageData, "554 5.5.1 No valid recipients", OutcomeRejected},
	{StageData, "502 5.5.1 Command not implemented", OutcomeRefused},
}

func TestClassify(t *testing.T) {
	for _, tt := range classified {
		r, err := readReply(bufio.NewReader(strings.NewReader(tt.line+"\r\n")), false)
		if err != nil {
			t.Fatal(err)
		}
		if got := classify(tt.stage, r); got != tt.want {
			t.Errorf("%s to %s: got %s, want %s", tt.line, tt.stage, got, tt.want)
		}
	}
}

func TestRelayID(t *testing.T) {
	for line, want := range map[string]string{
		"250 2.0.0 Ok: queued as 4F1A2B3C":                                              "4F1A2B3C",
		"250 2.0.0 Ok: queued as 4fX9zY2hS6z1Y7.":                                       "4fX9zY2hS6z1Y7",
		"250 OK id=1rAbCd-000123-AB":                                                    "1rAbCd-000123-AB",
		"250 Ok 0100018c2f3d4e5f-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000":           "0100018c2f3d4e5f-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000",
		"250 2.0.0 3ALMd2Xb012345 Message accepted for delivery":                        "3ALMd2Xb012345",
		"250 2.6.0 <x@y.example> [InternalId=1234567, Hostname=z] Queued mail for dely": "1234567",
		"250 2.0.0 OK  1700000000 a1b2c3d4e5f6-7a8b9c0dsi12345.67 - gsmtp":              "a1b2c3d4e5f6-7a8b9c0dsi12345.67",
		"250 Message Queued (A1B2C3D4-E5F6.1)":                                          "A1B2C3D4-E5F6.1",
		"250 OK":                                                                        "",
		"250 2.0.0 Ok: queued as a@b.example":                                           "",
		"250 Ok thanks":                                                                 "",
		"250 Your message was accepted, goodbye.":                                       "",
	} {
		r, err := readReply(bufio.NewReader(strings.NewReader(line+"\r\n")), false)
		if err != nil {
			t.Fatal(err)
		}
		if got := relayID(r.text); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

func TestScrub(t *testing.T) {
	for _, tt := range []struct{ text, to, want string }{
		{"<jane.doe@reader.example>: unknown", "jane.doe@reader.example", "[address] unknown"},
		{"user JANE.DOE unknown", "jane.doe@reader.example", "user [address] unknown"},
		{"no mailbox at Reader.Example here", "jane.doe@reader.example", "no mailbox at [address] here"},
		{"see https://h.example/?r=jane.doe%40reader.example now", "jane.doe@reader.example", "see [address] now"},
		{"rfc822;jane.doe+40reader.example", "jane.doe@reader.example", "[address]"},
		{"list-jane.doe=reader.example gone", "jane.doe@reader.example", "list-[address]=[address] gone"},
		{`"jane doe"@reader.example gone`, `"jane doe"@reader.example`, "[address] gone"},
		{"user jane gone", "jane+news@reader.example", "user [address] gone"},
		{"no such user no", "no@reader.example", "[address] such user [address]"},
		{"nothing known of a knot", "no@reader.example", "nothing known of a knot"},
		{"other someone@else.example gone", "jane@reader.example", "other [address] gone"},
		{"xn--bcher-kva.example unknown", "a@bücher.example", "[address] unknown"},
		{"two\r\nlines\x00\x1b[31m", "", "two lines [31m"},
		{"bad \xff bytes", "", "bad ? bytes"},
		{strings.Repeat("ä", 300), "", strings.Repeat("ä", 198) + "..."},
	} {
		if got := scrub(tt.text, tt.to); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
