package subscribers

import (
	"crypto/cipher"
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
	old         []macKey // token keys of earlier masters, oldest first
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
	deskSealed  = 1 // version byte of a letter to an editor
	webKeySize  = 32 + 32 + fingerprintSize
	webKeyOld   = 1000 // changes of the master that a web key may tell of
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
	for _, old := range w.old {
		raw = append(raw, old.key...)
	}
	return webHead + webWord + " " + grouped(withChecksum(raw)) + "\n"
}

// ParseWebKey reads the text of a web key file. Its errors wrap ErrWebKey and hold
// nothing of the text.
func ParseWebKey(text string) (*WebKey, error) {
	word, err := keyLine(text, webWord)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebKey, err)
	}
	size := webKeySize // and a token key for each change of the master
	for size < webKeySize+32*webKeyOld && len(lettersOf(word)) > keyText.EncodedLen(size+checksumSize) {
		size += 32
	}
	raw, err := fromGroups(word, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebKey, err)
	}
	w, err := newWebKey(raw[:32:32], raw[32:64:64], raw[64:webKeySize:webKeySize])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebKey, err)
	}
	for old := range slices.Chunk(raw[webKeySize:], 32) {
		w.old = append(w.old, newMACKey(old))
	}
	return &w, nil
}

// Fingerprint names the master that this key came from: see Keyring.Fingerprint.
func (w *WebKey) Fingerprint() string { return fingerprintText(w.fingerprint) } // empty for the zero WebKey

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
// ErrDamaged, ErrLocked.
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
	var padded []byte
	err := k.with(func(s *secrets) (err error) {
		padded, err = s.openInbox(place, sealed[inboxHead:])
		return err
	})
	if err != nil {
		return "", fmt.Errorf("open %s: %w", place, err)
	}
	plain, err := unpad(padded)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", place, err)
	}
	return plain, nil
}

// openInbox tries the seed in force, then those of earlier masters.
func (s *secrets) openInbox(place Place, sealed []byte) ([]byte, error) {
	for _, seed := range append([][]byte{s.seed}, s.seeds...) {
		key, err := ecdh.X25519().NewPrivateKey(seed)
		if err != nil {
			return nil, err
		}
		private, err := hpke.NewDHKEMPrivateKey(key)
		if err != nil {
			return nil, err
		}
		padded, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.AES256GCM(), place.inboxInfo(), sealed)
		if err == nil {
			return padded, nil
		}
	}
	return nil, ErrDamaged
}

// Marker is a secret of 32 bytes for a context (such as a revision's name). A
// merge field's place in a compiled message is marked with it, so that no story
// and no editor can write a text that is taken for one. A locked node makes the
// same: drafts, approvals and freezes need no key of the list.
func (w *WebKey) Marker(context string) []byte { return w.desk("marker").of([]byte(context)) }

// LetterID is the left side of the Message-ID of a mail to one person that belongs to
// no mailing (number tells those of one id apart): see Keyring.MessageID.
func (w *WebKey) LetterID(n int64, id ID) string {
	return messageIDText.EncodeToString(w.desk("letter id").of(number(n), id[:])[:16])
}

// desk is a key for what the newsroom keeps from outsiders and a locked node may
// know; no token is ever made of these words.
// It comes from the first master's token key: a change of the master voids no approval.
func (w *WebKey) desk(use string) macKey {
	if len(w.old) > 0 {
		return deskOf(w.old[0], use)
	}
	return deskOf(w.token, use)
}

func deskOf(token macKey, use string) macKey {
	return newMACKey(token.of([]byte("broadsheet desk 1"), []byte(use)))
}

// SealDesk seals a text for its place that a locked node may open again: a letter
// to an editor, whose address the configuration has in clear. Never a reader's.
// The result is version (1 byte) | nonce (12) | AES-256-GCM(padded) (n + 16).
func (w *WebKey) SealDesk(place Place, plain string) ([]byte, error) {
	aead, err := deskAEAD(w.token, place)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", place, err)
	}
	return aead.Seal([]byte{deskSealed}, nil, pad(nil, plain, Padded(len(plain))), place.bind([]byte{deskSealed})), nil
}

// OpenDesk opens what SealDesk sealed for this place. Errors: ErrUnknownVersion,
// ErrDamaged.
func (w *WebKey) OpenDesk(place Place, sealed []byte) (string, error) {
	switch {
	case len(sealed) == 0:
		return "", fmt.Errorf("open %s: %w", place, ErrDamaged)
	case sealed[0] != deskSealed:
		return "", fmt.Errorf("open %s: %w", place, ErrUnknownVersion)
	}
	for _, token := range append([]macKey{w.token}, w.old...) {
		aead, err := deskAEAD(token, place)
		if err != nil {
			return "", fmt.Errorf("open %s: %w", place, err)
		}
		padded, err := aead.Open(nil, nil, sealed[1:], place.bind(sealed[:1]))
		if err != nil {
			continue
		}
		plain, err := unpad(padded)
		if err != nil {
			return "", fmt.Errorf("open %s: %w", place, err)
		}
		return plain, nil
	}
	return "", fmt.Errorf("open %s: %w", place, ErrDamaged)
}

func deskAEAD(token macKey, place Place) (cipher.AEAD, error) {
	if len(token.key) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrWebKey)
	}
	if err := place.check(); err != nil {
		return nil, err
	}
	return newAEAD(deskOf(token, "letters").key)
}

func (p Place) inboxInfo() []byte { return append([]byte(inboxOver+"\x00"), p.bind(nil)...) }

// String keeps the key out of logs and errors.
func (w *WebKey) String() string { return "[web key]" }

// GoString keeps the key out of %#v.
func (w *WebKey) GoString() string { return w.String() }

// LogValue keeps the key out of slog.
func (w *WebKey) LogValue() slog.Value { return slog.StringValue(w.String()) }
