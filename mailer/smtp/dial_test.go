package smtp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/broadsheet-news/broadsheet/internal/trial"
)

// certificate makes one for a host name, signed by itself.
func certificate(t testing.TB, host string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// inbox is the backend of a real server. It lets user in with password, by the
// mechanisms that it offers.
type inbox struct {
	took   chan string
	offers []AuthMode
}

func (b inbox) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return b, nil }
func (inbox) Reset()                                            {}
func (inbox) Logout() error                                     { return nil }

// Mail takes nothing of secret@ that may be passed on in clear.
func (inbox) Mail(from string, o *gosmtp.MailOptions) error {
	if strings.HasPrefix(from, "secret@") && !o.RequireTLS {
		return &gosmtp.SMTPError{Code: 550, Message: "not in clear"}
	}
	return nil
}

func (inbox) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if strings.HasPrefix(to, "gone") {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no " + to}
	}
	return nil
}

func (b inbox) Data(r io.Reader) error {
	all, err := io.ReadAll(r)
	b.took <- string(all)
	return err
}

// realServer starts emersion/go-smtp with a certificate for the host.
func realServer(t testing.TB, host string, implicit bool, offers ...AuthMode) (r Relay, took chan string) {
	t.Helper()
	took = make(chan string, 10)
	return backedBy(t, host, implicit, inbox{took, offers}), took
}

func backedBy(t testing.TB, host string, implicit bool, backend gosmtp.Backend) (r Relay) {
	t.Helper()
	cert, ca := certificate(t, host)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	server := gosmtp.NewServer(backend)
	server.TLSConfig = config
	server.ErrorLog = silent{}
	server.EnableREQUIRETLS = true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	trial.Serve(t, server, l)
	r = Relay{Name: "real", Address: address, ExtraCAs: ca, Hello: "client.example.org"}
	if implicit {
		r.TLS = Implicit
	}
	return r
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

func TestDialTLS(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		r, took := realServer(t, "127.0.0.1", implicit)
		session := mustDial(t, r)
		if _, encrypted := session.client.TLSConnectionState(); !encrypted {
			t.Errorf("implicit %v: not encrypted", implicit)
		}
		if o := session.Send(t.Context(), envelope, []byte(letter)); o.Class != OutcomeAccepted || <-took != letter {
			t.Errorf("implicit %v: %+v", implicit, o)
		}
		o := session.Send(t.Context(), Envelope{To: "gone.girl@reader.example"}, []byte(letter))
		if o.Class != OutcomeRejected || o.Enhanced != "5.1.1" || strings.Contains(o.Text, "gone.girl") {
			t.Errorf("implicit %v: %+v", implicit, o)
		}

		wrong, _ := realServer(t, "other.example", implicit)
		_, o, err := Dial(t.Context(), wrong)
		if o.Class != OutcomeRefused || o.Stage != StageTLS || err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("implicit %v: a certificate for another name: %+v, %v", implicit, o, err)
		}
		unknown := r
		unknown.ExtraCAs = nil
		if _, o, err := Dial(t.Context(), unknown); o.Class != OutcomeRefused || o.Stage != StageTLS || err == nil {
			t.Errorf("implicit %v: an unknown authority: %+v, %v", implicit, o, err)
		}
	}
}

// TestRequireTLS: mail that is to travel encrypted all the way goes to no relay that
// does not promise it, RFC 8689.
func TestRequireTLS(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		r, took := realServer(t, "127.0.0.1", implicit)
		secret := Envelope{From: "secret@observer.example", To: envelope.To}
		if o := mustDial(t, r).Send(t.Context(), secret, []byte(letter)); o.Class != OutcomeRefused || o.Stage != StageMail {
			t.Errorf("not asked for: %+v", o)
		}
		r.RequireTLS = true
		if o := mustDial(t, r).Send(t.Context(), secret, []byte(letter)); o.Class != OutcomeAccepted || <-took != letter {
			t.Errorf("asked for: %+v", o)
		}
	}
	address, _ := listen(t, script{"EHLO": answer("250-hello\r\n250 REQUIRETLS")})
	r := toRelay(address)
	r.TLS, r.RequireTLS = Opportunistic, true
	if _, o, err := Dial(t.Context(), r); o.Class != OutcomeRefused || o.Stage != StageTLS || err == nil || !strings.Contains(o.Text, "REQUIRETLS") {
		t.Errorf("in clear: %+v, %v", o, err)
	}
	r.TLS = NoTLS
	if r.Validate() == nil {
		t.Error("mail in clear that is to travel encrypted was let through")
	}
}

func TestDialTLSModes(t *testing.T) {
	clear, _ := listen(t, nil)
	r := toRelay(clear)
	for _, tt := range []struct {
		mode  TLSMode
		class Class
	}{{"", OutcomeRefused}, {StartTLS, OutcomeRefused}, {Implicit, OutcomeRefused}, {Opportunistic, ""}, {NoTLS, ""}} {
		r.TLS = tt.mode
		s, o, err := Dial(t.Context(), r)
		if o.Class != tt.class || (err == nil) != (tt.class == "") {
			t.Errorf("%q: %+v, %v", tt.mode, o, err)
		}
		if s != nil {
			_ = s.Close()
		}
	}
	encrypted, _ := realServer(t, "127.0.0.1", false)
	encrypted.TLS = Opportunistic
	if _, ok := mustDial(t, encrypted).client.TLSConnectionState(); !ok {
		t.Error("opportunistic: not encrypted although the relay offers it")
	}
}

func TestDialMisbehaviour(t *testing.T) {
	for _, tt := range []struct {
		name  string
		s     script
		class Class
		stage string
		code  int
	}{
		{"greeting 4xx", script{"greeting": answer("421 4.7.0 too many connections")}, OutcomeDeferred, StageGreeting, 421},
		{"greeting 5xx", script{"greeting": answer("554 5.7.1 blocked")}, OutcomeRefused, StageGreeting, 554},
		{"greeting garbage", script{"greeting": answer("SSH-2.0-OpenSSH_9.2")}, OutcomeDeferred, StageGreeting, 0},
		{"greeting half", script{"greeting": rawThenHangUp("22")}, OutcomeDeferred, StageGreeting, 0},
		{"greeting close", script{"greeting": hangUp}, OutcomeDeferred, StageGreeting, 0},
		{"greeting stall", script{"greeting": stall}, OutcomeDeferred, StageGreeting, 0},
		{"greeting flood", script{"greeting": rawThenHangUp(strings.Repeat("220-hello\r\n", 100_000))}, OutcomeDeferred, StageGreeting, 0},
		{"greeting endless", script{"greeting": rawThenHangUp("220 " + strings.Repeat("x", 1_000_000))}, OutcomeDeferred, StageGreeting, 0},
		{"EHLO and HELO 5xx", script{"EHLO": answer("550 no"), "HELO": answer("550 no")}, OutcomeRefused, StageGreeting, 550},
		{"EHLO close", script{"EHLO": hangUp}, OutcomeDeferred, StageGreeting, 0},
		{"EHLO stall", script{"EHLO": stall}, OutcomeDeferred, StageGreeting, 0},
		{"AUTH 4xx", script{"EHLO": answer("250-hi\r\n250 AUTH PLAIN"), "AUTH": answer("454 4.7.0 later")}, OutcomeDeferred, StageAuth, 454},
		{"AUTH close", script{"EHLO": answer("250-hi\r\n250 AUTH PLAIN"), "AUTH": hangUp}, OutcomeDeferred, StageAuth, 0},
		{"AUTH stall", script{"EHLO": answer("250-hi\r\n250 AUTH PLAIN"), "AUTH": stall}, OutcomeDeferred, StageAuth, 0},
		{"no AUTH", script{"EHLO": answer("250 hi")}, OutcomeRefused, StageAuth, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address, _ := listen(t, tt.s)
			r := toRelay(address)
			if strings.Contains(tt.name, "AUTH") {
				r.Username, r.Password = "user", "password"
			}
			s, o, err := Dial(t.Context(), r)
			if s != nil || err == nil || o.Class != tt.class || o.Stage != tt.stage || o.Code != tt.code || o.Text == "" {
				t.Errorf("got %+v, %v; want %s at %s, code %d", o, err, tt.class, tt.stage, tt.code)
			}
		})
	}
}

func TestDialNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	_, o, err := Dial(t.Context(), toRelay(address))
	if o.Class != OutcomeDeferred || o.Stage != StageDial || err == nil || !strings.Contains(err.Error(), "relay test, dial:") {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestDialStopped(t *testing.T) {
	reached := make(chan struct{})
	address, _ := listen(t, script{"EHLO": func(p *peer) bool { close(reached); return stall(p) }})
	r := toRelay(address)
	r.Timeouts.Hello = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	if _, o, err := Dial(ctx, r); !errors.Is(err, context.Canceled) || o.Class != OutcomeDeferred {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestValidate(t *testing.T) {
	for name, change := range map[string]func(*Relay){
		"no port":     func(r *Relay) { r.Address = "relay.example.net" },
		"no host":     func(r *Relay) { r.Address = ":25" },
		"TLS mode":    func(r *Relay) { r.TLS = "ssl" },
		"mechanism":   func(r *Relay) { r.Auth = "NTLM" },
		"connections": func(r *Relay) { r.Connections = -1 },
		"authority":   func(r *Relay) { r.ExtraCAs = []byte("no PEM") },
	} {
		r := Relay{Name: "x", Address: "relay.example.net:587"}
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
		change(&r)
		if r.Validate() == nil {
			t.Errorf("%s: a mistake was let through", name)
		}
		if _, o, err := Dial(t.Context(), r); err == nil || o.Class != OutcomeRefused {
			t.Errorf("%s: Dial: %+v, %v", name, o, err)
		}
	}
}
