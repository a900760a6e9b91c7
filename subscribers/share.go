package subscribers

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// A share of a master key is one of several of which some are needed and fewer tell
// nothing (Shamir's scheme, over the field of P-384's order, in which a key is one
// number). Its text is, in the form of a key file,
//
//	needed (1 byte) | number (1) | the master's fingerprint (its first 4 bytes) | value (48)
const (
	shareWord   = "broadsheet-share-1:"
	shareMark   = 4
	shareSize   = 1 + 1 + shareMark + 48
	sharesLimit = 20
)

var shareField = group.P384

// ErrShares says that shares make no master key.
var ErrShares = errors.New("these shares make no master key")

// ErrShareNumbers says that no key can be split so.
var ErrShareNumbers = fmt.Errorf("of 2 to %d shares, 2 or more have to be needed, and no more than there are", sharesLimit)

// Split makes the texts of `of` shares, of which any `need` give the master back. One
// needed is no secret shared; so two at least are.
func (m Master) Split(of, need int) ([]string, error) {
	if need < 2 || of < need || of > sharesLimit {
		return nil, ErrShareNumbers
	}
	k, err := OpenKeyring(m)
	if err != nil {
		return nil, err
	}
	secret := shareField.NewScalar()
	if err := secret.UnmarshalBinary(append(make([]byte, 16), m.key[:]...)); err != nil {
		return nil, err
	}
	var texts []string
	for i, s := range secretsharing.New(rand.Reader, uint(need-1), secret).Share(uint(of)) {
		value, err := s.Value.MarshalBinary()
		if err != nil {
			return nil, err
		}
		raw := append([]byte{byte(need), byte(i + 1)}, k.WebKey().fingerprint[:shareMark]...)
		raw = append(raw, value...)
		head := fmt.Sprintf("# Share %d of %d of the master key of a Broadsheet newsroom (%s). Any %d of them\n# open the list of readers; fewer tell nothing. Keep it where no other share is.\n",
			i+1, of, k.Fingerprint()[:2*shareMark], need)
		texts = append(texts, head+shareWord+" "+grouped(withChecksum(raw))+"\n")
	}
	return texts, nil
}

// HasShares tells whether a text holds shares of a key, and not a key.
func HasShares(text string) bool {
	return strings.Contains(strings.ToLower(text), shareWord)
}

// ErrMoreShares says how many shares are there, and how many are needed.
type ErrMoreShares struct{ Have, Need int }

func (e *ErrMoreShares) Error() string {
	return fmt.Sprintf("%d of the %d shares that are needed are there", e.Have, e.Need)
}

// Combine makes the master of the shares in a text, a line each, in any order; each may
// be there twice. Errors: *ErrMoreShares; else they wrap ErrShares, say which line is
// wrong, and hold nothing of it.
func Combine(text string) (Master, error) {
	shares := map[byte][]byte{}
	need, number := byte(0), 0
	var mark string
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		number++
		word, err := keyLine(line, shareWord)
		if err != nil {
			return Master{}, fmt.Errorf("%w: share %d on this list: %w", ErrShares, number, err)
		}
		raw, err := fromGroups(word, shareSize)
		if err != nil {
			return Master{}, fmt.Errorf("%w: share %d on this list: %w", ErrShares, number, err)
		}
		if number > 1 && (raw[0] != need || string(raw[2:2+shareMark]) != mark) {
			return Master{}, fmt.Errorf("%w: share %d on this list is of another key, or of another splitting", ErrShares, number)
		}
		need, mark = raw[0], string(raw[2:2+shareMark])
		shares[raw[1]] = raw[2+shareMark:]
	}
	if len(shares) < int(need) || need < 2 {
		return Master{}, &ErrMoreShares{Have: len(shares), Need: int(max(need, 2))}
	}
	return recoverMaster(shares, need, mark)
}

func recoverMaster(shares map[byte][]byte, need byte, mark string) (Master, error) {
	var all []secretsharing.Share
	for number, value := range shares {
		s := secretsharing.Share{ID: shareField.NewScalar().SetUint64(uint64(number)), Value: shareField.NewScalar()}
		if err := s.Value.UnmarshalBinary(value); err != nil {
			return Master{}, fmt.Errorf("%w: %w", ErrShares, err)
		}
		all = append(all, s)
	}
	secret, err := secretsharing.Recover(uint(need-1), all[:need])
	if err != nil {
		return Master{}, fmt.Errorf("%w: %w", ErrShares, err)
	}
	raw, err := secret.MarshalBinary()
	if err != nil {
		return Master{}, fmt.Errorf("%w: %w", ErrShares, err)
	}
	m := Master{key: [32]byte(raw[len(raw)-32:])}
	k, err := OpenKeyring(m)
	if err != nil || string(k.WebKey().fingerprint[:shareMark]) != mark {
		return Master{}, fmt.Errorf("%w: they are of different splittings", ErrShares)
	}
	return m, nil
}
