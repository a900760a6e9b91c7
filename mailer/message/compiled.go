package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Compiled is the message of a variant with its merge fields cut out. It does not
// change and is safe for concurrent use.
type Compiled struct {
	fixed     []byte // the octets that all readers get
	slots     []slot // in the order of fixed
	anonymous string
	used      fieldSet
	stored    []byte // what MarshalBinary returns
	body      relaxedBody
}

// The stored form, version 1; numbers are big-endian:
//
//	"bsmsg" version=1 | fixed uint32 | slots uint16 | anonymous uint16
//	{ at uint32 | kind | field | room } for each slot
//	fixed octets | anonymous | SHA-256 of all before
const (
	storedMagic   = "bsmsg\x01"
	storedHead    = len(storedMagic) + 4 + 2 + 2
	storedSlot    = 4 + 1 + 1 + 1
	storedLargest = 32 << 20 // octets of a stored message; no relay takes a tenth of it
	mostSlots     = 4096
)

// Size is the number of octets that are the same for every reader. A reader's
// message is at most some hundred octets longer for each merge field.
func (c *Compiled) Size() int { return len(c.fixed) }

// Hash is the SHA-256 of the compiled message: of the bytes that every reader
// gets, and where the merge fields stand in them.
func (c *Compiled) Hash() [32]byte {
	var sum [sha256.Size]byte
	copy(sum[:], c.stored[max(0, len(c.stored)-sha256.Size):])
	return sum
}

// MarshalBinary returns what the freeze stores.
func (c *Compiled) MarshalBinary() ([]byte, error) {
	if c.stored == nil {
		return nil, errNothing
	}
	return bytes.Clone(c.stored), nil
}

// UnmarshalBinary reads what MarshalBinary returned. It refuses damage and what a
// Compile of this version could not have made; c is then as it was.
func (c *Compiled) UnmarshalBinary(data []byte) error {
	if !bytes.HasPrefix(data, []byte(storedMagic)) {
		return errors.New("message: this is no stored message of a version that this program reads")
	}
	body := data[:max(0, len(data)-sha256.Size)]
	if sum := sha256.Sum256(body); len(body) < storedHead || len(data) > storedLargest || !bytes.Equal(sum[:], data[len(body):]) {
		return errors.New("message: the stored message is damaged: its checksum does not fit")
	}
	read, err := decode(body)
	if err != nil {
		return fmt.Errorf("message: the stored message is not sound: %w", err)
	}
	*c = *read
	return nil
}

// decode reads the stored form without its checksum.
func decode(body []byte) (*Compiled, error) {
	head := body[len(storedMagic):]
	fixed := int(binary.BigEndian.Uint32(head))
	slots := int(binary.BigEndian.Uint16(head[4:]))
	anonymous := int(binary.BigEndian.Uint16(head[6:]))
	rest := body[storedHead:]
	if len(rest) != slots*storedSlot+fixed+anonymous {
		return nil, errors.New("its lengths do not add up")
	}
	c := &Compiled{slots: make([]slot, slots)}
	for i := range c.slots {
		c.slots[i] = slot{int(binary.BigEndian.Uint32(rest)), slotKind(rest[4]), Field(rest[5]), rest[6]}
		rest = rest[storedSlot:]
	}
	c.fixed = bytes.Clone(rest[:fixed])
	c.anonymous = string(rest[fixed:])
	if err := c.seal(); err != nil {
		return nil, err
	}
	return c, nil
}

// seal checks what Splice relies on, notes which fields are used, and makes the
// stored form and that which is signed.
func (c *Compiled) seal() error {
	if err := c.checkSlots(); err != nil {
		return err
	}
	if err := checkFixed(c.fixed, c.slots); err != nil {
		return err
	}
	if !plainText(c.anonymous) || len(c.anonymous) > maxName {
		return errors.New("the word for readers without a name holds a control character or is too long")
	}
	c.body = relax(c.fixed, c.slots)
	b := make([]byte, 0, storedHead+len(c.slots)*storedSlot+len(c.fixed)+len(c.anonymous)+sha256.Size)
	b = append(b, storedMagic...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(c.fixed)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(c.slots)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(c.anonymous)))
	for _, s := range c.slots {
		b = binary.BigEndian.AppendUint32(b, uint32(s.at))
		b = append(b, byte(s.kind), byte(s.field), s.room)
	}
	b = append(append(b, c.fixed...), c.anonymous...)
	sum := sha256.Sum256(b)
	if c.stored = append(b, sum[:]...); len(c.stored) > storedLargest {
		return fmt.Errorf("it has %s octets; %s are allowed", figures.Of(len(c.stored)), figures.Of(storedLargest))
	}
	return nil
}

func (c *Compiled) checkSlots() error {
	if len(c.slots) > mostSlots {
		return fmt.Errorf("%d merge fields; %d are allowed", len(c.slots), mostSlots)
	}
	at, mailboxes := 0, 0
	for _, s := range c.slots {
		if s.at < at || s.at >= len(c.fixed) || s.kind >= slotKinds || s.field >= fields || s.room > maxLine {
			return errors.New("a merge field is out of place")
		}
		at = s.at
		token := s.kind == slotToken || s.kind == slotFold
		if token && (s.field < FieldMessageID || s.field == FieldGreeting) || (s.kind == slotMailbox) != (s.field == FieldAddress && mailboxes == 0) {
			return errors.New("a merge field is of the wrong kind")
		}
		if s.kind == slotMailbox {
			mailboxes++
		}
		c.used |= 1 << s.field
	}
	if mailboxes != 1 || !c.used.has(FieldMessageID) {
		return errors.New("it has no To or no Message-ID")
	}
	return nil
}

// checkFixed holds RFC 5322 2.1.1 and 2.3 for every line: ASCII, CRLF, 998 octets
// with the longest tokens in it.
func checkFixed(fixed []byte, slots []slot) error {
	at := 0
	for line := range bytes.SplitAfterSeq(fixed, []byte("\r\n")) {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		if !ended && len(line) > 0 {
			return errors.New("it does not end with a line end")
		}
		for _, c := range text {
			if c >= 0x7f || c < ' ' && c != '\t' {
				return errors.New("a line holds an octet that mail does not")
			}
		}
		n := len(text)
		for at += len(line); len(slots) > 0 && slots[0].at < at; slots = slots[1:] {
			if slots[0].kind == slotToken {
				n += maxToken
			}
		}
		if n > hardLine {
			return fmt.Errorf("line %.20q... has over %d octets (RFC 5322 2.1.1)", text, hardLine)
		}
		if len(text) > 0 && text[0] == '.' {
			return errors.New("a line begins with a dot")
		}
	}
	return nil
}
