// Package message builds the bytes of a mail.
package message

import "errors"

var errAPI = errors.New("message: under construction")

// Compiled is a message with the merge fields cut out.
type Compiled struct {
	fixed []byte
}

// Compile builds the MIME message once and cuts it at the merge fields.
func Compile(t Template) (*Compiled, error) { return nil, errAPI }

// Splice appends one reader's message to dst: CRLF line ends, not dot-stuffed; no
// line begins with a dot. On an error dst comes back as it was.
func (c *Compiled) Splice(dst []byte, r Reader) ([]byte, error) { return dst, errAPI }

// Hash is the SHA-256 of the compiled message.
func (c *Compiled) Hash() [32]byte { return [32]byte{} }

// Size is the number of octets that are the same for every reader.
func (c *Compiled) Size() int { return len(c.fixed) }

// MarshalBinary is what the freeze stores.
func (c *Compiled) MarshalBinary() ([]byte, error) { return nil, errAPI }

// UnmarshalBinary reads what MarshalBinary wrote and checks it.
func (c *Compiled) UnmarshalBinary(data []byte) error { return errAPI }

// Build compiles a template and splices it for one reader: a letter.
func Build(t Template, r Reader) ([]byte, error) { return nil, errAPI }

// WireAddress is an address as the envelope and the To header have it: an
// international domain is converted to ASCII, and smtputf8 says that the local
// part is not ASCII, so that the relay must offer SMTPUTF8 (RFC 6531).
func WireAddress(address string) (wire string, smtputf8 bool, err error) { return "", false, errAPI }
