package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail/smtp"
)

// Dial opens a session: TCP, greeting, EHLO, TLS, AUTH. On failure the outcome says
// how it failed (deferred: try later; refused: the relay will not have us, or we
// will not have it) and the error says it for people, with the relay's name, the
// step and what to do where that is known. Nothing of it is about a recipient.
//
// When ctx ends, so does dialling. It does not bind the session that Dial returns.
func Dial(ctx context.Context, r Relay) (*Session, Outcome, error) {
	if err := r.Validate(); err != nil {
		o := Outcome{Class: OutcomeRefused, Stage: StageDial, Text: err.Error(), Relay: r.Name}
		return nil, o, fmt.Errorf("relay %s: %w", r.Name, err)
	}
	d := dialling{relay: r.WithDefaults(), ctx: ctx}
	d.host, _, _ = net.SplitHostPort(r.Address) // Validate has split it
	stage, err := d.run()
	if err == nil {
		return newSession(d), Outcome{}, nil
	}
	d.close()
	o := dialOutcome(stage, err)
	o.Relay = r.Name
	return nil, o, fmt.Errorf("relay %s, %s: %w", r.Name, stage, shownError{o, err})
}

// dialling is a session in the making.
type dialling struct {
	relay  Relay
	ctx    context.Context
	host   string
	wire   *wire
	conn   net.Conn // wire, or TLS over it
	client *gomail.Client
}

func (d *dialling) run() (stage string, err error) {
	steps := []struct {
		stage   string
		timeout time.Duration
		do      func() error
	}{
		{StageDial, d.relay.Timeouts.Connect, d.connect},
		{StageTLS, d.relay.Timeouts.Hello, d.implicitTLS},
		{StageGreeting, d.relay.Timeouts.Greeting, d.greet},
		{StageGreeting, d.relay.Timeouts.Hello, d.hello},
		{StageTLS, d.relay.Timeouts.Hello, d.startTLS},
		{StageTLS, d.relay.Timeouts.Hello, d.requireTLS},
		{StageAuth, d.relay.Timeouts.Hello, d.auth},
	}
	for _, s := range steps {
		if err := d.step(s.timeout, s.do); err != nil {
			return s.stage, err
		}
	}
	return "", nil
}

// step runs one step under its timeout, and cuts it off when the context ends.
func (d *dialling) step(timeout time.Duration, do func() error) error {
	if d.wire == nil { // connect, which heeds the context by itself
		return do()
	}
	d.wire.allow()
	if err := d.wire.within(timeout); err != nil {
		return err
	}
	stop := context.AfterFunc(d.ctx, d.wire.cut)
	err := do()
	stop()
	if d.ctx.Err() != nil {
		return fmt.Errorf("stopped: %w", context.Cause(d.ctx))
	}
	return err
}

func (d *dialling) connect() error {
	dialer := net.Dialer{Timeout: d.relay.Timeouts.Connect}
	conn, err := dialer.DialContext(d.ctx, "tcp", d.relay.Address)
	if err != nil {
		return err
	}
	d.wire = &wire{Conn: conn}
	d.conn = d.wire
	return nil
}

func (d *dialling) tlsConfig() (*tls.Config, error) {
	roots, err := d.relay.roots()
	return &tls.Config{ServerName: d.host, RootCAs: roots, MinVersion: tls.VersionTLS12}, err
}

// implicitTLS encrypts before the greeting, RFC 8314 3.3.
func (d *dialling) implicitTLS() error {
	if d.relay.TLS != Implicit {
		return nil
	}
	config, err := d.tlsConfig()
	if err != nil {
		return err
	}
	conn := tls.Client(d.wire, config)
	d.conn = conn
	return conn.HandshakeContext(d.ctx)
}

func (d *dialling) greet() error {
	client, err := gomail.NewClient(d.conn, d.host)
	if err != nil {
		return err
	}
	d.client = client
	return nil
}

func (d *dialling) hello() error {
	return d.client.Hello(orElse(d.relay.Hello, helloName(d.wire.LocalAddr())))
}

// helloName is what RFC 5321 4.1.4 asks for: a full name, else an address literal.
func helloName(local net.Addr) string {
	if name, err := os.Hostname(); err == nil && strings.Contains(name, ".") {
		return name
	}
	tcp, ok := local.(*net.TCPAddr)
	switch {
	case !ok:
		return "localhost"
	case tcp.IP.To4() != nil:
		return "[" + tcp.IP.String() + "]"
	}
	return "[IPv6:" + tcp.IP.String() + "]" // RFC 5321 4.1.3
}

func (d *dialling) startTLS() error {
	if d.relay.TLS == Implicit || d.relay.TLS == NoTLS {
		return nil
	}
	if offered, _ := d.client.Extension("STARTTLS"); !offered {
		if d.relay.TLS == Opportunistic {
			return nil
		}
		return errNoStartTLS
	}
	config, err := d.tlsConfig()
	if err != nil {
		return err
	}
	return d.client.StartTLS(config)
}

// requireTLS sees that a relay which is to pass mail on over verified TLS alone
// promises to, RFC 8689 2 and 4.2.1.
func (d *dialling) requireTLS() error {
	if !d.relay.RequireTLS {
		return nil
	}
	_, encrypted := d.client.TLSConnectionState()
	if offered, _ := d.client.Extension("REQUIRETLS"); !offered || !encrypted {
		return errNoRequireTLS
	}
	return nil
}

func (d *dialling) close() {
	if d.wire != nil {
		_ = d.wire.Close()
	}
}

var errNoStartTLS = errors.New("the relay does not offer STARTTLS; use tls: implicit if this is its port for that (465), " +
	"or tls: none if it runs on this machine")

var errNoRequireTLS = errors.New("the relay does not offer REQUIRETLS (RFC 8689) over this session, and this mail is to " +
	"travel encrypted all the way; use a relay that does, or leave that out")

// dialOutcome judges what ended a dialling.
func dialOutcome(stage string, err error) Outcome {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		text := strings.ReplaceAll(answer.Msg, "\n", " ")
		enhanced, rest := cutEnhanced(answer.Code, []byte(text))
		r := reply{code: answer.Code, enhanced: string(enhanced), text: string(rest)}
		o := Outcome{Class: OutcomeDeferred, Stage: stage, Code: r.code, Enhanced: r.enhanced, Text: scrub(r.text, "")}
		if r.code >= 400 {
			o.Class = classify(stage, r)
		}
		return o
	}
	o := Outcome{Class: OutcomeDeferred, Stage: stage, Text: scrub(dialText(err), "")}
	if settled(stage, err) {
		o.Class = OutcomeRefused
	}
	return o
}

// settled tells the failures that trying again later will not mend.
func settled(stage string, err error) bool {
	var wrongCert *tls.CertificateVerificationError
	var notTLS tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &wrongCert), errors.As(err, &notTLS), errors.As(err, &alert),
		errors.Is(err, errNoStartTLS), errors.Is(err, errNoRequireTLS):
		return true
	case stage == StageAuth: // anything but a broken connection or half a reply: no common mechanism, or a password in clear
		var network net.Error
		var garbled textproto.ProtocolError
		return !errors.As(err, &network) && !errors.As(err, &garbled) && !broken(err)
	}
	return false
}

func dialText(err error) string {
	var notTLS tls.RecordHeaderError
	if errors.As(err, &notTLS) {
		return "the relay does not speak TLS here; use tls: starttls (" + notTLS.Msg + ")"
	}
	return whatBroke(err)
}

// shownError is an error that shows an outcome's scrubbed text, and unwraps to what
// caused it.
type shownError struct {
	o   Outcome
	err error
}

func (e shownError) Error() string {
	if e.o.Code != 0 {
		return fmt.Sprintf("%d %s", e.o.Code, e.o.Text)
	}
	return e.o.Text
}

func (e shownError) Unwrap() error { return e.err }
