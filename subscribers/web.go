package subscribers

import (
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// WebKey is what a readers' node needs: the token key, to make and check the links
// in mails, and an X25519 public key, to seal what a visitor types. It opens
// nothing. It is a secret all the same: whoever has it can unsubscribe readers
// whose IDs they know. The zero WebKey accepts no token and seals nothing.
type WebKey struct {
	token       macKey
	public      []byte
	inbox       hpke.PublicKey
	fingerprint []byte
}

// ErrWebKey says that a text is not a web key.
var ErrWebKey = errors.New("not a web key")

const (
	webWord     = "broadsheet-web-1:"
	inboxOver   = "broadsheet inbox 1"
	inboxSealed = 1 // version byte of an inbox value
	inboxHead   = 1
	webKeySize  = 32 + 32 + fingerprintSize
	webHead     = `# The web key of a Broadsheet newsroom, for a node that serves readers' pages.
#
# It checks the links in readers' mails and seals sign-ups. It opens no address.
# Whoever holds it can forge such links: keep it to that node.
`
)

func newWebKey(token, public, fingerprint []byte) (WebKey, error) {
	point, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return WebKey{}, err
	}
	inbox, err := hpke.NewDHKEMPublicKey(point)
	if err != nil {
		return WebKey{}, err
	}
	return WebKey{token: newMACKey(token), public: public, inbox: inbox, fingerprint: fingerprint}, nil
}

// Encode is the text of a web key file, in the form of Master.Encode.
func (w *WebKey) Encode() string {
	raw := slices.Concat(w.token.key, w.public, w.fingerprint)
	return webHead + webWord + " " + grouped(withChecksum(raw)) + "\n"
}

// ParseWebKey reads the text of a web key file. Its errors wrap ErrWebKey and hold
// nothing of the text.
func ParseWebKey(text string) (*WebKey, error) {
	word, err := keyLine(text, webWord)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebKey, err)
	}
	raw, err := fromGroups(word, webKeySize)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebKey, err)
	}
	w, err := newWebKey(raw[:32:32], raw[32:64:64], raw[64:webKeySize:webKeySize])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebKey, err)
	}
	return &w, nil
}

// Fingerprint names the master that this key came from: see Keyring.Fingerprint.
func (w *WebKey) Fingerprint() string { return fingerprintText(w.fingerprint) }

// SealInbox seals a text for its place to the keyring's public key (HPKE, RFC
// 9180: DHKEM(X25519), HKDF-SHA256, AES-256-GCM). Only Keyring.OpenInbox opens
// it; who sealed it cannot. It is padded as Seal pads. The result is
//
//	version (1 byte) | encapsulated key (32) | AES-256-GCM(padded) (n + 16)
//
// with the place in HPKE's info. It proves no author: anyone with the public key
// can seal, so what comes out is checked as if it had just been typed.
func (w *WebKey) SealInbox(place Place, plain string) ([]byte, error) {
	if w.inbox == nil {
		return nil, fmt.Errorf("seal %s: %w: it is empty", place, ErrWebKey)
	}
	if err := place.check(); err != nil {
		return nil, err
	}
	padded := pad(nil, plain, Padded(len(plain)))
	sealed, err := hpke.Seal(w.inbox, hpke.HKDFSHA256(), hpke.AES256GCM(), place.inboxInfo(), padded)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", place, err)
	}
	return append([]byte{inboxSealed}, sealed...), nil
}

// OpenInbox opens what SealInbox sealed for this place. Errors: ErrUnknownVersion,
// ErrDamaged.
func (k *Keyring) OpenInbox(place Place, sealed []byte) (string, error) {
	switch {
	case len(sealed) == 0:
		return "", fmt.Errorf("open %s: %w", place, ErrDamaged)
	case sealed[0] != inboxSealed:
		return "", fmt.Errorf("open %s: %w", place, ErrUnknownVersion)
	}
	if err := place.check(); err != nil {
		return "", err
	}
	padded, err := hpke.Open(k.inbox, hpke.HKDFSHA256(), hpke.AES256GCM(), place.inboxInfo(), sealed[inboxHead:])
	if err != nil {
		return "", fmt.Errorf("open %s: %w", place, ErrDamaged)
	}
	plain, err := unpad(padded)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", place, err)
	}
	return plain, nil
}

func (p Place) inboxInfo() []byte { return append([]byte(inboxOver+"\x00"), p.bind(nil)...) }

// String keeps the key out of logs and errors.
func (w *WebKey) String() string { return "[web key]" }

// GoString keeps the key out of %#v.
func (w *WebKey) GoString() string { return w.String() }

// LogValue keeps the key out of slog.
func (w *WebKey) LogValue() slog.Value { return slog.StringValue(w.String()) }
