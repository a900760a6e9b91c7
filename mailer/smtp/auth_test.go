package smtp

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

func (b inbox) AuthMechanisms() []string {
	names := make([]string, len(b.offers))
	for i, mode := range b.offers {
		names[i] = string(mode)
	}
	return names
}

func (inbox) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != "user" || password != "password" {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}
	switch AuthMode(mechanism) {
	case AuthPlain:
		return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
	case AuthLogin:
		return &loginServer{check: check}, nil
	case AuthCRAMMD5:
		return &cramServer{}, nil
	case AuthSCRAMSHA1:
		return &scramServer{hash: sha1.New, knows: "password"}, nil
	case AuthSCRAMSHA256:
		return &scramServer{hash: sha256.New, knows: "password"}, nil
	case AuthXOAUTH2:
		return &xoauth2Server{}, nil
	}
	return nil, gosmtp.ErrAuthUnknownMechanism
}

type loginServer struct {
	check func(user, password string) error
	step  int
	user  string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

type cramServer struct{ asked bool }

func (c *cramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	const nonce = "<1896.697170952@relay.example.net>"
	if !c.asked {
		c.asked = true
		return []byte(nonce), false, nil
	}
	mac := hmac.New(md5.New, []byte("password"))
	mac.Write([]byte(nonce))
	if string(response) != "user "+hex.EncodeToString(mac.Sum(nil)) {
		return nil, true, gosmtp.ErrAuthFailed
	}
	return nil, true, nil
}

// scramServer is the server's side of RFC 5802, without channel binding: it proves,
// in its last message, that it knows the password too.
type scramServer struct {
	hash     func() hash.Hash
	knows    string // the password
	takesAll bool   // it lets everybody in

	step        int
	bare, first string // client-first-message-bare, server-first-message
	nonce       string
	salted      []byte
}

func (s *scramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	s.step++
	switch s.step {
	case 1: // asked with no initial response
		return nil, false, nil
	case 2:
		return s.greet(string(response))
	case 3:
		return s.verify(string(response))
	}
	return nil, true, nil // the client took the proof, and answers it with nothing
}

// greet reads n,,n=user,r=NONCE and answers with nonce, salt and rounds.
func (s *scramServer) greet(response string) (challenge []byte, done bool, err error) {
	const rounds = 4096
	bare, ok := strings.CutPrefix(response, "n,,")
	user, nonce, both := strings.Cut(bare, ",r=")
	if !ok || !both || user != "n=user" || len(nonce) < 18 {
		return nil, true, gosmtp.ErrAuthFailed
	}
	salt := []byte("W\x22\x9e salt \x00\xff")
	if s.salted, err = pbkdf2.Key(s.hash, s.knows, salt, rounds, s.hash().Size()); err != nil {
		return nil, true, err
	}
	s.bare, s.nonce = bare, nonce+"%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
	s.first = fmt.Sprintf("r=%s,s=%s,i=%d", s.nonce, base64.StdEncoding.EncodeToString(salt), rounds)
	return []byte(s.first), false, nil
}

// verify reads c=biws,r=NONCE,p=PROOF and answers with the server's signature.
func (s *scramServer) verify(response string) (challenge []byte, done bool, err error) {
	without, encoded, _ := strings.Cut(response, ",p=")
	proof, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || without != "c=biws,r="+s.nonce {
		return nil, true, gosmtp.ErrAuthFailed
	}
	message := s.bare + "," + s.first + "," + without
	stored := s.hash()
	stored.Write(s.mac(s.salted, "Client Key"))
	key := make([]byte, stored.Size())
	if subtle.XORBytes(key, proof, s.mac(stored.Sum(nil), message)) != len(proof) {
		return nil, true, gosmtp.ErrAuthFailed
	}
	// What the proof gives has to hash to the key that the server keeps.
	given := s.hash()
	given.Write(key)
	if !hmac.Equal(given.Sum(nil), stored.Sum(nil)) && !s.takesAll {
		return nil, true, gosmtp.ErrAuthFailed
	}
	signature := s.mac(s.mac(s.salted, "Server Key"), message)
	return []byte("v=" + base64.StdEncoding.EncodeToString(signature)), false, nil
}

func (s *scramServer) mac(key []byte, text string) []byte {
	m := hmac.New(s.hash, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// xoauth2Server says as Google's does why it refuses, in a challenge that the
// client answers with nothing.
type xoauth2Server struct{ refused bool }

func (x *xoauth2Server) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case x.refused:
		return nil, true, gosmtp.ErrAuthFailed
	case string(response) == "user=user\x01auth=Bearer password\x01\x01":
		return nil, true, nil
	}
	x.refused = true
	return []byte(`{"status":"401","schemes":"bearer"}`), false, nil
}

var everyMode = []AuthMode{AuthPlain, AuthLogin, AuthCRAMMD5, AuthSCRAMSHA1, AuthSCRAMSHA256, AuthXOAUTH2}

// TestDialAuth logs in by each mechanism where the relay offers that one alone, and
// by the best of all.
func TestDialAuth(t *testing.T) {
	for _, mode := range append([]AuthMode{AuthAny}, everyMode...) {
		offers := []AuthMode{mode}
		if mode == AuthAny {
			offers = everyMode
		}
		r, took := realServer(t, "127.0.0.1", false, offers...)
		r.Auth, r.Username, r.Password = mode, "user", "password"
		if o := mustDial(t, r).Send(t.Context(), envelope, []byte(letter)); o.Class != OutcomeAccepted || <-took != letter {
			t.Errorf("%q: %+v", mode, o)
		}
		r.Password = "wrong"
		_, o, err := Dial(t.Context(), r)
		if o.Class != OutcomeRefused || o.Stage != StageAuth || o.Code != 535 || o.Enhanced != "5.7.8" || err == nil {
			t.Errorf("%q with a wrong password: %+v, %v", mode, o, err)
		}
		if err != nil && strings.Contains(err.Error(), "wrong") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

// impostor is a server that lets anybody in, and does not know the password.
type impostor struct{ inbox }

func (b impostor) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return b, nil }
func (impostor) Auth(string) (sasl.Server, error) {
	return &scramServer{hash: sha256.New, knows: "something else", takesAll: true}, nil
}

// TestDialAuthImpostor: SCRAM proves the relay to us, too.
func TestDialAuthImpostor(t *testing.T) {
	r := backedBy(t, "127.0.0.1", false, impostor{inbox{offers: []AuthMode{AuthSCRAMSHA256}}})
	r.Username, r.Password = "user", "password"
	if _, o, err := Dial(t.Context(), r); o.Class != OutcomeRefused || o.Stage != StageAuth || err == nil || !strings.Contains(o.Text, "signature") {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestDialAuthNotOffered: a mechanism is not tried where the relay does not offer
// it, and none that we do not know.
func TestDialAuthNotOffered(t *testing.T) {
	offering := func(mechanisms string) Relay {
		address, _ := listen(t, script{
			"EHLO": answer("250-hello\r\n250 AUTH " + mechanisms),
			"AUTH": func(*peer) bool { t.Error("AUTH was said"); return false },
		})
		r := toRelay(address)
		r.Username, r.Password = "user", "password"
		return r
	}
	r := offering("PLAIN LOGIN")
	for _, r.Auth = range []AuthMode{AuthCRAMMD5, AuthSCRAMSHA1, AuthSCRAMSHA256, AuthXOAUTH2} {
		want := "does not offer " + string(r.Auth) + "; it offers PLAIN, LOGIN"
		if _, o, err := Dial(t.Context(), r); o.Class != OutcomeRefused || o.Stage != StageAuth || err == nil || !strings.Contains(o.Text, want) {
			t.Errorf("%s: %+v, %v", r.Auth, o, err)
		}
	}
	_, o, err := Dial(t.Context(), offering("GSSAPI NTLM"))
	if o.Class != OutcomeRefused || o.Stage != StageAuth || err == nil || !strings.Contains(o.Text, "no mechanism we know; it offers GSSAPI, NTLM") {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestDialAuthInClear sees that no password leaves without TLS, wherever the relay
// is not this machine.
func TestDialAuthInClear(t *testing.T) {
	address, _ := listen(t, script{
		"EHLO": answer("250-hello\r\n250 AUTH PLAIN LOGIN"),
		"AUTH": func(*peer) bool { t.Error("AUTH was said in clear"); return false },
	})
	r := toRelay(address)
	r.Username, r.Password = "user", "password"
	d := dialling{relay: r.WithDefaults(), ctx: t.Context(), host: "relay.example.net"}
	stage, err := d.run()
	defer d.close()
	if stage != StageAuth || err == nil || dialOutcome(stage, err).Class != OutcomeRefused {
		t.Errorf("%s: %v", stage, err)
	}
}
