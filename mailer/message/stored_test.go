package message

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
)

// TestUnmarshalRefusesDamage flips every octet of a stored message in turn, and
// cuts it short everywhere.
func TestUnmarshalRefusesDamage(t *testing.T) {
	stored, err := compiled(t, sample()).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for i := range stored {
		bad := bytes.Clone(stored)
		bad[i] ^= 0x41
		var c Compiled
		if err := c.UnmarshalBinary(bad); err == nil {
			t.Fatalf("octet %d changed: accepted", i)
		}
		if err := c.UnmarshalBinary(stored[:i]); err == nil {
			t.Fatalf("cut at %d: accepted", i)
		}
	}
}

// resealed gives damaged content a checksum that fits.
func resealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

// TestUnmarshalRefusesForgery: a checksum that fits does not make sound content.
func TestUnmarshalRefusesForgery(t *testing.T) {
	good := compiled(t, sample())
	for what, change := range map[string]func(*Compiled){
		"a slot past the end":         func(c *Compiled) { c.slots[len(c.slots)-1].at = len(c.fixed) },
		"slots out of order":          func(c *Compiled) { c.slots[3].at = c.slots[2].at - 1 },
		"a kind that does not exist":  func(c *Compiled) { c.slots[2].kind = slotKinds },
		"a field that does not exist": func(c *Compiled) { c.slots[9].field = fields },
		"a name as a token":           func(c *Compiled) { c.slots[2].field = FieldName },
		"no To":                       func(c *Compiled) { c.slots = c.slots[1:] },
		"two To":                      func(c *Compiled) { c.slots[1] = c.slots[0] },
		"no room":                     func(c *Compiled) { c.slots[1].room = 200 },
		"a bare LF":                   func(c *Compiled) { c.fixed[20] = '\n' },
		"8 bits":                      func(c *Compiled) { c.fixed[20] = 0xe9 },
		"a dot at a line's start":     func(c *Compiled) { c.fixed[bytes.Index(c.fixed, []byte("\r\n"))+2] = '.' },
		"no line end":                 func(c *Compiled) { c.fixed = c.fixed[:len(c.fixed)-2] },
		"an endless line":             func(c *Compiled) { c.fixed = append(c.fixed, strings.Repeat("x", 999)+"\r\n"...) },
		"an endless line with its token": func(c *Compiled) {
			long := strings.Repeat("x", 900) + "\r\n"
			c.slots = append(c.slots, slot{at: len(c.fixed) + 5, kind: slotToken, field: FieldUnsubscribe})
			c.fixed = append(c.fixed, long...)
		},
		"a control character": func(c *Compiled) { c.anonymous = "a\r\nb" },
	} {
		c := Compiled{fixed: bytes.Clone(good.fixed), slots: append([]slot(nil), good.slots...), anonymous: good.anonymous}
		change(&c)
		var read Compiled
		if err := read.UnmarshalBinary(stored(&c)); err == nil {
			t.Errorf("%s: accepted", what)
		}
		if read.stored != nil {
			t.Errorf("%s: refused, yet something was read", what)
		}
	}
	var read Compiled
	if err := read.UnmarshalBinary(stored(good)); err != nil || read.Hash() != good.Hash() {
		t.Errorf("the same, unchanged: %v", err)
	}
}

// stored writes the stored form as its comment has it, without checking anything.
func stored(c *Compiled) []byte {
	n, s, a := len(c.fixed), len(c.slots), len(c.anonymous)
	b := append([]byte("bsmsg\x01"), byte(n>>24), byte(n>>16), byte(n>>8), byte(n), byte(s>>8), byte(s), byte(a>>8), byte(a))
	for _, x := range c.slots {
		b = append(b, byte(x.at>>24), byte(x.at>>16), byte(x.at>>8), byte(x.at), byte(x.kind), byte(x.field), x.room)
	}
	return resealed(append(append(b, c.fixed...), c.anonymous...))
}

func TestNothingCompiled(t *testing.T) {
	var c Compiled
	if _, err := c.MarshalBinary(); err == nil {
		t.Error("an empty Compiled was stored")
	}
	if got, err := c.Splice(nil, anna); err == nil {
		t.Errorf("an empty Compiled made %q", got)
	}
}

// FuzzUnmarshal reads stored messages that nobody here wrote. What it accepts must
// splice to lines of mail and store as the same bytes.
func FuzzUnmarshal(f *testing.F) {
	for _, tmpl := range []Template{sample(), letter()} {
		stored, err := compiled(f, tmpl).MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(stored[:len(stored)-sha256.Size])
	}
	f.Add([]byte(storedMagic))
	f.Fuzz(func(t *testing.T, body []byte) {
		var c Compiled
		data := resealed(body)
		if c.UnmarshalBinary(data) != nil {
			return
		}
		if again, err := c.MarshalBinary(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("stored again: %v, other bytes", err)
		}
		msg, err := c.Splice(nil, anna)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasSuffix(msg, []byte("\r\n")) || bytes.Count(msg, []byte("\n")) != bytes.Count(msg, []byte("\r\n")) {
			t.Fatalf("not lines of mail: %q", msg)
		}
	})
}
