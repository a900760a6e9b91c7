package subscribers

import (
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
)

// Keyring holds every key that the master gives, and the data keys that were
// added. It is safe for use by several goroutines.
type Keyring struct {
	kek       cipher.AEAD
	index     macKey
	messageID macKey
	marker    macKey
	inbox     hpke.PrivateKey
	web       WebKey

	adding sync.Mutex               // held while data keys are added or dropped
	data   atomic.Pointer[dataKeys] // never changed in place
}

// The names that HKDF binds each key to. They never change: another name is
// another key, and every sealed value or index made with the old one is lost.
const (
	infoKEK         = "broadsheet 1 key-encryption key"
	infoIndex       = "broadsheet 1 index key"
	infoToken       = "broadsheet 1 token key"
	infoMessageID   = "broadsheet 1 message-id key"
	infoMarker      = "broadsheet 1 marker key"
	infoInbox       = "broadsheet 1 inbox X25519 seed"
	infoFingerprint = "broadsheet 1 fingerprint"
)

// OpenKeyring derives the keys of a master with HKDF-SHA256 (RFC 5869). It holds
// no data key yet: see AddDataKey. It refuses a Master that is all zeros, which
// is one that nobody made.
func OpenKeyring(m Master) (*Keyring, error) {
	if m.zero() {
		return nil, fmt.Errorf("%w: it is all zeros", ErrMaster)
	}
	k := &Keyring{
		index:     newMACKey(m.derive(infoIndex, 32)),
		messageID: newMACKey(m.derive(infoMessageID, 32)),
		marker:    newMACKey(m.derive(infoMarker, 32)),
	}
	k.data.Store(&dataKeys{})
	var err error
	if k.kek, err = newAEAD(m.derive(infoKEK, 32)); err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	seed, err := ecdh.X25519().NewPrivateKey(m.derive(infoInbox, 32))
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	if k.inbox, err = hpke.NewDHKEMPrivateKey(seed); err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	k.web, err = newWebKey(m.derive(infoToken, 32), seed.PublicKey().Bytes(), m.derive(infoFingerprint, fingerprintSize))
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	return k, nil
}

// derive expands the master to a key for one use. The master is uniformly random,
// so it needs no salt (RFC 5869, 3.1).
func (m Master) derive(info string, size int) []byte {
	key, err := hkdf.Key(sha256.New, m.key[:], nil, info, size)
	if err != nil {
		// Only a size above 255 hashes fails, and the sizes are constants.
		panic("subscribers: hkdf: " + err.Error())
	}
	return key
}

// Index is what an address is found and kept unique by: HMAC-SHA256 of its normal
// form and IndexVersion, 32 bytes. The same key makes the keyed hash of a
// suppression.
func (k *Keyring) Index(a Address) []byte {
	return k.index.of([]byte{IndexVersion}, []byte(a.Normal))
}

// MessageID is the left side of a Message-ID: 26 characters of 0-9 and a-v. It is
// the same whenever the same mailing goes to the same subscriber, so that a
// receiver can tell a resend, and it tells nobody else which of either it is.
func (k *Keyring) MessageID(mailing int64, id ID) string {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(mailing))
	return messageIDText.EncodeToString(k.messageID.of(number[:], id[:])[:16])
}

var messageIDText = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// Marker is a secret of 32 bytes for a context (such as a mailing's number). A
// merge field's place in a compiled message is marked with it, so that no story
// and no editor can write a text that is taken for one.
func (k *Keyring) Marker(context string) []byte {
	return k.marker.of([]byte(context))
}

// Fingerprint names the master in 32 hexadecimal digits, and reveals nothing of
// it. A database keeps it in clear, to tell a wrong key before anything is opened
// or sealed with it.
func (k *Keyring) Fingerprint() string { return k.web.Fingerprint() }

// WebKey is the part that a readers' node gets.
func (k *Keyring) WebKey() *WebKey { return &k.web }

// Token makes a token: see WebKey.Token.
func (k *Keyring) Token(purpose Purpose, newsletter string, id ID, generation uint32) string {
	return k.web.Token(purpose, newsletter, id, generation)
}

// CheckToken checks a token: see WebKey.CheckToken.
func (k *Keyring) CheckToken(purpose Purpose, newsletter, token string, generation uint32) error {
	return k.web.CheckToken(purpose, newsletter, token, generation)
}

// String keeps the keys out of logs and errors.
func (k *Keyring) String() string { return "[keyring]" }

// GoString keeps the keys out of %#v.
func (k *Keyring) GoString() string { return k.String() }

// LogValue keeps the keys out of slog.
func (k *Keyring) LogValue() slog.Value { return slog.StringValue(k.String()) }

const fingerprintSize = 16

func fingerprintText(raw []byte) string { return hex.EncodeToString(raw) }

// The ways in which a sealed value or a wrapped key does not open. Each is
// wrapped with its place; a caller decides with errors.Is.
var (
	// ErrUnknownVersion: a newer program sealed it. Upgrade.
	ErrUnknownVersion = errors.New("sealed in a form that this version does not know: a newer Broadsheet wrote it")
	// ErrUnknownKey: its data key was not added, or was dropped after a rotation.
	ErrUnknownKey = errors.New("sealed with a data key that is not on the keyring")
	// ErrDamaged: it was changed, cut, moved to another place, or sealed under
	// another key; these cannot be told apart.
	ErrDamaged = errors.New("damaged, moved, or sealed with another key")
	// ErrNoDataKey: there is nothing to seal with. Add a data key.
	ErrNoDataKey = errors.New("the keyring has no data key to seal with")
)
