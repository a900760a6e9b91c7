package smtp

// Class is what one try at a delivery came to.
type Class string

// The classes of an outcome.
const (
	OutcomeAccepted Class = "accepted" // 2xx after the final dot; a relay may still hold it
	OutcomeDeferred Class = "deferred" // 4xx, or the session broke before the final dot
	OutcomeRejected Class = "rejected" // 5xx about this recipient or this message
	OutcomeRefused  Class = "refused"  // the relay refuses us, not the recipient: 5xx at greeting, AUTH, MAIL; policy
	OutcomeInDoubt  Class = "in_doubt" // the final dot was written and no reply came (RFC 1047)
)

// Outcome is the result of one try. Text is the relay's reply with every address
// scrubbed out of it; it is safe to log and to store.
type Outcome struct {
	Class    Class
	Stage    string // where it was decided: dial, greeting, tls, auth, mail, rcpt, data, body, dot
	Code     int    // SMTP reply code (RFC 5321 4.2), 0 where there was none
	Enhanced string // enhanced status code (RFC 3463), "5.1.1"; empty where the relay gave none
	Text     string // the reply's text, or what went wrong, scrubbed
	RelayID  string // the relay's own queue id, from its 250 reply; empty where it gave none
	Relay    string // name of the relay in the configuration
}
