package subscribers

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Purpose is the one thing that a token allows.
type Purpose string

// The purposes. Each word is authenticated in its tokens and never changes.
const (
	Unsubscribe Purpose = "unsubscribe"
	Preferences Purpose = "preferences"
	Confirm     Purpose = "confirm"
	Return      Purpose = "return" // to a newsletter that was left
	Export      Purpose = "export"
	Erase       Purpose = "erase"
)

// Purposes lists every purpose.
var Purposes = []Purpose{Unsubscribe, Preferences, Confirm, Return, Export, Erase}

// ErrToken says that a token is not one of ours, or not for this purpose,
// newsletter or generation. It does not say which: a forger would learn from it.
var ErrToken = errors.New("this link is not valid, or is no longer")

// A token is base64url of
//
//	subscriber's ID (16 bytes) | HMAC-SHA256 over purpose, newsletter, ID, generation (its first 10 bytes)
//
// Ten bytes, so that the unsubscribe link fits a header line of 78 characters. They are
// the 80 bits that RFC 2104 5 asks for at least where a tag has to be guessed. That it asks
// for half the hash too is for the sake of collisions, and one of these helps nobody: a tag
// counts beside its reader's ID alone, and who would begin to guess it has to hold that.
const (
	tagSize = 10
	// TokenLength is the number of characters of every token.
	TokenLength = 35
)

// Strict, so that a token has one spelling only.
var tokenText = base64.RawURLEncoding.Strict()

// Token makes a token for a subscriber: 35 characters of A-Z, a-z, 0-9, "-" and
// "_", which hold no address and no number that counts. It is good for one
// purpose, one newsletter ("" where the purpose is about none) and one generation:
// raising the subscription's generation takes back all that were given out.
func (w *WebKey) Token(purpose Purpose, newsletter string, id ID, generation uint32) string {
	raw := make([]byte, 0, len(id)+tagSize)
	raw = append(raw, id[:]...)
	return tokenText.EncodeToString(append(raw, w.tag(purpose, newsletter, id, generation)...))
}

// ReadToken takes the subscriber's ID out of a token, to look the subscription up
// by. It proves nothing: CheckToken does.
func ReadToken(token string) (ID, error) {
	id, _, err := splitToken(token)
	return id, err
}

// CheckToken tells whether a token was made for this purpose, newsletter and
// generation, and takes the same time to find out either way. Where ReadToken's ID
// is nobody's, check against generation 0 all the same and refuse, so that a
// known subscriber cannot be told from an unknown one. Tokens of before the master
// was changed are good for all but export and erasure: whoever has stolen the old
// master must not make those. The only error is ErrToken.
func (w *WebKey) CheckToken(purpose Purpose, newsletter, token string, generation uint32) error {
	id, tag, err := splitToken(token)
	if err != nil {
		return err
	}
	// A zero WebKey would check with a key that everyone knows.
	ours := len(w.token.key) > 0 && hmac.Equal(tag, w.tag(purpose, newsletter, id, generation))
	for _, old := range w.old { // each is tried, whichever it was
		is := hmac.Equal(tag, tagOf(old, purpose, newsletter, id, generation))
		ours = ours || is && purpose != Erase && purpose != Export
	}
	if !ours {
		return ErrToken
	}
	return nil
}

func splitToken(token string) (id ID, tag []byte, err error) {
	if len(token) != TokenLength {
		return ID{}, nil, ErrToken
	}
	raw, err := tokenText.DecodeString(token)
	// Decoding skips line breaks, so the length is asked again.
	if err != nil || len(raw) != len(id)+tagSize {
		return ID{}, nil, ErrToken
	}
	return ID(raw[:len(id)]), raw[len(id):], nil
}

func (w *WebKey) tag(purpose Purpose, newsletter string, id ID, generation uint32) []byte {
	return tagOf(w.token, purpose, newsletter, id, generation)
}

func tagOf(key macKey, purpose Purpose, newsletter string, id ID, generation uint32) []byte {
	var number [4]byte
	binary.BigEndian.PutUint32(number[:], generation)
	return key.of([]byte(purpose), []byte(newsletter), id[:], number[:])[:tagSize]
}
