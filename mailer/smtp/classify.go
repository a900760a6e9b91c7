package smtp

import (
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// The stages of an outcome, in the order of a session.
const (
	StageDial     = "dial"
	StageGreeting = "greeting" // the first 220, and EHLO
	StageTLS      = "tls"
	StageAuth     = "auth"
	StageMail     = "mail"
	StageRcpt     = "rcpt"
	StageData     = "data"
	StageBody     = "body"
	StageDot      = "dot"
)

// classify says what a negative reply makes of a delivery. The rule in one line: a
// reader is rejected only where the relay speaks of the reader.
func classify(stage string, r reply) Class {
	if r.code/100 == 4 {
		return OutcomeDeferred
	}
	switch stage {
	case StageRcpt:
		return classifyRcpt(r)
	case StageData, StageBody, StageDot:
		return classifyContent(r)
	}
	// At the greeting, TLS, AUTH and MAIL the recipient is not yet known.
	return OutcomeRefused
}

// classifyRcpt judges a 5xx to RCPT, which is about the recipient unless it says
// otherwise. A bare 5.7.1 there may be the recipient's own list or filter, so it
// needs words about us beside it.
func classifyRcpt(r reply) Class {
	switch {
	case aboutLogin(r), usEnhanced[r.enhanced]:
		return OutcomeRefused
	case r.code == 503: // bad sequence of commands: ours
		return OutcomeRefused
	case (r.enhanced == "" || isPolicy(r)) && usWords.MatchString(r.text):
		return OutcomeRefused
	}
	return OutcomeRejected
}

// classifyContent judges a 5xx to DATA or to the message. Every reader of a variant
// gets nearly the same bytes, so what is said about content, size, quota or policy
// is about us. What is said about the mailbox (5.1.x, 5.2.x) is about the reader.
func classifyContent(r reply) Class {
	switch {
	case aboutLogin(r), isPolicy(r), usEnhanced[r.enhanced]:
		return OutcomeRefused
	case r.code <= 504: // RFC 5321 4.2.2: about the command
		return OutcomeRefused
	case strings.HasPrefix(r.enhanced, "5.1."), strings.HasPrefix(r.enhanced, "5.2."):
		return OutcomeRejected
	case r.enhanced == "5.3.4": // message too big for system (RFC 3463 3.4)
		return OutcomeRefused
	case r.code == 552 && !mailboxFull.MatchString(r.text): // RFC 1870 6.3
		return OutcomeRefused
	case usWords.MatchString(r.text), quotaWords.MatchString(r.text) && !mailboxFull.MatchString(r.text):
		return OutcomeRefused
	}
	return OutcomeRejected
}

func isPolicy(r reply) bool { return strings.HasPrefix(r.enhanced, "5.7.") }

// aboutLogin tells the codes of RFC 4954 4 and 6.
func aboutLogin(r reply) bool {
	switch r.code {
	case 530, 534, 535, 538:
		return true
	}
	return false
}

// usEnhanced lists the enhanced codes that speak of the sender whatever the stage
// (IANA, "SMTP Enhanced Status Codes").
var usEnhanced = map[string]bool{
	"5.1.7":  true, // bad sender's address syntax
	"5.1.8":  true, // bad sender's system address
	"5.4.5":  true, // QUIRK: Gmail's "daily user sending limit exceeded"
	"5.7.0":  true, // QUIRK: "authentication required" and Gmail's bulk block
	"5.7.8":  true, // credentials invalid
	"5.7.9":  true, // mechanism too weak
	"5.7.10": true, // encryption needed
	"5.7.11": true, // encryption required for the mechanism
	"5.7.12": true, // a password transition is needed
	"5.7.13": true, // user account disabled: the account that logged in
	"5.7.14": true, // trust relationship required
	"5.7.20": true, // no passing DKIM signature (RFC 7372)
	"5.7.21": true, // no acceptable DKIM signature
	"5.7.22": true, // no valid author-matched DKIM signature
	"5.7.23": true, // SPF validation failed
	"5.7.24": true, // SPF validation error
	"5.7.25": true, // reverse DNS validation failed
	"5.7.26": true, // several authentication checks failed
	"5.7.27": true, // sender address has null MX
	"5.7.28": true, // mail flood detected
	"5.7.29": true, // ARC validation failure
	"5.7.30": true, // REQUIRETLS support required
}

// usWords are what relays write when they mean the sender, not the recipient.
var usWords = lazyregexp.New(`(?i)` + strings.Join([]string{
	`(black|block|deny|ban)[- ]?list`, `\bblocked\b`, `\bbanned\b`, `\breputation\b`, `\bspam\b`, `\bspamhaus\b`,
	`\bdnsbl\b`, `\brbl\b`, `\bsuspended\b`, `\bbulk\b`, `\bunsolicited\b`, `\bvirus\b`,
	`relay(ing)?( access)? (is )?(denied|not (permitted|allowed)|prohibited)`, `unable to relay`,
	`(sending|send|daily|hourly|monthly|message|rate) (quota|limit)`, `too many messages`,
	`authentication (is )?required`, `must authenticate`, `not authenticated`, `unauthenticated`,
	`\b(spf|dkim|dmarc)\b`, `sender (address )?(rejected|denied|not allowed|verify)`, `not (allowed|authorized) to send`,
	`security policy`, `local policy`, `policy (reasons|violation)`,
}, "|"))

// quotaWords mean our quota where the whole message was heard, unless they name the
// reader's mailbox.
var quotaWords = lazyregexp.New(`(?i)quota`)

// mailboxFull is what a 552 or a quota says when it means the reader's mailbox.
var mailboxFull = lazyregexp.New(`(?i)mailbox|inbox|storage|over ?quota|user|recipient`)

// queueID finds the relay's own id in its reply to the final dot.
var queueID = []*lazyregexp.Regexp{
	lazyregexp.New(`(?i)\bqueued as ([^\s;,<>()]+)`),        // Postfix, SendGrid: "2.0.0 Ok: queued as 4F1A2B"
	lazyregexp.New(`\bid=([^\s;,<>()]+)`),                   // Exim: "OK id=1rAbCd-000123-AB"
	lazyregexp.New(`\bInternalId=(\d+)`),                    // Exchange: "2.6.0 <...> [InternalId=123, ...] Queued mail"
	lazyregexp.New(`(?i)message queued \(([^\s;,<>()]+)`),   // Haraka: "Message Queued (UUID.1)"
	lazyregexp.New(`(?i)^(\S+) Message accepted`),           // Sendmail, OpenSMTPD: "2.0.0 3AB12 Message accepted for delivery"
	lazyregexp.New(`^Ok ([0-9a-zA-Z-]{20,})$`),              // Amazon SES: "Ok 0100018c2f-..."
	lazyregexp.New(`^OK +\d+ ([0-9a-zA-Z.-]{10,}) - gsmtp`), // Gmail: "2.0.0 OK 1700000000 abc-123 - gsmtp"
}

var plainID = lazyregexp.New(`^[A-Za-z0-9._+/=~:-]{1,128}$`)

// relayID is "" where the relay gave no id that can be told from other words.
func relayID(text string) string {
	for _, pattern := range queueID {
		m := pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if id := strings.TrimRight(m[1], ".:"); plainID.MatchString(id) {
			return id
		}
	}
	return ""
}
