package smtp

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"
)

// Relay is one SMTP server that we hand mail to, as the configuration has it.
// The zero of every field but Name and Address is a working default.
type Relay struct {
	Name    string  // how people call it; goes into outcomes, logs and metrics
	Address string  // host:port; the certificate must be for this host
	TLS     TLSMode // "" is StartTLS

	Username string   // "" sends without AUTH
	Password string   // for XOAUTH2, the access token
	Auth     AuthMode // "" takes the best that the relay offers
	Hello    string   // name given in EHLO, RFC 5321 4.1.4; "" is this host's full name or its address in brackets

	Connections        int // sessions at once; 0 is 4
	MessagesPerSession int // then the session is renewed; 0 is 500

	// Window is how many deliveries a connection has claimed and not yet settled, at
	// most, and so how many messages are in flight on it where the relay offers
	// CHUNKING. 0 leaves it to the sender. All connections' windows together are W, the
	// most that a crash can put in doubt.
	Window int
	// RequireTLS asks the relay to pass mail on over verified TLS alone, or to bounce
	// it (RFC 8689). A relay that does not offer that is refused.
	RequireTLS bool

	Timeouts Timeouts
	ExtraCAs []byte // PEM; certificate authorities trusted besides the system's
}

// TLSMode says how a session is encrypted.
type TLSMode string

// The modes. Certificates are verified in each of them.
const (
	StartTLS      TLSMode = "starttls"      // RFC 3207, required: no session without it
	Implicit      TLSMode = "implicit"      // RFC 8314 3.3, TLS from the first byte (port 465)
	Opportunistic TLSMode = "opportunistic" // STARTTLS where the relay offers it
	NoTLS         TLSMode = "none"          // in clear: a relay on this machine
)

// AuthMode names a SASL mechanism (RFC 4954).
type AuthMode string

// The mechanisms. Plain and Login are never sent over an unencrypted session,
// unless the relay is this machine.
const (
	AuthAny         AuthMode = ""
	AuthPlain       AuthMode = "PLAIN"
	AuthLogin       AuthMode = "LOGIN"
	AuthCRAMMD5     AuthMode = "CRAM-MD5"
	AuthSCRAMSHA1   AuthMode = "SCRAM-SHA-1"
	AuthSCRAMSHA256 AuthMode = "SCRAM-SHA-256"
	AuthXOAUTH2     AuthMode = "XOAUTH2"
)

// Timeouts bound each step of a session. Zero fields take what RFC 5321 4.5.3.2
// asks for; Connect, Quit and Close are ours.
type Timeouts struct {
	Connect  time.Duration // to open the TCP connection: 30 seconds
	Greeting time.Duration // the first 220: 5 minutes
	Hello    time.Duration // EHLO, the TLS handshake and AUTH, each: 5 minutes
	Mail     time.Duration // MAIL and RSET: 5 minutes
	Rcpt     time.Duration // RCPT: 5 minutes
	Data     time.Duration // the 354 to DATA: 2 minutes
	Block    time.Duration // to write each 64 KiB of the message: 3 minutes
	Dot      time.Duration // the reply to the final dot: 10 minutes
	Quit     time.Duration // the reply to QUIT: 1 second; nothing depends on it
}

func (t Timeouts) withDefaults() Timeouts {
	return Timeouts{
		Connect:  orElse(t.Connect, 30*time.Second),
		Greeting: orElse(t.Greeting, 5*time.Minute),
		Hello:    orElse(t.Hello, 5*time.Minute),
		Mail:     orElse(t.Mail, 5*time.Minute),
		Rcpt:     orElse(t.Rcpt, 5*time.Minute),
		Data:     orElse(t.Data, 2*time.Minute),
		Block:    orElse(t.Block, 3*time.Minute),
		Dot:      orElse(t.Dot, 10*time.Minute),
		Quit:     orElse(t.Quit, time.Second),
	}
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// WithDefaults is the relay with every default filled in.
func (r Relay) WithDefaults() Relay {
	r.TLS = orElse(r.TLS, StartTLS)
	r.Connections = orElse(r.Connections, 4)
	r.MessagesPerSession = orElse(r.MessagesPerSession, 500)
	r.Timeouts = r.Timeouts.withDefaults()
	return r
}

// Validate finds what no session could be made with. It opens no connection. The
// error names the field in the words of the configuration.
func (r Relay) Validate() error {
	host, port, err := net.SplitHostPort(r.Address)
	if err != nil || host == "" || port == "" {
		return fmt.Errorf("address %q: write host:port, such as mail.example.org:587", r.Address)
	}
	switch r.TLS {
	case "", StartTLS, Implicit, Opportunistic, NoTLS:
	default:
		return fmt.Errorf("tls %q: use starttls, implicit, opportunistic or none", r.TLS)
	}
	switch r.Auth {
	case AuthAny, AuthPlain, AuthLogin, AuthCRAMMD5, AuthSCRAMSHA1, AuthSCRAMSHA256, AuthXOAUTH2:
	default:
		return fmt.Errorf("auth %q: use PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256 or XOAUTH2, or leave it out", r.Auth)
	}
	if r.Connections < 0 || r.MessagesPerSession < 0 || r.Window < 0 {
		return errors.New("connections, messages per session and window: use numbers above 0")
	}
	if r.RequireTLS && r.TLS == NoTLS {
		return errors.New("tls none: mail that is to travel encrypted all the way cannot start in clear")
	}
	_, err = r.roots()
	return err
}

// roots is nil where the system's certificate authorities are enough.
func (r Relay) roots() (*x509.CertPool, error) {
	if len(r.ExtraCAs) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(r.ExtraCAs) {
		return nil, errors.New("extra certificate authorities: no PEM certificate found in the file")
	}
	return pool, nil
}
