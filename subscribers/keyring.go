package subscribers

import (
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
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
// added; or, locked, the web key alone. It is safe for use by several goroutines.
type Keyring struct {
	web atomic.Pointer[WebKey]

	mu   sync.RWMutex // held for reading while a key is in use, so that Lock takes none away in the middle
	open *secrets     // nil: locked
}

// secrets are the keys that a locked keyring has not.
type secrets struct {
	kek       cipher.AEAD
	index     macKey
	messageID macKey
	seed      []byte // of the X25519 key that opens the inbox
	data      map[uint32]cipher.AEAD
	current   uint32 // the data key that seals: the highest number; 0: none

	former    []macKey    // index keys of earlier masters, oldest first: see heirloom.go
	seeds     [][]byte    // of earlier inboxes
	pinned    []pinnedKey // message-id keys of earlier mailings
	byMailing []macKey    // the same, ready
}

// ErrLocked says that what was asked for needs the master key, and it is not here.
var ErrLocked = errors.New("the list is locked: this needs the master key")

// The names that HKDF binds each key to. They never change: another name is
// another key, and every sealed value or index made with the old one is lost.
const (
	infoKEK         = "broadsheet 1 key-encryption key"
	infoIndex       = "broadsheet 1 index key"
	infoToken       = "broadsheet 1 token key"
	infoMessageID   = "broadsheet 1 message-id key"
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
	s := &secrets{
		index:     newMACKey(m.derive(infoIndex, 32)),
		messageID: newMACKey(m.derive(infoMessageID, 32)),
		seed:      m.derive(infoInbox, 32),
		data:      map[uint32]cipher.AEAD{},
	}
	var err error
	if s.kek, err = newAEAD(m.derive(infoKEK, 32)); err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	seed, err := ecdh.X25519().NewPrivateKey(s.seed)
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	web, err := newWebKey(m.derive(infoToken, 32), seed.PublicKey().Bytes(), m.derive(infoFingerprint, fingerprintSize))
	if err != nil {
		return nil, fmt.Errorf("open the keyring: %w", err)
	}
	k := LockedKeyring(&web)
	k.open = s
	return k, nil
}

// LockedKeyring is a keyring that holds a web key and nothing else: it makes and
// checks tokens and seals for the inbox. Everything else answers ErrLocked.
func LockedKeyring(web *WebKey) *Keyring {
	k := &Keyring{}
	k.web.Store(web)
	return k
}

// Unlock takes over the keys of another keyring, which is locked by it.
func (k *Keyring) Unlock(from *Keyring) {
	from.mu.Lock()
	keys := from.open
	from.open = nil
	from.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open = keys
	k.web.Store(from.WebKey())
}

// Lock forgets every key but the web key, at once: what is at work with one ends
// first, which takes microseconds. It tells whether there was any. The keys' own
// bytes are overwritten; what the standard library made of them is let go.
func (k *Keyring) Lock() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open == nil {
		return false
	}
	k.open.wipe()
	k.open = nil
	return true
}

// Locked tells whether the master's keys are not here.
func (k *Keyring) Locked() bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.open == nil
}

// with runs do with the keys, or answers ErrLocked.
func (k *Keyring) with(do func(*secrets) error) error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.open == nil {
		return ErrLocked
	}
	return do(k.open)
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
// suppression. Errors: ErrLocked.
func (k *Keyring) Index(a Address) (index []byte, err error) {
	err = k.with(func(s *secrets) error {
		index = s.indexOf(a, 0)
		return nil
	})
	return index, err
}

// MessageID is the left side of a Message-ID: 26 characters of 0-9 and a-v. It is
// the same whenever the same mailing goes to the same subscriber, so that a
// receiver can tell a resend, and it tells nobody else which of either it is.
// Errors: ErrLocked.
func (k *Keyring) MessageID(mailing int64, id ID) (text string, err error) {
	err = k.with(func(s *secrets) error {
		text = messageIDText.EncodeToString(s.messageIDOf(mailing).of(number(mailing), id[:])[:16])
		return nil
	})
	return text, err
}

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

var messageIDText = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// Fingerprint names the master in 32 hexadecimal digits, and reveals nothing of
// it. A database keeps it in clear, to tell a wrong key before anything is opened
// or sealed with it.
func (k *Keyring) Fingerprint() string { return k.WebKey().Fingerprint() }

// WebKey is the part that a readers' node gets.
func (k *Keyring) WebKey() *WebKey { return k.web.Load() }

// Marker is a secret for a context: see WebKey.Marker.
func (k *Keyring) Marker(context string) []byte { return k.WebKey().Marker(context) }

// Token makes a token: see WebKey.Token.
func (k *Keyring) Token(purpose Purpose, newsletter string, id ID, generation uint32) string {
	return k.WebKey().Token(purpose, newsletter, id, generation)
}

// CheckToken checks a token: see WebKey.CheckToken.
func (k *Keyring) CheckToken(purpose Purpose, newsletter, token string, generation uint32) error {
	return k.WebKey().CheckToken(purpose, newsletter, token, generation)
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
	// ErrUnknownKey: its data key was not added.
	ErrUnknownKey = errors.New("sealed with a data key that is not on the keyring")
	// ErrDamaged: it was changed, cut, moved to another place, or sealed under
	// another key; these cannot be told apart.
	ErrDamaged = errors.New("damaged, moved, or sealed with another key")
	// ErrNoDataKey: there is nothing to seal with. Add a data key.
	ErrNoDataKey = errors.New("the keyring has no data key to seal with")
)
