package subscribers

import (
	"crypto/cipher"
	"reflect"
	"unsafe"
)

// wipe overwrites the keys. The expanded keys of AES stand in structures of the
// standard library, which has no way to clear them, so they are overwritten where
// they stand; keyed hashes under way elsewhere are let go.
func (s *secrets) wipe() { s.each(func(secret []byte) { clear(secret) }) }

// each gives the memory that each key stands in.
func (s *secrets) each(visit func(secret []byte)) {
	visit(s.seed)
	visit(s.index.key)
	visit(s.messageID.key)
	for _, key := range s.former {
		visit(key.key)
	}
	for _, seed := range s.seeds {
		visit(seed)
	}
	for _, p := range s.pinned {
		visit(p.Key)
	}
	visit(structOf(s.kek))
	for _, aead := range s.data {
		visit(structOf(aead))
	}
}

// EachSecret gives the memory that each key stands in, for a caller who keeps it from
// the swap. It is not to be changed, nor read.
func (k *Keyring) EachSecret(visit func(secret []byte)) {
	_ = k.with(func(s *secrets) error {
		s.each(visit)
		return nil
	})
}

// structOf is the memory of the structure that an AEAD points to.
func structOf(aead cipher.AEAD) []byte {
	p := reflect.ValueOf(aead)
	if p.Kind() == reflect.Struct && p.NumField() == 1 {
		p = p.Field(0) // cipher.NewGCMWithRandomNonce: a pointer in a structure of its own
	}
	if p.Kind() != reflect.Pointer || p.Elem().Kind() != reflect.Struct {
		return nil
	}
	return unsafe.Slice((*byte)(p.UnsafePointer()), p.Elem().Type().Size())
}
