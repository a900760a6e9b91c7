package subscribers

import (
	"encoding/json"
	"fmt"
)

// When the master key changes, the new keyring inherits of the old one what must
// still work with old mails and old hashes, and nothing that opens an address:
//
//   - the index keys: the index of an address is hashed on under the new key, and so
//     are those that are stored. Of a suppressed address nothing else is known;
//   - the token keys: links in old mails go on working, but for export and erasure;
//   - the message-id keys, for the mailings up to the one at which they changed;
//   - the inbox's seeds, for sign-ups that were sealed before.
//
// It is kept sealed under the new master's key-encryption key.

// heirloom is what is inherited, oldest first.
type heirloom struct {
	Index     [][]byte    `json:"index"`
	Tokens    [][]byte    `json:"tokens"`
	Seeds     [][]byte    `json:"seeds"`
	MessageID []pinnedKey `json:"message_id"`
}

type pinnedKey struct {
	Key     []byte `json:"key"`
	Through int64  `json:"through"` // the last mailing that it is for
}

const heirloomOver = "broadsheet heirloom"

// Inherit makes a keyring that was just opened the heir of another: through is the
// highest number of a mailing.
func (k *Keyring) Inherit(from *Keyring, through int64) error {
	var h heirloom
	err := from.with(func(s *secrets) error {
		h = s.heirloom()
		h.Index = append(h.Index, s.index.key)
		h.Seeds = append(h.Seeds, s.seed)
		h.MessageID = append(h.MessageID, pinnedKey{s.messageID.key, through})
		web := from.WebKey()
		for _, t := range web.old {
			h.Tokens = append(h.Tokens, t.key)
		}
		h.Tokens = append(h.Tokens, web.token.key)
		return nil
	})
	if err != nil {
		return err
	}
	return k.take(h)
}

// SealHeirloom is what the keyring inherited, for the store. Errors: ErrLocked.
func (k *Keyring) SealHeirloom() (sealed []byte, err error) {
	err = k.with(func(s *secrets) error {
		h := s.heirloom()
		for _, t := range k.WebKey().old {
			h.Tokens = append(h.Tokens, t.key)
		}
		plain, err := json.Marshal(h)
		if err != nil {
			return err
		}
		sealed = s.kek.Seal([]byte{wrapVersion}, nil, plain, []byte(heirloomOver))
		return nil
	})
	return sealed, err
}

// OpenHeirloom takes over what SealHeirloom sealed under the same master. Errors:
// ErrUnknownVersion, ErrDamaged, ErrLocked.
func (k *Keyring) OpenHeirloom(sealed []byte) error {
	if len(sealed) == 0 || sealed[0] != wrapVersion {
		return fmt.Errorf("open the inherited keys: %w", ErrUnknownVersion)
	}
	var h heirloom
	err := k.with(func(s *secrets) error {
		plain, err := s.kek.Open(nil, nil, sealed[1:], []byte(heirloomOver))
		if err != nil {
			return ErrDamaged
		}
		return json.Unmarshal(plain, &h)
	})
	if err != nil {
		return fmt.Errorf("open the inherited keys: %w", err)
	}
	return k.take(h)
}

func (s *secrets) heirloom() heirloom {
	h := heirloom{Seeds: append([][]byte{}, s.seeds...), MessageID: append([]pinnedKey{}, s.pinned...)}
	for _, f := range s.former {
		h.Index = append(h.Index, f.key)
	}
	return h
}

// take puts copies of what is inherited on the keyring: the other one wipes its own.
func (k *Keyring) take(h heirloom) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open == nil {
		return ErrLocked
	}
	s := k.open
	s.former, s.seeds, s.pinned, s.byMailing = nil, nil, nil, nil
	for _, key := range h.Index {
		s.former = append(s.former, newMACKey(clone(key)))
	}
	for _, seed := range h.Seeds {
		s.seeds = append(s.seeds, clone(seed))
	}
	for _, p := range h.MessageID {
		p.Key = clone(p.Key)
		s.pinned, s.byMailing = append(s.pinned, p), append(s.byMailing, newMACKey(p.Key))
	}
	web := *k.web.Load()
	web.old = nil
	for _, key := range h.Tokens {
		web.old = append(web.old, newMACKey(clone(key)))
	}
	k.web.Store(&web)
	return nil
}

func clone(key []byte) []byte { return append([]byte(nil), key...) }

// messageIDOf is the key of a mailing's Message-IDs: they stay the same over a change
// of the master, whatever is resent.
func (s *secrets) messageIDOf(mailing int64) macKey {
	for i, p := range s.pinned {
		if mailing <= p.Through {
			return s.byMailing[i]
		}
	}
	return s.messageID
}

// indexOf is the index of an address: less is how many changes of the master ago, 0 for
// the one in force.
func (s *secrets) indexOf(a Address, less int) []byte {
	if len(s.former) == 0 {
		return s.index.of([]byte{IndexVersion}, []byte(a.Normal))
	}
	keys := append(append([]macKey{}, s.former...), s.index)
	keys = keys[:len(keys)-less]
	index := keys[0].of([]byte{IndexVersion}, []byte(a.Normal))
	for _, key := range keys[1:] {
		index = key.again(index)
	}
	return index
}

func (k macKey) again(index []byte) []byte { return k.of([]byte("again"), index) }

// FormerIndex is an address's index before the last change of the master; nil where
// that never changed. Errors: ErrLocked.
func (k *Keyring) FormerIndex(a Address) (index []byte, err error) {
	err = k.with(func(s *secrets) error {
		if len(s.former) > 0 {
			index = s.indexOf(a, 1)
		}
		return nil
	})
	return index, err
}

// Reindex makes of a stored index of before the last change of the master the one in
// force. Errors: ErrLocked.
func (k *Keyring) Reindex(former []byte) (index []byte, err error) {
	err = k.with(func(s *secrets) error {
		index = s.index.again(former)
		return nil
	})
	return index, err
}

// IndexVersion counts the changes of the master, from IndexVersion on: what is stored
// with each index. Errors: ErrLocked.
func (k *Keyring) IndexVersion() (version int, err error) {
	err = k.with(func(s *secrets) error {
		version = IndexVersion + len(s.former)
		return nil
	})
	return version, err
}
