package message

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Field is a value that differs from reader to reader.
type Field uint8

// The merge fields.
const (
	FieldAddress     Field = iota // where the mail goes; the To header always has it
	FieldName                     // what the reader is called: display name in To
	FieldMessageID                // left side of the Message-ID
	FieldUnsubscribe              // opaque token of the unsubscribe link
	FieldPreferences              // opaque token of the preferences link
	FieldGreeting                 // a line of text or HTML: "Dear Ada,"
	fields                        // how many there are
)

var fieldNames = [fields]string{"address", "name", "message-id", "unsubscribe", "preferences", "greeting"}

// String is the field's name as errors print it.
func (f Field) String() string {
	if f < fields {
		return fieldNames[f]
	}
	return "unknown field"
}

// Markers are the strings that stand for merge fields in rendered HTML and text
// until Compile cuts them out. Nobody without the secret can guess one, so no
// story can make a reader's token appear in a link of its own.
//
// A marker is "mf" and 28 hexadecimal digits in lower case: html/template, a URL,
// an attribute and quoted-printable all leave it as it is. The first 12 digits,
// the family, are the same for all fields: Compile knows by them a marker that
// it cannot fill, and text that merely looks like a marker passes untouched.
type Markers struct {
	family string
	of     [fields]string
}

const (
	familyDigits = 12 // hexadecimal digits common to all markers of a secret
	fieldDigits  = 16 // hexadecimal digits of the field
)

// NewMarkers derives the markers from a secret of 16 octets or more. The same
// secret gives the same markers.
func NewMarkers(secret []byte) Markers {
	m := Markers{family: "mf" + digits(secret, "broadsheet merge fields", familyDigits)}
	for f, name := range fieldNames {
		m.of[f] = m.family + digits(secret, "broadsheet merge field "+name, fieldDigits)
	}
	return m
}

func digits(secret []byte, label string, n int) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(label))
	return hex.EncodeToString(mac.Sum(nil))[:n]
}

// Of returns the marker of a field; empty for a field that does not exist or for
// the zero Markers.
func (m Markers) Of(f Field) string {
	if f >= fields {
		return ""
	}
	return m.of[f]
}

// at says which field's marker stands at the front of s.
func (m Markers) at(s string) (Field, bool) {
	for f, marker := range m.of {
		if strings.HasPrefix(s, marker) {
			return Field(f), true
		}
	}
	return 0, false
}

// in tells whether s holds a marker of any field, known or not.
func (m Markers) in(s string) bool { return strings.Contains(s, m.family) }
