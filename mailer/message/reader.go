package message

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reader holds one reader's values of the merge fields. Tokens and MessageID are
// 1 to 200 of a-z A-Z 0-9 . _ ~ -, so that they mean the same in a header, a URL
// and HTML.
type Reader struct {
	Address     string // see WireAddress for what passes
	Name        string // up to 300 octets of UTF-8 without control characters; may be empty
	MessageID   string // left side of the Message-ID, a dot-atom; the domain is the template's
	Unsubscribe string // token; empty only where the message has no such field
	Preferences string // token; empty only where the message has no such field
	Greeting    string // a line, of what Name may hold and as long; may be empty
}

const (
	maxToken = 200 // octets
	maxName  = 300 // octets

	maxGreeting = maxName + 100 // the name, and the words around it
)

// ReaderError says which value of a reader cannot go into a mail. It never quotes
// the value. No mail to this reader can be built until the value is mended;
// others are not concerned.
type ReaderError struct {
	Field   Field
	Problem string
}

func (e *ReaderError) Error() string {
	return fmt.Sprintf("the reader's %s is %s", e.Field, e.Problem)
}

// Problems of a value, for people.
const (
	problemMissing = "missing"
	problemToken   = "not 1 to 200 letters, digits and . _ ~ -"
	problemName    = "too long, not UTF-8, or holds a line break or another control character"
)

// check refuses whatever could end a header line, an attribute or a URL. It
// returns the address as it is written in the To header.
func (r *Reader) check(used fieldSet) (wire string, err error) {
	wire, _, err = WireAddress(r.Address)
	if err != nil {
		return "", &ReaderError{FieldAddress, err.Error()}
	}
	if !plainText(r.Name) || len(r.Name) > maxName {
		return "", &ReaderError{FieldName, problemName}
	}
	if !plainText(r.Greeting) || len(r.Greeting) > maxGreeting {
		return "", &ReaderError{FieldGreeting, problemName}
	}
	if !token(r.MessageID) || !dotAtom(r.MessageID) {
		return "", &ReaderError{FieldMessageID, problemToken}
	}
	for f := FieldUnsubscribe; f <= FieldPreferences; f++ {
		v := r.value(f)
		switch {
		case v == "" && used.has(f):
			return "", &ReaderError{f, problemMissing}
		case v != "" && !token(v):
			return "", &ReaderError{f, problemToken}
		}
	}
	return wire, nil
}

func (r *Reader) value(f Field) string {
	switch f {
	case FieldAddress:
		return r.Address
	case FieldName:
		return r.Name
	case FieldGreeting:
		return r.Greeting
	case FieldMessageID:
		return r.MessageID
	case FieldUnsubscribe:
		return r.Unsubscribe
	default:
		return r.Preferences
	}
}

func token(s string) bool {
	for i := range len(s) {
		if c := s[i]; !alnum(c) && c != '.' && c != '_' && c != '~' && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= maxToken
}

// plainText tells whether s is UTF-8 without control characters and without the
// line and paragraph separators of Unicode.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return widePlain(s)
		}
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

func widePlain(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}) < 0
}

// fieldSet is a set of merge fields.
type fieldSet uint8

func (s fieldSet) has(f Field) bool { return s&(1<<f) != 0 }
