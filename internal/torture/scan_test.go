package torture

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/broadsheet-news/broadsheet/subscribers"
)

// scanner reads messages and says which are not wholly their reader's own.
//
// A message is undone of its folding, its soft breaks and its encoding; what is the
// reader's is checked and taken out; and what is left has to be the same octets for
// every reader. So whatever there is of another reader, in whatever form, shows: it
// would have to be in every message, and the first is looked through by itself.
//
// Of each reader it keeps the 16 octets of the id that the tokens are of.
type scanner struct {
	keys *subscribers.Keyring
	ids  []subscribers.ID // by reader
	seed maphash.Seed

	mu       sync.Mutex
	rest     uint64 // hash of what is left of the first message
	first    []byte // what is left of it
	problems int
	said     []string // the first of them
}

// newScanner is for a newsroom, whose key it takes.
func newScanner(t testing.TB, r *room) *scanner {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, "broadsheet.key"))
	if err != nil {
		t.Fatal(err)
	}
	master, err := subscribers.ParseMaster(string(text))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := subscribers.OpenKeyring(master)
	if err != nil {
		t.Fatal(err)
	}
	return &scanner{keys: keys, ids: make([]subscribers.ID, r.readers+1), seed: maphash.MakeSeed()}
}

const (
	newsletter = "weekly"
	mailing    = 1 // the newsroom's first
)

// read is for relay.read.
func (s *scanner) read(to string, reader int, msg []byte) {
	if err := s.scan(to, reader, msg); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.problems++
		if len(s.said) < 5 {
			s.said = append(s.said, fmt.Sprintf("the message for reader %d: %v", reader, err))
		}
	}
}

// own is what a message holds of its reader.
type own struct {
	id                               subscribers.ID
	unsubscribe, preferences, letter string // tokens, left side of the Message-ID
}

// Where what is the reader's stands in a message.
const (
	unsubscribeLink = "/u/" + newsletter + "/"
	preferencesLink = "/p/" + newsletter + "/"
	messageIDField  = "\r\nMessage-ID: <"
	toField         = "\r\nTo: "
)

// between is what stands behind the first mark, up to one of the ends.
func between(text []byte, mark, ends string) (value string, at int) {
	at = bytes.Index(text, []byte(mark))
	if at < 0 {
		return "", -1
	}
	at += len(mark)
	n := bytes.IndexAny(text[at:], ends)
	if n < 0 {
		return "", -1
	}
	return string(text[at : at+n]), at
}

func (s *scanner) scan(to string, reader int, msg []byte) error {
	if reader == 0 || to != addressOf(reader) {
		return errors.New("it came for nobody of the audience")
	}
	plain, err := undo(msg)
	if err != nil {
		return err
	}
	o, err := s.identify(reader, plain)
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.ids[reader] == (subscribers.ID{}) {
		s.ids[reader] = o.id
	}
	known := s.ids[reader]
	s.mu.Unlock()
	if known != o.id {
		return errors.New("its tokens are of another subscriber than in an earlier message")
	}
	left := takeOut(plain, reader, o)
	return s.compare(left)
}

// identify checks what a message says of its reader.
func (s *scanner) identify(reader int, plain []byte) (o own, err error) {
	field, _ := between(plain, toField, "\r")
	to, err := mail.ParseAddress(field)
	if err != nil || to.Address != addressOf(reader) || to.Name != nameOf(reader) {
		return o, fmt.Errorf("its To is another's: %w", err)
	}
	for _, link := range []struct {
		mark    string
		purpose subscribers.Purpose
		token   *string
	}{{unsubscribeLink, subscribers.Unsubscribe, &o.unsubscribe}, {preferencesLink, subscribers.Preferences, &o.preferences}} {
		*link.token, _ = between(plain, link.mark, " \r\">?")
		if err := s.keys.CheckToken(link.purpose, newsletter, *link.token, 0); err != nil {
			return o, fmt.Errorf("its link to %s: %w", link.purpose, err)
		}
		id, err := subscribers.ReadToken(*link.token)
		if err != nil || o.id != (subscribers.ID{}) && id != o.id {
			return o, errors.New("its tokens are of two subscribers")
		}
		o.id = id
	}
	want, err := s.keys.MessageID(mailing, o.id)
	if o.letter, _ = between(plain, messageIDField, "@"); err != nil || o.letter != want {
		return o, errors.New("its Message-ID is another's")
	}
	return o, nil
}

// takeOut replaces what is the reader's by a mark.
func takeOut(plain []byte, reader int, o own) []byte {
	to, at := between(plain, toField, "\r")
	left := slices.Concat(plain[:at], plain[at+len(to):])
	for _, value := range []string{addressOf(reader), nameOf(reader), o.unsubscribe, o.preferences, o.letter} {
		left = bytes.ReplaceAll(left, []byte(value), []byte{0})
	}
	return left
}

// compare holds what is left of a message to what was left of the first.
func (s *scanner) compare(left []byte) error {
	sum := maphash.Bytes(s.seed, left)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		if err := s.stranger(left); err != nil {
			return err
		}
		s.rest, s.first = sum, left
		return nil
	}
	if sum == s.rest {
		return nil
	}
	if err := s.stranger(left); err != nil {
		return err
	}
	i := 0
	for i < min(len(left), len(s.first)) && left[i] == s.first[i] {
		i++
	}
	return fmt.Errorf("it differs from the others at octet %d of %d", i, len(left))
}

// stranger looks for another reader in what is left of a message.
func (s *scanner) stranger(left []byte) error {
	if i := bytes.Index(bytes.ToLower(left), []byte(canary)); i >= 0 {
		return errors.New("it holds a reader's address or name that is not its own")
	}
	const length = subscribers.TokenLength
	run := 0
	for i, c := range left {
		if c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
			run++
		} else {
			run = 0
		}
		if run < length {
			continue
		}
		for _, purpose := range subscribers.Purposes {
			if s.keys.CheckToken(purpose, newsletter, string(left[i+1-length:i+1]), 0) == nil {
				return fmt.Errorf("it holds a token to %s that is not its own", purpose)
			}
		}
	}
	return nil
}

// undo undoes a message's folding and encoding. It knows what our mails are made of:
// parts in quoted-printable; anything else is a problem.
func undo(msg []byte) ([]byte, error) {
	head, body, ok := bytes.Cut(msg, []byte("\r\n\r\n"))
	if !ok {
		return nil, errors.New("it has no body")
	}
	if bytes.Contains(body, []byte("Content-Transfer-Encoding: base64")) {
		return nil, errors.New("a part is in base64, which this scanner does not read")
	}
	plain := make([]byte, 0, len(msg))
	for i := 0; i < len(head); i++ {
		if head[i] == '\r' && i+2 < len(head) && (head[i+2] == ' ' || head[i+2] == '\t') {
			i++ // the fold; its blank stays
			continue
		}
		plain = append(plain, head[i])
	}
	plain = append(plain, "\r\n\r\n"...)
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] != '=' || i+2 >= len(body):
			plain = append(plain, body[i])
		case body[i+1] == '\r' && body[i+2] == '\n':
			i += 2
		default:
			hi, lo := hexDigit(body[i+1]), hexDigit(body[i+2])
			if hi < 0 || lo < 0 { // no encoding: a boundary
				plain = append(plain, body[i])
				continue
			}
			plain = append(plain, byte(hi<<4|lo))
			i += 2
		}
	}
	return plain, nil
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c - 'A' + 10)
	}
	return -1
}

// finish checks that the ids are those of the readers, each another's.
func (s *scanner) finish(t testing.TB, r *room) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, said := range s.said {
		t.Error(said)
	}
	if s.problems > len(s.said) {
		t.Errorf("%d messages in all are not right", s.problems)
	}
	l := openLedger(t, r.database())
	defer l.db.Close()
	stored, err := l.readers(s.keys)
	if err != nil {
		t.Fatal(err)
	}
	if len(stored) != r.readers {
		t.Errorf("%d readers are stored, %d were imported", len(stored), r.readers)
	}
	wrong := 0
	for reader, id := range stored {
		if s.ids[reader] != id {
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%d readers have had the tokens of another, or none", wrong)
	}
	sorted := slices.Clone(s.ids[1:])
	slices.SortFunc(sorted, func(a, b subscribers.ID) int { return bytes.Compare(a[:], b[:]) })
	if n := len(slices.Compact(sorted)); n != r.readers {
		t.Errorf("%d readers have %d ids", r.readers, n)
	}
}
