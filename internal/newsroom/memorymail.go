package newsroom

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

const (
	memoryLetters  = 10_000         // that wait in memory; more are mailed once the node is unlocked
	memoryTries    = 6              // of one; after the last it waits for the same
	memoryAddress  = 24 * time.Hour // one confirmation an address in this time
	memoryForgets  = 1_000_000      // addresses; above it those whose time is over are dropped
	memoryTryAgain = time.Minute    // after the first try, then twice as long, and so on
)

// memoryMail are the confirmations of a locked node, which stand in memory alone, and
// whom it has mailed: under a key that nobody knows and that ends with the process.
type memoryMail struct {
	mu      sync.Mutex
	key     []byte
	seen    map[[16]byte]time.Time
	letters []memoryLetter
}

type memoryLetter struct {
	id     subscribers.ID // of the inbox's row
	due    time.Time
	tries  int
	letter sealedLetter
}

// reserve notes that an address is being mailed (newsletters is empty), or has asked for
// some newsletters; fresh is false where it was so a day ago or less. forget takes the
// note back.
func (m *memoryMail) reserve(newsletters string, a subscribers.Address, now time.Time) (forget func(), fresh bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.key, m.seen = make([]byte, 32), map[[16]byte]time.Time{}
		rand.Read(m.key)
	}
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(newsletters + "\x00" + a.Normal))
	mark := [16]byte(h.Sum(nil)[:16])
	if at, is := m.seen[mark]; is && now.Sub(at) < memoryAddress {
		return nil, false
	}
	if len(m.seen) >= memoryForgets {
		for k, at := range m.seen {
			if now.Sub(at) >= memoryAddress {
				delete(m.seen, k)
			}
		}
	}
	m.seen[mark] = now
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.seen, mark)
	}, true
}

func (m *memoryMail) put(l memoryLetter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.letters) < memoryLetters {
		m.letters = append(m.letters, l)
	}
}

// take is the next letter that is due.
func (m *memoryMail) take(now time.Time) (memoryLetter, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, l := range m.letters {
		if !l.due.After(now) {
			m.letters = append(m.letters[:i], m.letters[i+1:]...)
			return l, true
		}
	}
	return memoryLetter{}, false
}

// clear forgets the letters: the node was unlocked, and mails them from the outbox.
func (m *memoryMail) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters = nil
}

// SendFromMemory mails the confirmations of a locked node. What no relay takes is
// tried again, and left to the outbox in the end.
func (n *Newsroom) SendFromMemory(ctx context.Context) error {
	if !n.Keys.Locked() {
		n.holder.mail.clear()
		return nil
	}
	l, ok := n.holder.mail.take(n.Clock())
	if !ok {
		return nil
	}
	relays, err := n.relaysInUse(ctx)
	if err != nil {
		n.holder.mail.put(l)
		return err
	}
	post := &postman{n: n, relays: relays}
	defer post.close()
	for ; ok; l, ok = n.holder.mail.take(n.Clock()) {
		if err := n.mailFromMemory(ctx, post, l); err != nil {
			return err
		}
	}
	return nil
}

func (n *Newsroom) mailFromMemory(ctx context.Context, post *postman, l memoryLetter) error {
	outcome, tried := post.hand(ctx, l.letter)
	if tried {
		l.tries++
	}
	switch {
	case outcome.Class == mailer.OutcomeAccepted || outcome.Class == mailer.OutcomeRejected || outcome.Class == mailer.OutcomeInDoubt:
		return n.Store.MarkInboxMailed(context.WithoutCancel(ctx), l.id, n.Clock())
	case l.tries < memoryTries:
		l.due = n.Clock().Add(memoryTryAgain << max(0, l.tries-1))
		n.holder.mail.put(l)
	}
	return nil
}
