package message

import (
	"errors"
	"slices"
)

// slotKind says how a slot's value is written.
type slotKind uint8

// The kinds of slots.
const (
	slotMailbox slotKind = iota // value of To: name and address, folded
	slotFold                    // a space, or a folded line where the value that follows is longer than room
	slotToken                   // a token as it is, in a header
	slotText                    // quoted-printable lines
	slotHTML                    // the same, escaped for HTML
	slotKinds                   // how many there are
)

// slot is a place in the fixed octets where a value goes.
type slot struct {
	at    int // octets of fixed that come before it
	kind  slotKind
	field Field
	room  uint8 // slotFold only, in octets
}

// valueRoom is how many octets the values of a reader take in general.
const valueRoom = 1024

var errNothing = errors.New("message: nothing is compiled")

// Splice appends one reader's message to dst: CRLF line ends, no line that begins
// with a dot. On an error, a *ReaderError, dst comes back as it was. It is safe
// for concurrent use, and allocates only where dst is too small or the address is
// not ASCII.
func (c *Compiled) Splice(dst []byte, r Reader) ([]byte, error) {
	if c.stored == nil {
		return dst, errNothing
	}
	wire, err := r.check(c.used)
	if err != nil {
		return dst, err
	}
	if free := cap(dst) - len(dst); free < len(c.fixed)+valueRoom {
		dst = slices.Grow(dst, len(c.fixed)+valueRoom)
	}
	return c.weave(dst, &r, wire, nil), nil
}

// weave appends the fixed octets with a checked reader's values in their slots. Moved,
// where it is not nil, has a place a slot for how far what follows the slot has moved.
func (c *Compiled) weave(dst []byte, r *Reader, wire string, moved []int) []byte {
	start, at := len(dst), 0
	for i, s := range c.slots {
		dst = append(dst, c.fixed[at:s.at]...)
		at = s.at
		dst = c.fill(dst, s, r, wire)
		if moved != nil {
			moved[i] = len(dst) - start - at
		}
	}
	return append(dst, c.fixed[at:]...)
}

func (c *Compiled) fill(dst []byte, s slot, r *Reader, wire string) []byte {
	v := r.value(s.field)
	switch s.kind {
	case slotMailbox:
		return appendMailbox(dst, r.Name, wire, len("To:"))
	case slotFold:
		if len(v) > int(s.room) {
			dst = append(dst, '\r', '\n')
		}
		return append(dst, ' ')
	case slotToken:
		return append(dst, v...)
	}
	if s.field == FieldName && v == "" {
		v = c.anonymous
	}
	return appendValue(dst, v, s.kind == slotHTML)
}
