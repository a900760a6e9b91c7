package message

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// Signer signs messages with one or several DKIM keys (RFC 6376): several while
// one takes over from another, or RSA for everybody beside Ed25519 (RFC 8463) for
// those who can. It does not change and is safe for concurrent use.
//
// The same message, keys and time give the same octets: both algorithms are
// deterministic. A signature covers the whole body (there is no l= tag) and never
// expires, since a message may wait for days at a relay.
//
// QUIRK: go-msgauth v0.7.0 verifies every signature in the tests, but does not
// sign here: it takes the signing time from the machine's clock, writes h= as one
// line of any length, and reads and hashes the body again for each key (240 us a
// message of 40 kB beside the key's own work, where this takes 30).
type Signer struct {
	keys []signingKey
	free chan *signing // one a processor: a signature is nothing but computing
}

// signingKey is a key with the part of its field that no message changes.
type signingKey struct {
	head    string // "DKIM-Signature: ..." up to and with "h="
	private crypto.Signer
	hash    crypto.Hash // of what private is given to sign
	room    int         // octets of the field, about
}

// NewSigner makes a Signer. At is the time that signatures bear (t=, in seconds):
// the date of the messages, so that a resend is the same octets; receivers refuse
// a time ahead of their own clock. Its errors say which key is wrong, and why.
func NewSigner(at time.Time, keys ...Key) (*Signer, error) {
	if len(keys) == 0 {
		return nil, errors.New("dkim: no key to sign with")
	}
	if at.Unix() <= 0 {
		return nil, errors.New("dkim: no time to sign at")
	}
	s := &Signer{free: make(chan *signing, runtime.GOMAXPROCS(0))}
	for range cap(s.free) {
		s.free <- &signing{digest: sha256.New()}
	}
	for i, k := range keys {
		if err := k.Check(); err != nil {
			return nil, fmt.Errorf("dkim: %w", err)
		}
		name := k.RecordName()
		if slices.ContainsFunc(keys[:i], func(other Key) bool { return other.RecordName() == name }) {
			return nil, fmt.Errorf("dkim: two keys are published at %s", name)
		}
		s.keys = append(s.keys, prepare(k, at))
	}
	return s, nil
}

// prepare writes the part of a key's field that no message changes.
func prepare(k Key, at time.Time) signingKey {
	p := signingKey{private: k.Private}
	var signature int
	switch private := k.Private.(type) {
	case *rsa.PrivateKey:
		p.hash, signature = crypto.SHA256, private.Size()
	default: // RFC 8463 3: the SHA-256 hash is signed as a message of its own
		signature = ed25519.SignatureSize
	}
	b := []byte("DKIM-Signature: v=1; a=" + k.algorithm() + "; c=relaxed/relaxed;")
	column := len(b)
	for _, tag := range []string{"d=" + k.domain(), "s=" + k.Selector, "t=" + strconv.FormatInt(at.Unix(), 10)} {
		if column+len(" ;")+len(tag) > maxLine {
			b, column = append(b, '\r', '\n'), 0
		}
		b = append(append(append(b, ' '), tag...), ';')
		column += len(" ;") + len(tag)
	}
	p.head = string(append(b, "\r\n h="...))
	p.room = len(p.head) + len("\r\n")*16 + 64 + 2*base64.StdEncoding.EncodedLen(signature)
	return p
}

// signing is what signing one message takes, kept for the next one.
type signing struct {
	digest hash.Hash
	fields []field
	signed []byte // the signed fields in canonical form
	list   []byte // the value of h=, folded
	bh     []byte // the body's hash in base64
	line   []byte // a field or line in canonical form
	msg    []byte // a message that is spliced here
	moved  []int  // by slot, how far what follows it has moved
	sum    []byte
}

// Sign appends one DKIM-Signature field for each key to dst, and msg behind them.
// Msg is a finished message as [Compiled.Splice] makes it, and no part of dst. On an
// error, which is about the message's form or the key, dst comes back as it was.
func (s *Signer) Sign(dst, msg []byte) ([]byte, error) {
	head, body, err := headAndBody(msg)
	if err != nil {
		return dst, err
	}
	if bytes.Count(msg, []byte("\r")) != bytes.Count(msg, []byte("\n")) {
		return dst, errForm
	}
	w := <-s.free
	defer func() { s.free <- w }()
	if err := w.header(head); err != nil {
		return dst, err
	}
	if err := w.body(body); err != nil {
		return dst, err
	}
	return s.finish(dst, msg, w)
}

// Splice appends one reader's message, signed: octet for octet what Sign makes of
// that which [Compiled.Splice] makes, for less work, since most of the body is ready
// to be hashed. On an error, a *ReaderError or one of Sign's, dst comes back as it was.
func (s *Signer) Splice(dst []byte, c *Compiled, r Reader) ([]byte, error) {
	if c.stored == nil {
		return dst, errNothing
	}
	wire, err := r.check(c.used)
	if err != nil {
		return dst, err
	}
	w := <-s.free
	defer func() { s.free <- w }()
	w.moved = slices.Grow(w.moved[:0], len(c.slots))[:len(c.slots)]
	w.msg = c.weave(slices.Grow(w.msg[:0], len(c.fixed)+valueRoom), &r, wire, w.moved)
	head, body, err := headAndBody(w.msg)
	if err != nil {
		return dst, err
	}
	if err := w.header(head); err != nil {
		return dst, err
	}
	if c.body.stretches == nil {
		err = w.body(body)
	} else {
		err = w.spliced(c, w.msg, w.moved)
	}
	if err != nil {
		return dst, err
	}
	return s.finish(dst, w.msg, w)
}

// headAndBody are the header of a message, with the line end of its last field, and the body.
func headAndBody(msg []byte) (head, body []byte, err error) {
	head, body, ok := bytes.Cut(msg, []byte("\r\n\r\n"))
	if !ok {
		return nil, nil, errors.New("dkim: the message has no header")
	}
	return msg[:len(head)+len("\r\n")], body, nil
}

// finish signs what w holds the hashes of, with every key, in front of the message.
func (s *Signer) finish(dst, msg []byte, w *signing) ([]byte, error) {
	room := len(msg)
	for _, k := range s.keys {
		room += k.room + len(w.list)
	}
	start := len(dst)
	dst = slices.Grow(dst, room)
	for _, k := range s.keys {
		var err error
		if dst, err = k.sign(dst, w); err != nil {
			return dst[:start], err
		}
	}
	return append(dst, msg...), nil
}

// sign appends the key's field. The header's hash covers the field itself with
// an empty b= (RFC 6376 3.7).
func (k *signingKey) sign(dst []byte, w *signing) ([]byte, error) {
	start := len(dst)
	dst = append(dst, k.head...)
	dst = append(dst, w.list...)
	dst = append(dst, ";\r\n bh="...)
	dst = append(dst, w.bh...)
	dst = append(dst, ";\r\n b="...)
	w.line = appendRelaxed(w.line[:0], dst[start:])
	w.digest.Reset()
	w.digest.Write(w.signed)
	w.digest.Write(w.line)
	w.sum = w.digest.Sum(w.sum[:0])
	signature, err := k.private.Sign(nil, w.sum, k.hash)
	if err != nil {
		return dst, fmt.Errorf("dkim: %w", err)
	}
	w.line = base64.StdEncoding.AppendEncode(w.line[:0], signature)
	for column, rest := len(" b="), w.line; ; column = len(" ") {
		n := min(len(rest), maxLine-column)
		dst = append(dst, rest[:n]...)
		dst = append(dst, '\r', '\n')
		if rest = rest[n:]; len(rest) == 0 {
			return dst, nil
		}
		dst = append(dst, ' ')
	}
}
