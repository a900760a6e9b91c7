package newsroom

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

const (
	memoryLetters  = 10_000         // that wait in memory; more are mailed once the node is unlocked
	memoryTries    = 6              // of one; after the last it waits for the same
	memoryAddress  = 24 * time.Hour // one confirmation an address in this time
	memoryForgets  = 1_000_000      // addresses; above it those whose time is over are dropped
	memoryOthers   = time.Minute    // before it is asked again whether another process has mailed of late
	memoryTryAgain = time.Minute    // after the first try, then twice as long, and so on
)

// memoryMail are the confirmations of a locked node, which stand in memory alone, and
// whom it has mailed: under a key that nobody knows and that ends with the process.
type memoryMail struct {
	mu      sync.Mutex
	key     []byte
	seen    map[[16]byte]time.Time
	letters []memoryLetter
	told    bool // that they wait for others
	swept   time.Time
}

// memoryLetter is a confirmation to be written and mailed.
type memoryLetter struct {
	id    subscribers.ID // of the inbox's row
	due   time.Time
	tries int
	typed string // the address
	asked sealedSignUp
}

// reserve notes that an address is mailed; fresh is false where it was a day ago or less.
func (m *memoryMail) reserve(a subscribers.Address, now time.Time) (fresh bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.key, m.seen = make([]byte, 32), map[[16]byte]time.Time{}
		rand.Read(m.key)
	}
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(a.Normal))
	mark := [16]byte(h.Sum(nil)[:16])
	if at, is := m.seen[mark]; is && now.Sub(at) < memoryAddress {
		return false
	}
	if len(m.seen) >= memoryForgets && now.Sub(m.swept) > time.Minute { // else a flood would look through them with each
		m.swept = now
		for k, at := range m.seen {
			if now.Sub(at) >= memoryAddress {
				delete(m.seen, k)
			}
		}
	}
	m.seen[mark] = now
	return true
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

// mailFromMemory mails one, at most once: that it is mailed is noted before it leaves.
func (n *Newsroom) mailFromMemory(ctx context.Context, post *postman, l memoryLetter) error {
	letter, err := n.memoryConfirmation(l)
	if err != nil { // it is mailed once the node is unlocked
		n.Log.Error("a confirmation cannot be made", "error", err)
		return nil
	}
	outcome, tried, err := post.hand(ctx, letter, func() error {
		return n.Store.ClaimInboxMail(context.WithoutCancel(ctx), l.id, n.holder.asker, n.Clock(), askEvery)
	})
	switch {
	case errors.Is(err, store.ErrTaken): // whoever took it mails it
		return nil
	case errors.Is(err, store.ErrOthersAsked):
		n.holder.mail.tellOthers(n.Log)
		l.due = n.Clock().Add(memoryOthers)
		n.holder.mail.put(l)
		return nil
	case err != nil:
		n.holder.mail.put(l)
		return err
	}
	switch outcome.Class {
	case mailer.OutcomeAccepted, mailer.OutcomeRejected, mailer.OutcomeInDoubt:
		return nil
	}
	if tried {
		l.tries++
		err = n.Store.ReleaseInboxMail(context.WithoutCancel(ctx), l.id)
	}
	if l.tries < memoryTries {
		l.due = n.Clock().Add(memoryTryAgain << max(0, l.tries-1))
		n.holder.mail.put(l)
	}
	return err
}

func (n *Newsroom) memoryConfirmation(l memoryLetter) (sealedLetter, error) {
	forms := map[string]templates.Variant{}
	for _, letter := range n.named(l.asked.Newsletters) {
		forms[letter.Name] = cmp.Or(templates.Variant(chosenFormat(letter, l.asked.Format)), usual(letter))
	}
	return n.confirmation(n.Clock(), sealedLetter{To: l.typed, Ask: l.asked.Newsletters}, l.id, 0, "confirm/"+l.id.String(), forms)
}

// tellOthers says once why confirmations wait.
func (m *memoryMail) tellOthers(log *slog.Logger) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.told {
		m.told = true
		log.Info("confirmations wait until the list is unlocked, or for 24 hours: this process cannot tell whom another has asked of late")
	}
}
