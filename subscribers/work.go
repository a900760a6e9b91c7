package subscribers

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"time"
)

// A challenge is what a browser works on before it signs an address up: base64url of
//
//	the hour it was made in (4 bytes) | random (8) | HMAC-SHA256 over both (its first 10 bytes)
//
// The work is to find an answer for which SHA-256 of challenge, address and answer, with
// line breaks between, begins with so many zero bits. It is done for one address, which
// gets one mail a day anyway: so nothing need be remembered of challenges that were used.
const (
	workPurpose   = "work"
	challengeHead = 4 + 8
	// workHours is how many hours a challenge is good for, after that it was made in.
	workHours = 6
	mostBits  = 8 * sha256.Size
)

// Challenge makes a challenge.
func (w *WebKey) Challenge(now time.Time) string {
	raw := make([]byte, challengeHead, challengeHead+tagSize)
	binary.BigEndian.PutUint32(raw, hourOf(now))
	_, _ = rand.Read(raw[4:]) // never fails
	return tokenText.EncodeToString(append(raw, w.challengeTag(raw)...))
}

func hourOf(t time.Time) uint32 { return uint32(t.Unix() / 3600) }

func (w *WebKey) challengeTag(head []byte) []byte {
	return w.token.of([]byte(workPurpose), head)[:tagSize]
}

// CheckWork tells whether an answer shows the work of so many bits for an address, on a
// challenge of ours that is not too old.
func (w *WebKey) CheckWork(challenge, address, answer string, zeroBits int, now time.Time) bool {
	if len(challenge) > 64 || len(answer) > 64 || zeroBits > mostBits || len(w.token.key) == 0 {
		return false
	}
	raw, err := tokenText.DecodeString(challenge)
	if err != nil || len(raw) != challengeHead+tagSize || !hmac.Equal(raw[challengeHead:], w.challengeTag(raw[:challengeHead])) {
		return false
	}
	if age := int64(hourOf(now)) - int64(binary.BigEndian.Uint32(raw)); age < 0 || age > workHours {
		return false
	}
	sum := sha256.Sum256(bytes.Join([][]byte{[]byte(challenge), []byte(address), []byte(answer)}, []byte{'\n'}))
	return zeroBitsOf(sum[:]) >= zeroBits
}

// zeroBitsOf counts the zero bits that b begins with.
func zeroBitsOf(b []byte) int {
	n := 0
	for _, x := range b {
		n += bits.LeadingZeros8(x)
		if x != 0 {
			break
		}
	}
	return n
}
